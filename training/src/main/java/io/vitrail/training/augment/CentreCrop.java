package io.vitrail.training.augment;

import io.vitrail.imaging.Image;
import java.util.random.RandomGenerator;

/**
 * The central square. Offsets are half of the spare pixels, ties to even, as in torchvision; where
 * the image is smaller than the square it is centred on black.
 *
 * @param size side in pixels
 */
public record CentreCrop(int size) implements Transform {
  public CentreCrop {
    Check.that(size >= 1, "crop size must be at least 1 pixel, got %d", size);
  }

  @Override
  public Image apply(Image image, RandomGenerator random) {
    return apply(image);
  }

  /** The same; there is nothing to draw. */
  public Image apply(Image image) {
    return image.cropCentre(size);
  }
}
