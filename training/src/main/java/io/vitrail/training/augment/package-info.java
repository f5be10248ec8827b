/**
 * Random changes of images that leave their class alone.
 *
 * <p>Start at {@link io.vitrail.training.augment.Transform}.
 */
@NullMarked
package io.vitrail.training.augment;

import org.jspecify.annotations.NullMarked;
