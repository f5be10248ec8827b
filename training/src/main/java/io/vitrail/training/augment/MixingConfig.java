package io.vitrail.training.augment;

import com.fasterxml.jackson.annotation.JsonIgnore;
import org.jspecify.annotations.Nullable;

/**
 * How the images of a batch are mixed, see {@link Mixing}. A recipe file has these names.
 *
 * @param mixup alpha of mixup's Beta(alpha, alpha); 0 for none
 * @param cutmix alpha of CutMix's Beta(alpha, alpha); 0 for none
 * @param cutmixSides instead of an alpha: shares of height and of width that a patch takes, drawn
 *     evenly; null for none
 * @param probability of mixing at all
 * @param switchProbability of CutMix where mixup is possible too
 * @param mode what shares one draw
 * @param rounding of mixed images
 */
public record MixingConfig(
    double mixup,
    double cutmix,
    @Nullable Range cutmixSides,
    double probability,
    double switchProbability,
    Mode mode,
    Rounding rounding) {

  /** What shares one draw. The partner of image i of B is always image B - 1 - i. */
  public enum Mode {
    /** The whole batch. */
    BATCH,
    /** An image and its partner; the batch must be even. */
    PAIR,
    /** Each image has its own. */
    ELEMENT,
    /**
     * Each image of the first half has its own, and only they are returned; the batch must be even.
     */
    HALF
  }

  /** What happens to the values of mixed images. */
  public enum Rounding {
    NONE,
    /** To whole levels of 0..255, as where images are mixed before they are normalised (RSB). */
    LEVELS
  }

  /** No mixing. */
  public static final MixingConfig NONE =
      new MixingConfig(0, 0, null, 1, 0.5, Mode.BATCH, Rounding.NONE);

  public MixingConfig {
    Check.that(mixup >= 0, "mixup's alpha must not be negative, got %s", mixup);
    Check.that(cutmix >= 0, "cutmix's alpha must not be negative, got %s", cutmix);
    Check.that(
        cutmixSides == null || (cutmixSides.low() >= 0 && cutmixSides.high() <= 1),
        "cutmixSides lies within [0, 1], got %s",
        cutmixSides);
    Check.probability("mixing probability", probability);
    Check.probability("switchProbability", switchProbability);
  }

  /** Mixup and CutMix in equal parts over whole batches. */
  public static MixingConfig of(double mixup, double cutmix) {
    return NONE.withAlphas(mixup, cutmix);
  }

  /** Whether anything is mixed. */
  @JsonIgnore
  public boolean isActive() {
    return probability > 0 && (mixup > 0 || cuts());
  }

  boolean cuts() {
    return cutmix > 0 || cutmixSides != null;
  }

  public MixingConfig withAlphas(double mixup, double cutmix) {
    return new MixingConfig(
        mixup, cutmix, cutmixSides, probability, switchProbability, mode, rounding);
  }

  public MixingConfig withCutmixSides(@Nullable Range cutmixSides) {
    return new MixingConfig(
        mixup, cutmix, cutmixSides, probability, switchProbability, mode, rounding);
  }

  public MixingConfig withProbability(double probability, double switchProbability) {
    return new MixingConfig(
        mixup, cutmix, cutmixSides, probability, switchProbability, mode, rounding);
  }

  public MixingConfig withMode(Mode mode) {
    return new MixingConfig(
        mixup, cutmix, cutmixSides, probability, switchProbability, mode, rounding);
  }

  public MixingConfig withRounding(Rounding rounding) {
    return new MixingConfig(
        mixup, cutmix, cutmixSides, probability, switchProbability, mode, rounding);
  }
}
