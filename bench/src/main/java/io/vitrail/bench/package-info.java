/**
 * Measurements against what users would pick instead. Start at {@link io.vitrail.bench.Compare};
 * {@code bench/README.md} has the commands.
 */
@NullMarked
package io.vitrail.bench;

import org.jspecify.annotations.NullMarked;
