/**
 * Swin Transformers (Liu et al., 2021, arXiv 2103.14030). Start at {@link
 * io.vitrail.vision.swin.Swin}.
 */
@NullMarked
package io.vitrail.vision.swin;

import org.jspecify.annotations.NullMarked;
