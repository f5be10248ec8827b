package io.vitrail.imaging;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * Affine changes of an image as Pillow's {@code transform} and {@code rotate} do them, bit for bit.
 * The result has the size of the image; what comes from outside of it has the fill colour.
 *
 * <p>Nothing is antialiased: each new pixel is read at one point of the image, from 1, 2 x 2 or 4 x
 * 4 pixels around it.
 */
public final class Warp {

  /** How a value between pixels is read. */
  public enum Filter {
    /** The pixel that the point lies in. */
    NEAREST,
    /** 2 x 2 pixels, linear. */
    BILINEAR,
    /** 4 x 4 pixels, cubic with a = -1 ({@link ResizeFilter#BICUBIC} has -0.5). */
    BICUBIC
  }

  /**
   * From a point of the new image to its point in the old one, in pixels from the top left corner:
   * {@code (x, y) -> (a x + b y + c, d x + e y + f)}.
   */
  public record Matrix(double a, double b, double c, double d, double e, double f) {

    /** Row y is read at {@code x + factor * y}. */
    public static Matrix shearX(double factor) {
      return new Matrix(1, factor, 0, 0, 1, 0);
    }

    /** Column x is read at {@code y + factor * x}. */
    public static Matrix shearY(double factor) {
      return new Matrix(1, 0, 0, factor, 1, 0);
    }

    /** Reads at {@code (x + dx, y + dy)}: the picture moves left and up. */
    public static Matrix translate(double dx, double dy) {
      return new Matrix(1, 0, dx, 0, 1, dy);
    }

    /** Turns counter-clockwise about the centre of an image of the given size. */
    public static Matrix rotate(double degrees, int width, int height) {
      double radians = -Math.toRadians(floorMod(degrees, 360));
      double cos = rounded(Math.cos(radians));
      double sin = rounded(Math.sin(radians));
      double x = width / 2.0;
      double y = height / 2.0;
      return new Matrix(
          cos, sin, cos * -x + sin * -y + 0.0 + x, -sin, cos, -sin * -x + cos * -y + 0.0 + y);
    }

    private static double floorMod(double value, double divisor) {
      double rest = value % divisor;
      return rest < 0 ? rest + divisor : rest;
    }

    /** To 15 digits after the point, so that quarter turns are exact. */
    private static double rounded(double value) {
      return new BigDecimal(value).setScale(15, RoundingMode.HALF_EVEN).doubleValue();
    }
  }

  /** Nearest pixels are found in 16.16 fixed point while all points stay below this. */
  private static final double FIXED_LIMIT = 32768;

  private static final int ONE = 1 << 16;

  private Warp() {}

  /**
   * Warps an image.
   *
   * @param image grey or RGB
   * @param fill its luma where the image is grey
   * @throws IllegalArgumentException if the image has alpha
   */
  public static Image apply(Image image, Matrix matrix, Filter filter, Colour fill) {
    Check.noAlpha(image);
    Image out = Image.filled(image.width(), image.height(), image.channels(), fill);
    switch (filter) {
      case NEAREST -> nearest(image, matrix, out.pixels());
      case BILINEAR -> bilinear(image, matrix, out.pixels());
      case BICUBIC -> bicubic(image, matrix, out.pixels());
    }
    return out;
  }

  /** {@link Matrix#rotate} applied. */
  public static Image rotate(Image image, double degrees, Filter filter, Colour fill) {
    return apply(image, Matrix.rotate(degrees, image.width(), image.height()), filter, fill);
  }

  // ---- nearest

  private static void nearest(Image image, Matrix m, byte[] out) {
    if (m.b() == 0 && m.d() == 0) {
      nearestByTable(image, m, out);
    } else if (fitsFixedPoint(m, image.width(), image.height())) {
      nearestFixed(image, m, out);
    } else {
      nearestFloating(image, m, out);
    }
  }

  private static boolean fitsFixedPoint(Matrix m, int width, int height) {
    return isSmall(m, 0, 0)
        && isSmall(m, width, 0)
        && isSmall(m, 0, height)
        && isSmall(m, width, height);
  }

  private static boolean isSmall(Matrix m, int x, int y) {
    return Math.abs(x * m.a() + y * m.b() + m.c()) < FIXED_LIMIT
        && Math.abs(x * m.d() + y * m.e() + m.f()) < FIXED_LIMIT;
  }

  /** Without turning, columns and rows are independent of each other. */
  private static void nearestByTable(Image image, Matrix m, byte[] out) {
    int width = image.width();
    int[] columns = positions(m.c() + m.a() * 0.5, m.a(), width);
    int[] rows = positions(m.f() + m.e() * 0.5, m.e(), image.height());
    for (int y = 0, o = 0; y < rows.length; y++) {
      for (int x = 0; x < width; x++, o++) {
        if (rows[y] >= 0 && columns[x] >= 0) {
          copyPixel(image, columns[x], rows[y], out, o);
        }
      }
    }
  }

  /** The pixel at each step, summed up one by one as Pillow does; -1 where outside. */
  private static int[] positions(double first, double step, int length) {
    int[] positions = new int[length];
    double at = first;
    for (int i = 0; i < length; i++, at += step) {
      positions[i] = at >= 0 && at < length ? (int) at : -1;
    }
    return positions;
  }

