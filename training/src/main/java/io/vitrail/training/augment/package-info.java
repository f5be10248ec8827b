/**
 * Random changes of images that leave their class alone, with the parameters of timm; and mixing of
 * the images of a batch, which changes classes with them.
 *
 * <p>Start at {@link io.vitrail.training.augment.AugmentConfig}, from which {@link
 * io.vitrail.training.augment.Preparation} makes network inputs, and at {@link
 * io.vitrail.training.augment.Mixing}. Every choice is drawn from the generator that is passed, in
 * a fixed order.
 */
@NullMarked
package io.vitrail.training.augment;

import org.jspecify.annotations.NullMarked;
