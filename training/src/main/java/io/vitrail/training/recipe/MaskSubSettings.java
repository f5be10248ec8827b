package io.vitrail.training.recipe;

import io.vitrail.masksub.DropSub;
import io.vitrail.masksub.MaskSub;
import io.vitrail.masksub.Masking;
import io.vitrail.masksub.Masking.ResNetBlocks;
import io.vitrail.masksub.PathSub;
import io.vitrail.training.objective.Loss;
import io.vitrail.training.objective.Objective;
import io.vitrail.training.objective.Supervised;

/**
 * The masked sub-branch (Heo et al., 2025, arXiv 2306.11339).
 *
 * @param mode what the sub-branch lacks
 * @param ratio how much of it: a share of the image or a probability, in [0, 1)
 * @param resnet which blocks of the image a ResNet sees
 */
public record MaskSubSettings(Mode mode, double ratio, ResNetBlocks resnet) {
  /** What the sub-branch lacks; the published code's names. */
  public enum Mode {
    /** There is no sub-branch: plain training. */
    NONE,
    /** Parts of the image (MaskSub). */
    MASKING,
    /** Elements of features (DropSub). */
    DROPOUT,
    /** Whole residual branches (PathSub). */
    DROPPATH
  }

  static final MaskSubSettings NONE = new MaskSubSettings(Mode.NONE, 0.5, ResNetBlocks.OFFICIAL);

  public MaskSubSettings {
    Check.rate("masksub.ratio", ratio);
  }

  /** Training with this sub-branch and {@code loss}. */
  public Objective around(Loss loss) {
    return switch (mode) {
      case NONE -> new Supervised(loss);
      case MASKING -> new MaskSub(loss, new Masking(ratio, resnet));
      case DROPOUT -> new MaskSub(loss, new DropSub(ratio));
      case DROPPATH -> new MaskSub(loss, new PathSub(ratio));
    };
  }
}
