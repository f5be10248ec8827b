/**
 * Residual networks (He et al., 2016, arXiv 1512.03385). Start at {@link
 * io.vitrail.vision.resnet.ResNet}.
 */
@NullMarked
package io.vitrail.vision.resnet;

import org.jspecify.annotations.NullMarked;
