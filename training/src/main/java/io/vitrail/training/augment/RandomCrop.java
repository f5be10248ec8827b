package io.vitrail.training.augment;

import io.vitrail.imaging.Box;
import io.vitrail.imaging.Image;
import java.util.random.RandomGenerator;

/**
 * A random square of the image with {@code padding} pixels added around it. An image of just this
 * size is shifted by up to {@code padding} pixels.
 *
 * @param size side of the square in pixels
 * @param padding pixels added at each side
 */
public record RandomCrop(int size, int padding, Border border) implements Transform {

  /** What is added around. */
  public enum Border {
    /** Zeros. */
    BLACK,
    /** The image mirrored at its outermost pixels: {@code cb|abcd|cb}. */
    REFLECTED
  }

  public RandomCrop {
    Check.that(size >= 1, "crop size must be at least 1 pixel, got %d", size);
    Check.that(padding >= 0, "padding must not be negative, got %d", padding);
  }

  @Override
  public Image apply(Image image, RandomGenerator random) {
    int spareRows = image.height() + 2 * padding - size;
    int spareColumns = image.width() + 2 * padding - size;
    Check.that(
        spareRows >= 0 && spareColumns >= 0,
        "image of %d x %d with padding %d is smaller than the crop of %d; use Cropping.RESIZED or"
            + " SIMPLE, which resize",
        image.width(),
        image.height(),
        padding,
        size);
    int top = random.nextInt(spareRows + 1) - padding;
    int left = random.nextInt(spareColumns + 1) - padding;
    boolean inside =
        top >= 0 && left >= 0 && top + size <= image.height() && left + size <= image.width();
    if (inside) {
      return image.crop(Box.ofSize(left, top, size, size));
    }
    return border == Border.BLACK
        ? Image.blank(size, size, image.channels()).paste(image, -left, -top)
        : reflected(image, left, top);
  }

  private Image reflected(Image image, int left, int top) {
    int channels = image.channels();
    byte[] in = image.pixels();
    byte[] out = new byte[size * size * channels];
    for (int y = 0, o = 0; y < size; y++) {
      int row = folded(top + y, image.height()) * image.width();
      for (int x = 0; x < size; x++) {
        int i = (row + folded(left + x, image.width())) * channels;
        for (int c = 0; c < channels; c++) {
          out[o++] = in[i + c];
        }
      }
    }
    return Image.of(size, size, channels, out);
  }

  /** A position outside of {@code 0..length-1} mirrored back into it. */
  private static int folded(int position, int length) {
    int period = Math.max(1, 2 * (length - 1));
    int p = Math.floorMod(position, period);
    return p < length ? p : period - p;
  }
}
