/**
 * IS-Net, the network for dichotomous image segmentation (Qin et al., 2022, arXiv 2203.03041).
 *
 * <p>Start at {@link io.vitrail.cutout.isnet.IsNet}; its blocks are {@link
 * io.vitrail.cutout.isnet.Rsu} and {@link io.vitrail.cutout.isnet.DilatedRsu}, from U²-Net (arXiv
 * 2005.09007).
 */
@NullMarked
package io.vitrail.cutout.isnet;

import org.jspecify.annotations.NullMarked;
