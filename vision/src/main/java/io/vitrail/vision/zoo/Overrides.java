package io.vitrail.vision.zoo;

import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What to build otherwise than the name says.
 *
 * @param classes scores to give
 * @param imageSize side of the square image in pixels; networks that take any size ignore it
 * @param channels of the image
 * @param dropPath largest probability of a residual branch to be dropped in training
 */
public record Overrides(
    OptionalInt classes, OptionalInt imageSize, OptionalInt channels, OptionalDouble dropPath) {
  /** Build what the name says. */
  public static final Overrides NONE =
      new Overrides(
          OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty(), OptionalDouble.empty());

  public Overrides withClasses(int value) {
    return new Overrides(OptionalInt.of(value), imageSize, channels, dropPath);
  }

  public Overrides withImageSize(int pixels) {
    return new Overrides(classes, OptionalInt.of(pixels), channels, dropPath);
  }

  public Overrides withChannels(int value) {
    return new Overrides(classes, imageSize, OptionalInt.of(value), dropPath);
  }

  public Overrides withDropPath(double value) {
    return new Overrides(classes, imageSize, channels, OptionalDouble.of(value));
  }
}
