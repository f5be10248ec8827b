package io.vitrail.training.augment;

import io.vitrail.imaging.Box;
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
    int left = Math.max(0, size - image.width()) / 2;
    int top = Math.max(0, size - image.height()) / 2;
    Image canvas =
        image.width() < size || image.height() < size
            ? Image.blank(
                    Math.max(size, image.width()), Math.max(size, image.height()), image.channels())
                .paste(image, left, top)
            : image;
    int x = (int) Math.rint((canvas.width() - size) / 2.0);
    int y = (int) Math.rint((canvas.height() - size) / 2.0);
    return canvas.crop(Box.ofSize(x, y, size, size));
  }
}
