package io.vitrail.imaging;

import java.util.Arrays;

/**
 * Resizes images as Pillow's {@code Image.resize} does, bit for bit.
 *
 * <p>One pass over the rows and one over the columns; a pass that would change nothing is left out.
 * The order of the passes shows in the last bit: it follows Pillow 13, which begins with the
 * columns when the height shrinks by more than twice of what the width does; Pillow up to 12 always
 * begins with the rows, and so differs by one level here and there on such images. 8-bit samples
 * use 22-bit fixed-point weights and are rounded to 8 bits between the passes; float planes
 * (Pillow's mode "F") sum in double and are rounded to float between the passes. RGBA is
 * premultiplied before and divided by its alpha after, except by {@link ResizeFilter#NEAREST}.
 *
 * @see ResizeFilter
 */
public final class Resize {
  private static final int HALF = 1 << (ResizeWeights.BITS - 1);

  private Resize() {}

  /**
   * The whole image at a new size.
   *
   * @throws IllegalArgumentException if a side is below 1
   */
  public static Image to(Image image, int width, int height, ResizeFilter filter) {
    return to(image, width, height, filter, Source.whole(image.width(), image.height()));
  }

  /** A part of the image at a new size; the part may lie between pixels. */
  public static Image to(Image image, int width, int height, ResizeFilter filter, Source source) {
    Image.sampleCount(width, height, image.channels());
    source.checkInside(image.width(), image.height());
    if (source.isWhole(image.width(), image.height())
        && width == image.width()
        && height == image.height()) {
      return image;
    }
    if (filter == ResizeFilter.NEAREST) {
      return nearest(image, width, height, source);
    }
    byte[] samples = image.pixels();
    if (image.hasAlpha()) {
      samples = premultiplied(samples);
    }
    byte[] out =
        resample(
            samples,
            image.width(),
            image.height(),
            image.channels(),
            width,
            height,
            filter,
            source);
    if (image.hasAlpha()) {
      divideByAlpha(out);
    }
    return Image.of(width, height, image.channels(), out);
  }

  /** The image made to fit into {@code side x side}, its longer side becoming {@code side}. */
  public static Image longestSideTo(Image image, int side, ResizeFilter filter) {
    double scale = side / (double) Math.max(image.width(), image.height());
    int width = Math.max(1, (int) (image.width() * scale + 0.5));
    int height = Math.max(1, (int) (image.height() * scale + 0.5));
    return to(image, width, height, filter);
  }

  /**
   * The image with {@code side} pixels on its shorter side; the other has {@code trunc(side * long
   * / short)}, as in torchvision.
   */
  public static Image shortestSideTo(Image image, int side, ResizeFilter filter) {
    long w = image.width();
    long h = image.height();
    int width = w <= h ? side : Math.toIntExact(side * w / h);
    int height = w <= h ? Math.toIntExact(side * h / w) : side;
    return to(image, width, height, filter);
  }

  /**
   * Resizes one float plane, as Pillow does in mode "F".
   *
   * @param plane {@code inWidth * inHeight} values, row-major, any range
   * @return {@code width * height} values; the given array itself when nothing changes
   */
  public static float[] plane(
      float[] plane, int inWidth, int inHeight, int width, int height, ResizeFilter filter) {
    return plane(plane, inWidth, inHeight, width, height, filter, Source.whole(inWidth, inHeight));
  }

