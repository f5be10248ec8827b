package io.vitrail.imaging;

import java.util.Arrays;

/**
 * Erosion and dilation. Each row of the element is one run of pixels, centred, so that a sliding
 * extreme along the image's rows serves all offsets of that row at once: the cost grows with the
 * height of the element, not its area.
 */
final class Morphology {
  private Morphology() {}

  static Image apply(Image mask, Masks.Element element, boolean erode) {
    Check.isMask(mask);
    int width = mask.width();
    int height = mask.height();
    // Erosion is dilation of the inverse.
    byte[] in = erode ? mask.inverted().pixels() : mask.pixels();
    byte[] out = new byte[in.length];
    byte[] slid = new byte[in.length];
    int slidReach = -1;
    // Rows of equal length, such as the upper and lower ones of a disk, share one sliding pass.
    for (int length = 0; length <= element.reach(); length++) {
      for (int dy = -element.reach(); dy <= element.reach(); dy++) {
        if (element.rowReach(dy) != length) {
          continue;
        }
        if (slidReach != length) {
          slideMax(in, slid, width, height, length);
          slidReach = length;
        }
        for (int y = Math.max(0, -dy); y < Math.min(height, height - dy); y++) {
          maxInto(out, y * width, slid, (y + dy) * width, width);
        }
      }
    }
    Image result = Image.of(width, height, 1, out);
    return erode ? result.inverted() : result;
  }

  private static void maxInto(byte[] out, int o, byte[] in, int i, int count) {
    for (int x = 0; x < count; x++) {
      out[o + x] = (byte) Math.max(out[o + x] & 0xff, in[i + x] & 0xff);
    }
  }

  /** Largest of the {@code 2 * reach + 1} values around each pixel of its row (van Herk's way). */
  private static void slideMax(byte[] in, byte[] out, int width, int height, int reach) {
    if (reach == 0) {
      System.arraycopy(in, 0, out, 0, in.length);
      return;
    }
    int window = 2 * reach + 1;
    int length = (width + 2 * reach + window - 1) / window * window;
    int[] padded = new int[length];
    int[] fromLeft = new int[length];
    int[] fromRight = new int[length];
    for (int y = 0; y < height; y++) {
      Arrays.fill(padded, 0);
      for (int x = 0; x < width; x++) {
        padded[reach + x] = in[y * width + x] & 0xff;
      }
      for (int i = 0; i < length; i++) {
        fromLeft[i] = i % window == 0 ? padded[i] : Math.max(fromLeft[i - 1], padded[i]);
      }
      for (int i = length - 1; i >= 0; i--) {
        fromRight[i] = i % window == window - 1 ? padded[i] : Math.max(fromRight[i + 1], padded[i]);
      }
      for (int x = 0; x < width; x++) {
        out[y * width + x] = (byte) Math.max(fromRight[x], fromLeft[x + window - 1]);
      }
    }
  }
}
