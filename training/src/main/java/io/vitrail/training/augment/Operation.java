package io.vitrail.training.augment;

import io.vitrail.imaging.Colour;
import io.vitrail.imaging.Enhance;
import io.vitrail.imaging.Image;
import io.vitrail.imaging.Tone;
import io.vitrail.imaging.Warp;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * The operations of AutoAugment and RandAugment by timm's names: how a magnitude becomes an
 * argument, and what the argument does. "Increasing" ones change more as the magnitude grows; the
 * plain ones need not.
 */
enum Operation {
  AUTO_CONTRAST("AutoContrast", Operation::nothing, (image, a, warp) -> Tone.autoContrast(image)),
  EQUALIZE("Equalize", Operation::nothing, (image, a, warp) -> Tone.equalize(image)),
  INVERT("Invert", Operation::nothing, (image, a, warp) -> image.inverted()),
  ROTATE(
      "Rotate",
      (m, random) -> signed(m * 30, random),
      (image, degrees, warp) -> Warp.rotate(image, degrees, warp.filter(), warp.fill())),
  POSTERIZE("Posterize", (m, random) -> (int) (m * 4), Operation::posterize),
  POSTERIZE_INCREASING(
      "PosterizeIncreasing", (m, random) -> 4 - (int) (m * 4), Operation::posterize),
  POSTERIZE_ORIGINAL("PosterizeOriginal", (m, random) -> 4 + (int) (m * 4), Operation::posterize),
  SOLARIZE("Solarize", (m, random) -> solarizeThreshold(m), Operation::solarize),
  SOLARIZE_INCREASING(
      "SolarizeIncreasing", (m, random) -> 256 - solarizeThreshold(m), Operation::solarize),
  SOLARIZE_ADD(
      "SolarizeAdd",
      (m, random) -> Math.min(128, (int) (m * 110)),
      (image, amount, warp) -> Tone.solarizeAdd(image, (int) amount)),
  COLOUR("Color", Operation::factor, (image, f, warp) -> Enhance.colour(image, f)),
  COLOUR_INCREASING(
      "ColorIncreasing", Operation::increasingFactor, (image, f, warp) -> Enhance.colour(image, f)),
  CONTRAST("Contrast", Operation::factor, (image, f, warp) -> Enhance.contrast(image, f)),
  CONTRAST_INCREASING(
      "ContrastIncreasing",
      Operation::increasingFactor,
      (image, f, warp) -> Enhance.contrast(image, f)),
  BRIGHTNESS("Brightness", Operation::factor, (image, f, warp) -> Enhance.brightness(image, f)),
  BRIGHTNESS_INCREASING(
      "BrightnessIncreasing",
      Operation::increasingFactor,
      (image, f, warp) -> Enhance.brightness(image, f)),
  SHARPNESS("Sharpness", Operation::factor, (image, f, warp) -> Enhance.sharpness(image, f)),
  SHARPNESS_INCREASING(
      "SharpnessIncreasing",
      Operation::increasingFactor,
      (image, f, warp) -> Enhance.sharpness(image, f)),
  SHEAR_X(
      "ShearX",
      (m, random) -> signed(m * 0.3, random),
      (image, f, warp) -> warp.apply(image, Warp.Matrix.shearX(f))),
  SHEAR_Y(
      "ShearY",
      (m, random) -> signed(m * 0.3, random),
      (image, f, warp) -> warp.apply(image, Warp.Matrix.shearY(f))),
  TRANSLATE_X(
      "TranslateXRel",
      (m, random) -> signed(m * 0.45, random),
      (image, share, warp) -> warp.apply(image, Warp.Matrix.translate(share * image.width(), 0))),
  TRANSLATE_Y(
      "TranslateYRel",
      (m, random) -> signed(m * 0.45, random),
      (image, share, warp) -> warp.apply(image, Warp.Matrix.translate(0, share * image.height())));

  /** From a magnitude, on a scale where 1 is timm's 10, to an argument. */
  @FunctionalInterface
  private interface Argument {
    double of(double magnitude, RandomGenerator random);
  }

  /** From an image to another one. */
  @FunctionalInterface
  private interface Change {
    Image apply(Image image, double argument, Warping warp);
  }

  /** How warps read between pixels and what they put outside of the image. */
  record Warping(Interpolation interpolation, Colour fill, RandomGenerator random) {

    /** Drawn only when an operation warps. */
    Warp.Filter filter() {
      return interpolation.warpFilter(random);
    }

    Image apply(Image image, Warp.Matrix matrix) {
      return Warp.apply(image, matrix, filter(), fill);
    }
  }

  private final String timmName;
  private final Argument argument;
  private final Change change;

  Operation(String timmName, Argument argument, Change change) {
    this.timmName = timmName;
    this.argument = argument;
    this.change = change;
  }

  /** The operation that timm calls {@code name}. */
  static Operation named(String name) {
    return Arrays.stream(values())
        .filter(operation -> operation.timmName.equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no operation '" + name + "'"));
  }

  /** The argument at a magnitude of timm's scale, 0 to 10. */
  double argument(double magnitude, RandomGenerator random) {
    return argument.of(magnitude / 10, random);
  }

  /** The changed image. */
  Image apply(Image image, double argument, Warping warp) {
    return change.apply(image, argument, warp);
  }

  private static double nothing(double m, RandomGenerator random) {
    return 0;
  }

  private static double signed(double value, RandomGenerator random) {
    return random.nextBoolean() ? -value : value;
  }

  private static int solarizeThreshold(double m) {
    return Math.min(256, (int) (m * 256));
  }

  private static double factor(double m, RandomGenerator random) {
    return m * 1.8 + 0.1;
  }

  private static double increasingFactor(double m, RandomGenerator random) {
    return Math.max(0.1, 1 + signed(m * 0.9, random));
  }

  private static Image posterize(Image image, double bits, Warping warp) {
    return Tone.posterize(image, (int) Math.max(0, Math.min(8, bits)));
  }

  private static Image solarize(Image image, double threshold, Warping warp) {
    return Tone.solarize(image, (int) threshold);
  }
}
