package io.vitrail.vision.swin;

import io.vitrail.tensor.DType;
import io.vitrail.tensor.Device;
import io.vitrail.tensor.Tensor;

/**
 * A square map cut into square windows, after shifting it up and left in a circle.
 *
 * @param resolution height and width of the map in tokens
 * @param window height and width of a window in tokens
 * @param shift tokens to shift by; 0 for none
 */
record Windows(int resolution, int window, int shift) {
  private static final double HIDDEN = -100; // as the reference; exp(-100) is 0 beside any score

  int count() {
    return (resolution / window) * (resolution / window);
  }

  int tokens() {
    return window * window;
  }

  boolean isShifted() {
    return shift > 0;
  }

  /** The windows of a map, row by row: [B, H, W, D] gives [B, M, N, D]. */
  Tensor cut(Tensor map) {
    Tensor x = isShifted() ? map.roll(new long[] {-shift, -shift}, 1, 2) : map;
    long b = x.size(0);
    long m = resolution / window;
    long d = x.size(3);
    return x.reshape(b, m, window, m, window, d)
        .permute(0, 1, 3, 2, 4, 5)
        .reshape(b, -1, tokens(), d);
  }

  /** The way back: [B, M, N, D] gives [B, H, W, D]. */
  Tensor join(Tensor windows) {
    long b = windows.size(0);
    long m = resolution / window;
    long d = windows.size(3);
    Tensor x =
        windows
            .reshape(b, m, m, window, window, d)
            .permute(0, 1, 3, 2, 4, 5)
            .reshape(b, resolution, resolution, d);
    return isShifted() ? x.roll(new long[] {shift, shift}, 1, 2) : x;
  }

  /**
   * What to add to attention scores so that tokens which only the shift brought together do not see
   * each other: [M, N, N] of 0 and -100 (section 3.2, figure 4).
   */
  Tensor mask(DType dtype, Device device) {
    Tensor regions = Tensor.of(regions(), count(), tokens()).to(device);
    return regions.unsqueeze(1).ne(regions.unsqueeze(2)).to(dtype).mul(HIDDEN);
  }

  /** The region of the unshifted map that each token of each window is from, of 3 x 3. */
  private long[] regions() {
    long[] regions = new long[count() * tokens()];
    int across = resolution / window;
    for (int i = 0; i < regions.length; i++) {
      int m = i / tokens();
      int n = i % tokens();
      int y = m / across * window + n / window;
      int x = m % across * window + n % window;
      regions[i] = 3L * region(y) + region(x);
    }
    return regions;
  }

  private int region(int position) {
    return position < resolution - window ? 0 : position < resolution - shift ? 1 : 2;
  }
}