  /**
   * Resizes a part of one float plane; see {@link #plane(float[], int, int, int, int,
   * ResizeFilter)}.
   */
  public static float[] plane(
      float[] plane,
      int inWidth,
      int inHeight,
      int width,
      int height,
      ResizeFilter filter,
      Source source) {
    Planes.checkLength("plane", plane, inWidth, inHeight);
    Image.sampleCount(width, height, 1);
    source.checkInside(inWidth, inHeight);
    if (source.isWhole(inWidth, inHeight) && width == inWidth && height == inHeight) {
      return plane;
    }
    if (filter == ResizeFilter.NEAREST) {
      int[] columns = nearestTaps(source.left(), source.right(), width, inWidth);
      int[] rows = nearestTaps(source.top(), source.bottom(), height, inHeight);
      float[] out = new float[width * height];
      for (int y = 0, o = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          out[o++] = plane[rows[y] * inWidth + columns[x]];
        }
      }
      return out;
    }
    return FloatResampler.resample(plane, inWidth, inHeight, width, height, filter, source);
  }

  private static byte[] resample(
      byte[] in,
      int inWidth,
      int inHeight,
      int channels,
      int width,
      int height,
      ResizeFilter filter,
      Source source) {
    PassOrder order = PassOrder.of(inWidth, inHeight, width, height, source);
    ResizeWeights columns = ResizeWeights.of(filter, inWidth, source.left(), source.right(), width);
    ResizeWeights rows = ResizeWeights.of(filter, inHeight, source.top(), source.bottom(), height);
    return switch (order) {
      case HORIZONTAL_ONLY -> horizontalPass(in, inWidth, channels, 0, 0, inHeight, columns);
      case VERTICAL_ONLY -> verticalPass(in, inWidth * channels, 0, width * channels, 0, rows);
      case HORIZONTAL_FIRST -> {
        byte[] between =
            horizontalPass(in, inWidth, channels, 0, rows.start(), rows.end(), columns);
        int length = width * channels;
        yield verticalPass(between, length, 0, length, rows.start(), rows);
      }
      case VERTICAL_FIRST -> {
        int from = columns.start();
        int needed = columns.end() - from;
        byte[] between =
            verticalPass(in, inWidth * channels, from * channels, needed * channels, 0, rows);
        yield horizontalPass(between, needed, channels, from, 0, height, columns);
      }
    };
  }

  /**
   * Resamples rows {@code firstRow..lastRow-1}, which begin at the source's {@code firstColumn}.
   */
  private static byte[] horizontalPass(
      byte[] in,
      int rowLength,
      int channels,
      int firstColumn,
      int firstRow,
      int lastRow,
      ResizeWeights taps) {
    int width = taps.first.length;
    int[] weights = taps.fixedPoint();
    byte[] out = new byte[Image.sampleCount(width, lastRow - firstRow, channels)];
    for (int y = firstRow; y < lastRow; y++) {
      int rowIn = (y * rowLength - firstColumn) * channels;
      int rowOut = (y - firstRow) * width * channels;
      switch (channels) {
        case 1 -> row1(in, rowIn, out, rowOut, taps, weights);
        case 3 -> row3(in, rowIn, out, rowOut, taps, weights);
        default -> row4(in, rowIn, out, rowOut, taps, weights);
      }
    }
    return out;
  }

  private static void row1(
      byte[] in, int rowIn, byte[] out, int rowOut, ResizeWeights taps, int[] weights) {
    int width = taps.first.length;
    for (int x = 0; x < width; x++) {
      int i = rowIn + taps.first[x];
      int k = x * taps.stride;
      int end = k + taps.size[x];
      int sum = HALF;
      for (; k < end; k++, i++) {
        sum += (in[i] & 0xff) * weights[k];
      }
      out[rowOut + x] = clamp(sum);
    }
  }

  private static void row3(
      byte[] in, int rowIn, byte[] out, int rowOut, ResizeWeights taps, int[] weights) {
    int width = taps.first.length;
    for (int x = 0, o = rowOut; x < width; x++, o += 3) {
      int i = rowIn + taps.first[x] * 3;
      int k = x * taps.stride;
      int end = k + taps.size[x];
      int r = HALF;
      int g = HALF;
      int b = HALF;
      for (; k < end; k++, i += 3) {
        int w = weights[k];
        r += (in[i] & 0xff) * w;
        g += (in[i + 1] & 0xff) * w;
        b += (in[i + 2] & 0xff) * w;
      }
      out[o] = clamp(r);
      out[o + 1] = clamp(g);
      out[o + 2] = clamp(b);
    }
  }

  private static void row4(
      byte[] in, int rowIn, byte[] out, int rowOut, ResizeWeights taps, int[] weights) {
    int width = taps.first.length;
    for (int x = 0, o = rowOut; x < width; x++, o += 4) {
      int i = rowIn + taps.first[x] * 4;
      int k = x * taps.stride;
      int end = k + taps.size[x];
      int r = HALF;
      int g = HALF;
      int b = HALF;
      int a = HALF;
      for (; k < end; k++, i += 4) {
        int w = weights[k];
        r += (in[i] & 0xff) * w;
        g += (in[i + 1] & 0xff) * w;
        b += (in[i + 2] & 0xff) * w;
        a += (in[i + 3] & 0xff) * w;
      }
      out[o] = clamp(r);
      out[o + 1] = clamp(g);
      out[o + 2] = clamp(b);
      out[o + 3] = clamp(a);
    }
  }

  /**
   * Sums whole rows, so that the inner loops run along memory. Reads {@code length} samples from
   * {@code offset} on of each row of {@code stride} samples; the first row of {@code in} is the
   * source's {@code firstRow}.
   */
  private static byte[] verticalPass(
      byte[] in, int stride, int offset, int length, int firstRow, ResizeWeights taps) {
    int height = taps.first.length;
    int[] weights = taps.fixedPoint();
    byte[] out = new byte[Math.multiplyExact(length, height)];
    int[] sums = new int[length];
    for (int y = 0; y < height; y++) {
      Arrays.fill(sums, HALF);
      int row = (taps.first[y] - firstRow) * stride + offset;
      int k = y * taps.stride;
      int end = k + taps.size[y];
      for (; k + 1 < end; k += 2, row += 2 * stride) {
        addTwoRows(in, row, row + stride, weights[k], weights[k + 1], sums);
      }
      if (k < end) {
        addRow(in, row, weights[k], sums);
      }
      int o = y * length;
      for (int x = 0; x < length; x++) {
        out[o + x] = clamp(sums[x]);
      }
    }
    return out;
  }

  private static void addTwoRows(byte[] in, int row, int next, int w, int wNext, int[] sums) {
    for (int x = 0; x < sums.length; x++) {
      sums[x] += (in[row + x] & 0xff) * w + (in[next + x] & 0xff) * wNext;
    }
  }

  private static void addRow(byte[] in, int row, int w, int[] sums) {
    for (int x = 0; x < sums.length; x++) {
      sums[x] += (in[row + x] & 0xff) * w;
    }
  }

  private static byte clamp(int sum) {
    int value = sum >> ResizeWeights.BITS;
    return (byte) (value < 0 ? 0 : Math.min(value, 255));
  }

  private static Image nearest(Image image, int width, int height, Source source) {
    int channels = image.channels();
    int[] columns = nearestTaps(source.left(), source.right(), width, image.width());
    int[] rows = nearestTaps(source.top(), source.bottom(), height, image.height());
    byte[] in = image.pixels();
    byte[] out = new byte[Image.sampleCount(width, height, channels)];
    for (int y = 0, o = 0; y < height; y++) {
      int row = rows[y] * image.width();
      for (int x = 0; x < width; x++) {
        int i = (row + columns[x]) * channels;
        for (int c = 0; c < channels; c++) {
          out[o++] = in[i + c];
        }
      }
    }
    return Image.of(width, height, channels, out);
  }

  /** Source index of each output; the position is summed up step by step, as Pillow does. */
  private static int[] nearestTaps(float from, float to, int outSize, int inSize) {
    int[] taps = new int[outSize];
    double step = (double) (to - from) / outSize;
    double position = from + step * 0.5;
    for (int i = 0; i < outSize; i++) {
      taps[i] = Math.min((int) position, inSize - 1);
      position += step;
    }
    return taps;
  }

  private static byte[] premultiplied(byte[] rgba) {
    byte[] out = new byte[rgba.length];
    for (int i = 0; i < out.length; i += 4) {
      int alpha = rgba[i + 3] & 0xff;
      for (int c = 0; c < 3; c++) {
        // (v + v / 256) / 256 with v = product + 128 is the product / 255, rounded.
        int v = (rgba[i + c] & 0xff) * alpha + 128;
        out[i + c] = (byte) ((v + (v >> 8)) >> 8);
      }
      out[i + 3] = (byte) alpha;
    }
    return out;
  }

  private static void divideByAlpha(byte[] rgba) {
    for (int i = 0; i < rgba.length; i += 4) {
      int alpha = rgba[i + 3] & 0xff;
      if (alpha != 0 && alpha != 255) {
        for (int c = 0; c < 3; c++) {
          rgba[i + c] = (byte) Math.min(255, 255 * (rgba[i + c] & 0xff) / alpha);
        }
      }
    }
  }

  /**
   * The part of an image that is resized: edges in pixels from the top left corner, which may lie
   * between pixels. Floats, as in Pillow: doubles would give other weights.
   */
  public record Source(float left, float top, float right, float bottom) {
    /** The whole of a {@code width x height} image. */
    public static Source whole(int width, int height) {
      return new Source(0, 0, width, height);
    }

    /** The pixels of a box. */
    public static Source of(Box box) {
      return new Source(box.left(), box.top(), box.right(), box.bottom());
    }

    void checkInside(int width, int height) {
      Check.that(
          left >= 0 && top >= 0 && right <= width && bottom <= height,
          "resize source (%s, %s)-(%s, %s) lies outside the %d x %d image",
          left,
          top,
          right,
          bottom,
          width,
          height);
      Check.that(
          left < right && top < bottom,
          "resize source (%s, %s)-(%s, %s) is empty",
          left,
          top,
          right,
          bottom);
    }

    boolean isWhole(int width, int height) {
      return left == 0 && top == 0 && right == width && bottom == height;
    }
  }
}
