/**
 * Networks that tell what an image shows, built as timm builds them and with its state-dict keys.
 *
 * <p>Start at {@link io.vitrail.vision.ImageModel}.
 */
@NullMarked
package io.vitrail.vision;

import org.jspecify.annotations.NullMarked;
