package io.vitrail.training.augment;

import io.vitrail.imaging.Box;
import io.vitrail.imaging.Image;
import io.vitrail.imaging.Resize;
import java.util.random.RandomGenerator;

/**
 * A part of random area and aspect, resized to a square (Szegedy et al., 2015, arXiv 1409.4842; as
 * in timm and torchvision).
 *
 * <p>Up to 10 tries: area {@code U(scale)} of the image's, aspect w/h log-uniform in {@code ratio},
 * sides rounded half to even, placed evenly if it fits. Else the central part that keeps to the
 * limits of {@code ratio}.
 *
 * @param size side of the result in pixels
 */
public record RandomResizedCrop(int size, Range scale, Range ratio, Interpolation interpolation)
    implements Transform {
  /** The usual share of the area. */
  public static final Range SCALE = new Range(0.08, 1);

  /** The usual aspects. */
  public static final Range RATIO = new Range(3.0 / 4, 4.0 / 3);

  private static final int TRIES = 10;

  public RandomResizedCrop {
    Check.that(size >= 1, "crop size must be at least 1 pixel, got %d", size);
    Check.that(
        scale.low() > 0 && scale.high() <= 1, "scale lies within (0, 1], got %s", scale.ends());
    Check.that(ratio.low() > 0, "ratio must be above 0, got %s", ratio.ends());
  }

  @Override
  public Image apply(Image image, RandomGenerator random) {
    Box box = box(image.width(), image.height(), random);
    return Resize.to(image.crop(box), size, size, interpolation.filter(random));
  }

  /** The part to take from an image of this size. */
  Box box(int width, int height, RandomGenerator random) {
    double area = (double) width * height;
    for (int i = 0; i < TRIES; i++) {
      double target = scale.draw(random) * area;
      double aspect = ratio.drawLog(random);
      int w = (int) Math.rint(Math.sqrt(target * aspect));
      int h = (int) Math.rint(Math.sqrt(target / aspect));
      if (0 < w && w <= width && 0 < h && h <= height) {
        int top = random.nextInt(height - h + 1);
        int left = random.nextInt(width - w + 1);
        return Box.ofSize(left, top, w, h);
      }
    }
    return centralBox(width, height);
  }

  /** As much of the centre as keeps to the limits of the aspect. */
  Box centralBox(int width, int height) {
    double aspect = width / (double) height;
    int w = width;
    int h = height;
    if (aspect < ratio.low()) {
      h = Math.max(1, (int) Math.rint(width / ratio.low()));
    } else if (aspect > ratio.high()) {
      w = Math.max(1, (int) Math.rint(height * ratio.high()));
    }
    return Box.ofSize((width - w) / 2, (height - h) / 2, w, h);
  }
}
