package io.vitrail.imaging;

/**
 * A Gaussian by three box filters of fractional width along each axis (Gwosdek et al., 2011), in
 * Pillow's integers.
 */
final class ExtendedBox {
  private static final int PASSES = 3;
  private static final int ONE = 1 << 24;
  private static final int HALF = 1 << 23;

  private final int reach;
  private final int inner;
  private final int outer;

  /** A box of {@code 2 radius + 1} samples; the two outermost count by a fraction. */
  private ExtendedBox(float radius) {
    this.reach = (int) radius;
    this.inner = (int) (ONE / (radius * 2 + 1));
    this.outer = (ONE - (reach * 2 + 1) * inner) / 2;
  }

  static Image gaussian(Image image, float sigma) {
    ExtendedBox box = new ExtendedBox(radius(sigma));
    int width = image.width();
    int height = image.height();
    int channels = image.channels();
    byte[] samples = image.pixels();
    for (int i = 0; i < PASSES; i++) {
      samples = box.pass(samples, height, width, channels);
    }
    for (int i = 0; i < PASSES; i++) {
      samples = box.pass(samples, 1, height, width * channels);
    }
    return Image.of(width, height, channels, samples);
  }

  /** The radius of three boxes with the variance of a Gaussian; floats, as in Pillow. */
  private static float radius(float sigma) {
    float variance = sigma * sigma / PASSES;
    float length = (float) Math.sqrt(12.0 * variance + 1.0); // equation 7
    float whole = (float) Math.floor((length - 1.0) / 2.0); // 11
    float fraction = (2 * whole + 1) * (whole * (whole + 1) - 3 * variance); // 14
    fraction /= 6 * (variance - (whole + 1) * (whole + 1));
    return whole + fraction;
  }

  /**
   * One box along the middle axis of {@code [lines, length, step]} samples, by running sums; the
   * ends repeat.
   */
  private byte[] pass(byte[] in, int lines, int length, int step) {
    byte[] out = new byte[in.length];
    int last = length - 1;
    int[] sums = new int[step];
    for (int line = 0; line < lines; line++) {
      int start = line * length * step;
      for (int s = 0; s < step; s++) {
        sums[s] = (in[start + s] & 0xff) * (reach + 1);
      }
      for (int k = 0; k < reach; k++) {
        int row = start + Math.min(k, last) * step;
        for (int s = 0; s < step; s++) {
          sums[s] += in[row + s] & 0xff;
        }
      }
      for (int x = 0; x < length; x++) {
        int gone = start + Math.max(x - reach - 1, 0) * step;
        int come = start + Math.min(x + reach, last) * step;
        int next = start + Math.min(x + reach + 1, last) * step;
        int o = start + x * step;
        for (int s = 0; s < step; s++) {
          int left = in[gone + s] & 0xff;
          int sum = sums[s] + (in[come + s] & 0xff) - left;
          int value = sum * inner + (left + (in[next + s] & 0xff)) * outer; // unsigned
          sums[s] = sum;
          out[o + s] = (byte) ((value + HALF) >>> 24);
        }
      }
    }
    return out;
  }
}
