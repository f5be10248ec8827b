package io.vitrail.training.augment;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Random erasing (Zhong et al., 2020, arXiv 1708.04896) of a normalised input [C, H, W], with
 * timm's parameters: area {@code U(0.02, 1/3)} of the image, divided by the number of rectangles;
 * aspect h/w log-uniform from 0.3 to 1/0.3; up to 10 tries for a rectangle smaller than the image.
 *
 * @param probability of erasing anything
 * @param count most rectangles in one image; from 1 to this many are drawn
 */
public record RandomErasing(double probability, Mode mode, int count) {

  /** What a rectangle is filled with. The input is normalised: 0 is the mean colour. */
  public enum Mode {
    /** Zeros. */
    CONST,
    /** One N(0, 1) value for each channel. */
    RAND,
    /** N(0, 1) for each value. */
    PIXEL
  }

  private static final Range AREA = new Range(0.02, 1.0 / 3);
  private static final Range ASPECT = new Range(0.3, 1 / 0.3);
  private static final int TRIES = 10;

  public RandomErasing {
    Check.probability("erasing", probability);
    Check.that(count >= 1, "erasing count must be at least 1, got %d", count);
  }

  /** Erases in the input at {@code offset} of {@code values}, or leaves it alone. */
  public void apply(
      float[] values, int offset, int channels, int height, int width, RandomGenerator random) {
    if (random.nextDouble() >= probability) {
      return;
    }
    int rectangles = count == 1 ? 1 : 1 + random.nextInt(count);
    double area = (double) height * width / rectangles;
    for (int i = 0; i < rectangles; i++) {
      for (int attempt = 0; attempt < TRIES; attempt++) {
        double target = AREA.draw(random) * area;
        double aspect = ASPECT.drawLog(random);
        int h = (int) Math.rint(Math.sqrt(target * aspect));
        int w = (int) Math.rint(Math.sqrt(target / aspect));
        if (h < height && w < width) {
          int top = random.nextInt(height - h + 1);
          int left = random.nextInt(width - w + 1);
          for (int c = 0; c < channels; c++) {
            int corner = offset + (c * height + top) * width + left;
            fill(values, corner, h, w, width, random);
          }
          break;
        }
      }
    }
  }

  private void fill(float[] values, int corner, int h, int w, int stride, RandomGenerator random) {
    float colour = mode == Mode.RAND ? (float) random.nextGaussian() : 0;
    for (int y = 0; y < h; y++) {
      int row = corner + y * stride;
      if (mode == Mode.PIXEL) {
        for (int x = row; x < row + w; x++) {
          values[x] = (float) random.nextGaussian();
        }
      } else {
        Arrays.fill(values, row, row + w, colour);
      }
    }
  }
}
