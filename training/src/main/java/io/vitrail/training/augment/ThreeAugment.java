package io.vitrail.training.augment;

import io.vitrail.imaging.Blur;
import io.vitrail.imaging.Image;
import io.vitrail.imaging.Tone;
import java.util.random.RandomGenerator;

/**
 * 3-Augment (Touvron et al., 2022, "DeiT III", arXiv 2204.07118, section 3): exactly one of
 * greyscale, solarization from 128 on, and a Gaussian blur of radius {@code U(0.1, 2)}.
 */
public record ThreeAugment() implements Transform {
  private static final Range RADIUS = new Range(0.1, 2);
  private static final int THRESHOLD = 128;

  @Override
  public Image apply(Image image, RandomGenerator random) {
    return switch (random.nextInt(3)) {
      case 0 -> image.isGrey() ? image : image.toGrey().toRgb();
      case 1 -> Tone.solarize(image, THRESHOLD);
      default -> Blur.gaussian(image, RADIUS.draw(random));
    };
  }
}
