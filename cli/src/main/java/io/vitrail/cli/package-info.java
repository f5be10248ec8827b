/**
 * The {@code vitrail} command.
 *
 * <p>Start at {@link io.vitrail.cli.Main}. Each command is a small class that parses, calls a
 * library, and prints; what takes more than that has a class of its own: {@code Plan} says which
 * file becomes which, {@code Batch} makes them.
 */
@NullMarked
package io.vitrail.cli;

import org.jspecify.annotations.NullMarked;
