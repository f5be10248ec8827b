package io.vitrail.training.augment;

import io.vitrail.imaging.Enhance;
import io.vitrail.imaging.Image;
import java.util.random.RandomGenerator;

/**
 * Brightness, contrast and saturation, each by a factor of {@code U(max(0, 1 - j), 1 + j)}, in
 * random order; as torchvision's ColorJitter without hue.
 */
public record ColourJitter(double brightness, double contrast, double saturation)
    implements Transform {

  /** The six orders of three things. */
  private static final int[][] ORDERS = {
    {0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}
  };

  public ColourJitter {
    Check.that(
        brightness >= 0 && contrast >= 0 && saturation >= 0,
        "colour jitter must not be negative, got brightness %s, contrast %s, saturation %s",
        brightness,
        contrast,
        saturation);
  }

  /** The same for all three. */
  public ColourJitter(double all) {
    this(all, all, all);
  }

  @Override
  public Image apply(Image image, RandomGenerator random) {
    int[] order = ORDERS[random.nextInt(ORDERS.length)];
    double[] factors = {
      factor(brightness, random), factor(contrast, random), factor(saturation, random)
    };
    return apply(image, order, factors);
  }

  /** Changes in the given order; 0 is brightness, 1 contrast, 2 saturation. */
  static Image apply(Image image, int[] order, double[] factors) {
    Image result = image;
    for (int i : order) {
      result =
          switch (i) {
            case 0 -> Enhance.brightness(result, factors[0]);
            case 1 -> Enhance.contrast(result, factors[1]);
            default -> Enhance.colour(result, factors[2]);
          };
    }
    return result;
  }

  private static double factor(double jitter, RandomGenerator random) {
    return new Range(Math.max(0, 1 - jitter), 1 + jitter).draw(random);
  }
}
