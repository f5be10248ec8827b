/**
 * MaskSub: training with a masked sub-branch (Heo et al., 2025, arXiv 2306.11339), an objective for
 * any recipe, and its kin DropSub and PathSub.
 *
 * <p>Start at {@link io.vitrail.masksub.MaskSub}.
 */
@NullMarked
package io.vitrail.masksub;

import org.jspecify.annotations.NullMarked;