  private static void nearestFixed(Image image, Matrix m, byte[] out) {
    int width = image.width();
    int height = image.height();
    int rowX = fixed(m.c() + m.a() * 0.5 + m.b() * 0.5);
    int rowY = fixed(m.f() + m.d() * 0.5 + m.e() * 0.5);
    int a = fixed(m.a());
    int b = fixed(m.b());
    int d = fixed(m.d());
    int e = fixed(m.e());
    for (int y = 0, o = 0; y < height; y++, rowX += b, rowY += e) {
      int px = rowX;
      int py = rowY;
      for (int x = 0; x < width; x++, o++, px += a, py += d) {
        int column = px >> 16;
        int row = py >> 16;
        if (column >= 0 && column < width && row >= 0 && row < height) {
          copyPixel(image, column, row, out, o);
        }
      }
    }
  }

  private static int fixed(double value) {
    return (int) Math.floor(value * ONE + 0.5);
  }

  private static void nearestFloating(Image image, Matrix m, byte[] out) {
    int width = image.width();
    int height = image.height();
    double rowX = m.c() + m.b() * 0.5 + m.a() * 0.5;
    double rowY = m.f() + m.e() * 0.5 + m.d() * 0.5;
    for (int y = 0, o = 0; y < height; y++, rowX += m.b(), rowY += m.e()) {
      double px = rowX;
      double py = rowY;
      for (int x = 0; x < width; x++, o++, px += m.a(), py += m.d()) {
        if (px >= 0 && px < width && py >= 0 && py < height) {
          copyPixel(image, (int) px, (int) py, out, o);
        }
      }
    }
  }

  private static void copyPixel(Image image, int x, int y, byte[] out, int pixel) {
    int channels = image.channels();
    byte[] in = image.pixels();
    int i = (y * image.width() + x) * channels;
    int o = pixel * channels;
    for (int c = 0; c < channels; c++) {
      out[o + c] = in[i + c];
    }
  }

  // ---- between pixels

  /** The value is cut off, not rounded. Below the last row and above the first, rows repeat. */
  private static void bilinear(Image image, Matrix m, byte[] out) {
    int width = image.width();
    int height = image.height();
    int channels = image.channels();
    byte[] in = image.pixels();
    for (int y = 0, o = 0; y < height; y++) {
      for (int x = 0; x < width; x++, o += channels) {
        double px = m.a() * (x + 0.5) + m.b() * (y + 0.5) + m.c();
        double py = m.d() * (x + 0.5) + m.e() * (y + 0.5) + m.f();
        if (!(px >= 0 && px < width && py >= 0 && py < height)) {
          continue;
        }
        int left = (int) Math.floor(px - 0.5);
        int top = (int) Math.floor(py - 0.5);
        double dx = px - 0.5 - left;
        double dy = py - 0.5 - top;
        int x0 = Math.max(left, 0) * channels;
        int x1 = Math.min(left + 1, width - 1) * channels;
        int r0 = Math.max(top, 0) * width * channels;
        int r1 = Math.min(top + 1, height - 1) * width * channels;
        for (int c = 0; c < channels; c++) {
          double above = mix(in[r0 + x0 + c] & 0xff, in[r0 + x1 + c] & 0xff, dx);
          double below = mix(in[r1 + x0 + c] & 0xff, in[r1 + x1 + c] & 0xff, dx);
          out[o + c] = (byte) (int) mix(above, below, dy);
        }
      }
    }
  }

  private static double mix(double a, double b, double share) {
    return a + (b - a) * share;
  }

  private static void bicubic(Image image, Matrix m, byte[] out) {
    int width = image.width();
    int height = image.height();
    int channels = image.channels();
    byte[] in = image.pixels();
    for (int y = 0, o = 0; y < height; y++) {
      for (int x = 0; x < width; x++, o += channels) {
        double px = m.a() * (x + 0.5) + m.b() * (y + 0.5) + m.c();
        double py = m.d() * (x + 0.5) + m.e() * (y + 0.5) + m.f();
        if (!(px >= 0 && px < width && py >= 0 && py < height)) {
          continue;
        }
        int left = (int) Math.floor(px - 0.5);
        int top = (int) Math.floor(py - 0.5);
        double dx = px - 0.5 - left;
        double dy = py - 0.5 - top;
        int x0 = Math.max(left - 1, 0) * channels;
        int x1 = Math.max(left, 0) * channels;
        int x2 = Math.min(left + 1, width - 1) * channels;
        int x3 = Math.min(left + 2, width - 1) * channels;
        int r0 = Math.max(top - 1, 0) * width * channels;
        int r1 = Math.max(top, 0) * width * channels;
        int r2 = Math.min(top + 1, height - 1) * width * channels;
        int r3 = Math.min(top + 2, height - 1) * width * channels;
        for (int c = 0; c < channels; c++) {
          double v =
              cubic(
                  cubic(in, r0 + c, x0, x1, x2, x3, dx),
                  cubic(in, r1 + c, x0, x1, x2, x3, dx),
                  cubic(in, r2 + c, x0, x1, x2, x3, dx),
                  cubic(in, r3 + c, x0, x1, x2, x3, dx),
                  dy);
          out[o + c] = (byte) (v <= 0 ? 0 : v >= 255 ? 255 : (int) v);
        }
      }
    }
  }

  private static double cubic(byte[] in, int row, int x0, int x1, int x2, int x3, double d) {
    return cubic(
        in[row + x0] & 0xff, in[row + x1] & 0xff, in[row + x2] & 0xff, in[row + x3] & 0xff, d);
  }

  /** The cubic through v1 and v2 with the slopes of their neighbours (a = -1). */
  private static double cubic(double v0, double v1, double v2, double v3, double d) {
    double p1 = v2 - v0;
    double p2 = 2 * (v0 - v1) + v2 - v3;
    double p3 = -v0 + v1 - v2 + v3;
    return v1 + d * (p1 + d * (p2 + d * p3));
  }
}
