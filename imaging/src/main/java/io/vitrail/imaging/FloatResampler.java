package io.vitrail.imaging;

import java.util.Arrays;

/** The two passes of {@link Resize} on a float plane: sums in double, rounded to float per pass. */
final class FloatResampler {
  private FloatResampler() {}

  static float[] resample(
      float[] in,
      int inWidth,
      int inHeight,
      int width,
      int height,
      ResizeFilter filter,
      Resize.Source source) {
    PassOrder order = PassOrder.of(inWidth, inHeight, width, height, source);
    ResizeWeights columns = ResizeWeights.of(filter, inWidth, source.left(), source.right(), width);
    ResizeWeights rows = ResizeWeights.of(filter, inHeight, source.top(), source.bottom(), height);
    return switch (order) {
      case HORIZONTAL_ONLY -> horizontalPass(in, inWidth, 0, 0, inHeight, columns);
      case VERTICAL_ONLY -> verticalPass(in, inWidth, 0, width, 0, rows);
      case HORIZONTAL_FIRST -> {
        float[] between = horizontalPass(in, inWidth, 0, rows.start(), rows.end(), columns);
        yield verticalPass(between, width, 0, width, rows.start(), rows);
      }
      case VERTICAL_FIRST -> {
        int from = columns.start();
        int needed = columns.end() - from;
        float[] between = verticalPass(in, inWidth, from, needed, 0, rows);
        yield horizontalPass(between, needed, from, 0, height, columns);
      }
    };
  }

  private static float[] horizontalPass(
      float[] in, int rowLength, int firstColumn, int firstRow, int lastRow, ResizeWeights taps) {
    int width = taps.first.length;
    float[] out = new float[Image.sampleCount(width, lastRow - firstRow, 1)];
    for (int y = firstRow, o = 0; y < lastRow; y++) {
      for (int x = 0; x < width; x++) {
        int i = y * rowLength - firstColumn + taps.first[x];
        int k = x * taps.stride;
        int end = k + taps.size[x];
        double sum = 0;
        for (; k < end; k++, i++) {
          sum += in[i] * taps.weights[k];
        }
        out[o++] = (float) sum;
      }
    }
    return out;
  }

  private static float[] verticalPass(
      float[] in, int stride, int offset, int length, int firstRow, ResizeWeights taps) {
    int height = taps.first.length;
    float[] out = new float[Math.multiplyExact(length, height)];
    double[] sums = new double[length];
    for (int y = 0; y < height; y++) {
      Arrays.fill(sums, 0);
      for (int t = 0; t < taps.size[y]; t++) {
        int row = (taps.first[y] - firstRow + t) * stride + offset;
        double weight = taps.weights[y * taps.stride + t];
        for (int x = 0; x < length; x++) {
          sums[x] += in[row + x] * weight;
        }
      }
      for (int x = 0; x < length; x++) {
        out[y * length + x] = (float) sums[x];
      }
    }
    return out;
  }
}
