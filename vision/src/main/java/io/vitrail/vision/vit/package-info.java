/**
 * Vision transformers: timm's ViT, DeiT-III, MAE's fine-tuning form and CLIP's image encoder, as
 * one network with timm's state-dict keys; and how the published weight files become it.
 *
 * <p>Start at {@link io.vitrail.vision.vit.VisionTransformer}.
 */
@NullMarked
package io.vitrail.vision.vit;

import org.jspecify.annotations.NullMarked;
