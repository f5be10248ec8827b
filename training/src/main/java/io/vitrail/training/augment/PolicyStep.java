package io.vitrail.training.augment;

import io.vitrail.imaging.Colour;
import io.vitrail.imaging.Image;
import java.util.random.RandomGenerator;

/**
 * One operation with a probability and a magnitude, of which AutoAugment and RandAugment are made.
 *
 * @param magnitude on timm's scale, 0 to 10
 */
record PolicyStep(Operation operation, double probability, double magnitude, Style style)
    implements Transform {

  /**
   * What all steps of a policy share.
   *
   * @param std of the magnitude, which is normal around its mean; infinite for even from 0 to it
   * @param max upper limit of the magnitude
   * @param interpolation of warps
   * @param fill colour of what warps bring in from outside
   */
  record Style(double std, double max, Interpolation interpolation, Colour fill) {
    static final double MAX = 10;
  }

  @Override
  public Image apply(Image image, RandomGenerator random) {
    if (random.nextDouble() >= probability) {
      return image;
    }
    double argument = operation.argument(drawMagnitude(random), random);
    return operation.apply(
        image, argument, new Operation.Warping(style.interpolation(), style.fill(), random));
  }

  double drawMagnitude(RandomGenerator random) {
    double drawn = magnitude;
    if (style.std() == Double.POSITIVE_INFINITY) {
      drawn = magnitude * random.nextDouble();
    } else if (style.std() > 0) {
      drawn = magnitude + style.std() * random.nextGaussian();
    }
    return Math.max(0, Math.min(drawn, style.max()));
  }
}
