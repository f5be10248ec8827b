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
    long w = image.width();
    long h = image.height();
    int width = w <= h ? size : (int) (size * w / h);
    int height = w <= h ? (int) (size * h / w) : size;
    return Resize.to(image, width, height, interpolation.filter(random));
  }
}
