package io.vitrail.training.augment;

import io.vitrail.imaging.Image;
import io.vitrail.imaging.Resize;
import java.util.random.RandomGenerator;

/**
 * Resizes so that the shorter side has {@code size} pixels; the other is {@code trunc(size * long /
 * short)}, as in torchvision.
 */
public record ResizeShortSide(int size, Interpolation interpolation) implements Transform {
  public ResizeShortSide {
    Check.that(size >= 1, "size must be at least 1 pixel, got %d", size);
  }

  @Override
  public Image apply(Image image, RandomGenerator random) {
    return Resize.shortestSideTo(image, size, interpolation.filter(random));
  }
}
