package io.vitrail.training.recipe;

/**
 * How the learning rate goes: up in warm-up, then down.
 *
 * @param curve the way down
 * @param warmupEpochs length of warm-up; may be a part of an epoch
 * @param warmupLr where it starts
 * @param minLr where it ends
 * @param ends whether {@code warmupLr} and {@code minLr} grow with the batch as {@code lr} does
 */
public record ScheduleSettings(
    Curve curve, double warmupEpochs, double warmupLr, double minLr, Ends ends) {
  /** The way down, and how papers step along it. */
  public enum Curve {
    CONSTANT,
    /** A straight line, from the end of warm-up on. */
    LINEAR,
    /** Half a cosine, from the end of warm-up on; MAE's. */
    COSINE,
    /** DeiT's: for each epoch, one epoch late, and the cosine begins under the warm-up. */
    DEIT,
    /** timm's, of "ResNet strikes back": for each epoch. */
    RSB,
    /** Swin's: for each step, one step late. */
    SWIN,
    /** FT-CLIP's: the last step of warm-up has the peak. */
    FT_CLIP
  }

  /** Whether the ends grow with the batch. */
  public enum Ends {
    ABSOLUTE,
    SCALED
  }

  static final ScheduleSettings DEFAULT =
      new ScheduleSettings(Curve.COSINE, 5, 1e-6, 1e-6, Ends.ABSOLUTE);

  public ScheduleSettings {
    Check.that(warmupEpochs >= 0, "schedule.warmupEpochs is at least 0, got %s", warmupEpochs);
    Check.that(warmupLr >= 0, "schedule.warmupLr is at least 0, got %s", warmupLr);
    Check.that(minLr >= 0, "schedule.minLr is at least 0, got %s", minLr);
  }
}
