package io.vitrail.imaging;

/**
 * Blurs images as Pillow does, and float planes ({@code width * height} values, row-major, any
 * range) as OpenCV does.
 */
public final class Blur {
  /** What lies beyond the border of a plane. */
  public enum Border {
    /** Mirrored at the outermost pixel: {@code dcb|abcd|cba}, OpenCV's default. */
    MIRRORED,
    /** Mirrored at the outermost edge: {@code cba|abcd|dcb}, SciPy's default. */
    DOUBLED
  }

  private Blur() {}

  /**
   * Gaussian blur of an image by three box filters along each axis, at a cost that does not depend
   * on the radius; Pillow's {@code GaussianBlur}, bit for bit.
   *
   * @param image grey or RGB
   * @param radius standard deviation in pixels, not negative
   */
  public static Image gaussian(Image image, double radius) {
    Check.noAlpha(image);
    Check.that(
        radius >= 0 && radius <= 1000, "blur radius must be in 0..1000 pixels, got %s", radius);
    return radius == 0 ? image : ExtendedBox.gaussian(image, (float) radius);
  }

  /**
   * Mean over a square around each pixel, at a cost that does not depend on its size. Same as
   * {@code cv2.blur} with its default border: the plane is mirrored at the border pixel
   * (dcb|abcd|cba), and an even square reaches one pixel further to the left and top.
   *
   * @param size side of the square in pixels, at least 1
   * @return a new plane
   */
  public static float[] box(float[] plane, int width, int height, int size) {
    Planes.checkLength("plane", plane, width, height);
    Check.that(size >= 1, "box size must be at least 1, got %d", size);
    float[] out = new float[plane.length];
    box(plane, out, width, height, size);
    return out;
  }

  /** As {@link #box}, into a given plane, which may be the source itself. */
  static void box(float[] in, float[] out, int width, int height, int size) {
    rows(in, out, width, height, size);
    columns(out, width, height, size);
  }

  /** Running sums along each row; double keeps them exact enough over any length. */
  private static void rows(float[] in, float[] out, int width, int height, int size) {
    int before = size / 2;
    int after = size - 1 - before;
    double scale = 1.0 / size;
    int[] index = folded(width, before, after, Border.MIRRORED);
    float[] row = new float[width];
    for (int y = 0; y < height; y++) {
      int start = y * width;
      System.arraycopy(in, start, row, 0, width);
      double sum = 0;
      for (int i = 0; i < size; i++) {
        sum += row[index[i]];
      }
      out[start] = (float) (sum * scale);
      for (int x = 1; x < width; x++) {
        sum += row[index[x + size - 1]] - row[index[x - 1]];
        out[start + x] = (float) (sum * scale);
      }
    }
  }

  /**
   * Running sums of whole rows, so that memory is walked along. In place, by a ring of old rows.
   */
  private static void columns(float[] plane, int width, int height, int size) {
    int before = size / 2;
    int after = size - 1 - before;
    double scale = 1.0 / size;
    int[] index = folded(height, before, after, Border.MIRRORED);
    float[] source = plane.clone();
    double[] sums = new double[width];
    for (int i = 0; i < size; i++) {
      int row = index[i] * width;
      for (int x = 0; x < width; x++) {
        sums[x] += source[row + x];
      }
    }
    for (int y = 0; y < height; y++) {
      int at = y * width;
      if (y > 0) {
        int in = index[y + size - 1] * width;
        int gone = index[y - 1] * width;
        for (int x = 0; x < width; x++) {
          sums[x] += (double) source[in + x] - source[gone + x];
        }
      }
      for (int x = 0; x < width; x++) {
        plane[at + x] = (float) (sums[x] * scale);
      }
    }
  }

  /** Positions {@code -before..length-1+after} folded back into {@code 0..length-1}. */
  private static int[] folded(int length, int before, int after, Border border) {
    int[] index = new int[length + before + after];
    int last = border == Border.MIRRORED ? 2 * (length - 1) : 2 * length - 1;
    int period = border == Border.MIRRORED ? Math.max(1, last) : 2 * length;
    for (int i = 0; i < index.length; i++) {
      int p = Math.floorMod(i - before, period);
      index[i] = p < length ? p : last - p;
    }
    return index;
  }

  /**
   * Gaussian blur by a kernel of {@code size} taps along each axis, normalised to a sum of 1,
   * mirrored borders as in {@link #box}: {@code cv2.GaussianBlur} of float planes.
   *
   * @param size odd
   * @param sigma in pixels, above 0
   */
  public static float[] gaussian(
      float[] plane, int width, int height, int size, double sigma, Border border) {
    Planes.checkLength("plane", plane, width, height);
    Check.that(size >= 1 && size % 2 == 1, "kernel size must be odd and positive, got %d", size);
    Check.that(sigma > 0, "sigma must be above 0, got %s", sigma);
    int reach = size / 2;
    float[] kernel = new float[size];
    double sum = 0;
    for (int i = 0; i < size; i++) {
      sum += Math.exp(-(i - reach) * (i - reach) / (2 * sigma * sigma));
    }
    for (int i = 0; i < size; i++) {
      kernel[i] = (float) (Math.exp(-(i - reach) * (i - reach) / (2 * sigma * sigma)) / sum);
    }
    int[] columns = folded(width, reach, reach, border);
    int[] rows = folded(height, reach, reach, border);
    float[] between = new float[plane.length];
    for (int y = 0, o = 0; y < height; y++) {
      for (int x = 0; x < width; x++, o++) {
        float value = 0;
        for (int i = 0; i < size; i++) {
          value += kernel[i] * plane[y * width + columns[x + i]];
        }
        between[o] = value;
      }
    }
    float[] out = new float[plane.length];
    for (int y = 0; y < height; y++) {
      int at = y * width;
      for (int i = 0; i < size; i++) {
        int row = rows[y + i] * width;
        for (int x = 0; x < width; x++) {
          out[at + x] += kernel[i] * between[row + x];
        }
      }
    }
    return out;
  }
}
