/**
 * Images in and out, and the plain pixel work around a network: decode, encode, resize, warp, blur
 * and recolour exactly as Pillow does, masks, compositing, clean edges, and drawing. Pure Java;
 * knows nothing of tensors.
 *
 * <p>Start with {@link io.vitrail.imaging.Image} (the pixels), {@link io.vitrail.imaging.Images}
 * (files and streams) and {@link io.vitrail.imaging.Resize}. Masks are one-channel images; {@link
 * io.vitrail.imaging.Masks} and {@link io.vitrail.imaging.ForegroundEstimation} turn a network's
 * soft mask into a cutout.
 */
@NullMarked
package io.vitrail.imaging;

import org.jspecify.annotations.NullMarked;
