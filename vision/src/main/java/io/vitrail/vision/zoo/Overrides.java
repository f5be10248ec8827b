package io.vitrail.vision.zoo;

import io.vitrail.vision.swin.Swin.MaskToken;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What to build otherwise than the name says.
 *
 * @param classes scores to give
 * @param imageSize side of the square image in pixels; networks that take any size ignore it
 * @param channels of the image
 * @param dropPath largest probability of a residual branch to be dropped in training
 * @param maskToken whether a Swin can train with masks; other networks ignore it
 */
public record Overrides(
    OptionalInt classes,
    OptionalInt imageSize,
    OptionalInt channels,
    OptionalDouble dropPath,
    MaskToken maskToken) {
  /** Build what the name says. */
  public static final Overrides NONE =
      new Overrides(
          OptionalInt.empty(),
          OptionalInt.empty(),
          OptionalInt.empty(),
          OptionalDouble.empty(),
          MaskToken.NONE);

  public Overrides withClasses(int value) {
    return new Overrides(OptionalInt.of(value), imageSize, channels, dropPath, maskToken);
  }

  public Overrides withImageSize(int pixels) {
    return new Overrides(classes, OptionalInt.of(pixels), channels, dropPath, maskToken);
  }

  public Overrides withChannels(int value) {
    return new Overrides(classes, imageSize, OptionalInt.of(value), dropPath, maskToken);
  }

  public Overrides withDropPath(double value) {
    return new Overrides(classes, imageSize, channels, OptionalDouble.of(value), maskToken);
  }

  public Overrides withMaskToken(MaskToken value) {
    return new Overrides(classes, imageSize, channels, dropPath, value);
  }
}
