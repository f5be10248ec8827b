/**
 * Networks by timm's names, without and with weights.
 *
 * <p>Start at {@link io.vitrail.vision.zoo.Models}. A new family is one class that lists its {@link
 * io.vitrail.vision.zoo.Architecture}s, as {@code VitModels} does, and one line in {@code Models}.
 */
@NullMarked
package io.vitrail.vision.zoo;

import org.jspecify.annotations.NullMarked;
