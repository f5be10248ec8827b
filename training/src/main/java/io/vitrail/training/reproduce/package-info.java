/**
 * Published claims, tried again at desk scale.
 *
 * <p>Start at {@link io.vitrail.training.reproduce.MaskSubReproduction}.
 */
@NullMarked
package io.vitrail.training.reproduce;

import org.jspecify.annotations.NullMarked;
