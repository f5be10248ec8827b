/**
 * MaskSub: training with a masked sub-branch (Heo et al., 2025, arXiv 2306.11339), an objective for
 * any model and recipe.
 */
@NullMarked
package io.vitrail.masksub;

import org.jspecify.annotations.NullMarked;
