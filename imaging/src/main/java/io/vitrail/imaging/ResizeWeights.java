package io.vitrail.imaging;

/**
 * The taps of one axis: output {@code i} is the sum of {@code size[i]} source samples from {@code
 * first[i]} on, each times its weight at {@code i * stride}.
 *
 * <p>The scale, the centre of each output, the rounding of the tap range to whole pixels and the
 * normalisation in double precision are those of Pillow's resampling, so that the fixed-point
 * weights come out the same to the last bit.
 */
final class ResizeWeights {
  /** Bits after the binary point of fixed-point weights: 8 for the sample and 2 spare are left. */
  static final int BITS = 32 - 8 - 2;

  final int[] first;
  final int[] size;
  final int stride;
  final double[] weights;

  private ResizeWeights(int outSize, int stride) {
    this.first = new int[outSize];
    this.size = new int[outSize];
    this.stride = stride;
    this.weights = new double[Math.multiplyExact(outSize, stride)];
  }

  /** Taps for resampling {@code [from, to)} of an axis of {@code inSize} samples. */
  static ResizeWeights of(ResizeFilter filter, int inSize, float from, float to, int outSize) {
    double scale = (double) (to - from) / outSize;
    double stretch = Math.max(scale, 1);
    double support = filter.support() * stretch;
    double perPixel = 1 / stretch;
    ResizeWeights taps = new ResizeWeights(outSize, (int) Math.ceil(support) * 2 + 1);
    for (int i = 0; i < outSize; i++) {
      double centre = from + (i + 0.5) * scale;
      int first = Math.max(0, (int) (centre - support + 0.5));
      int size = Math.min(inSize, (int) (centre + support + 0.5)) - first;
      int at = i * taps.stride;
      double sum = 0;
      for (int t = 0; t < size; t++) {
        double weight = filter.weight((t + first - centre + 0.5) * perPixel);
        taps.weights[at + t] = weight;
        sum += weight;
      }
      if (sum != 0) {
        for (int t = 0; t < size; t++) {
          taps.weights[at + t] /= sum;
        }
      }
      taps.first[i] = first;
      taps.size[i] = size;
    }
    return taps;
  }

  /** First source sample that any output reads. */
  int start() {
    return first[0];
  }

  /** One past the last source sample that any output reads. */
  int end() {
    int last = first.length - 1;
    return first[last] + size[last];
  }

  /** The weights as fixed point with {@link #BITS} fraction bits, rounded half away from zero. */
  int[] fixedPoint() {
    int[] fixed = new int[weights.length];
    for (int i = 0; i < fixed.length; i++) {
      double w = weights[i] * (1 << BITS);
      fixed[i] = (int) (w < 0 ? w - 0.5 : w + 0.5);
    }
    return fixed;
  }
}
