package io.vitrail.imaging;

/**
 * Point operations: each value becomes another one by a table, as in Pillow's {@code ImageOps}, bit
 * for bit. Grey and RGB images; channels on their own.
 */
public final class Tone {
  private static final int LEVELS = 256;

  private Tone() {}

  /** Values from {@code threshold} (0..256) on are inverted. */
  public static Image solarize(Image image, int threshold) {
    byte[] table = new byte[LEVELS];
    for (int v = 0; v < LEVELS; v++) {
      table[v] = (byte) (v < threshold ? v : 255 - v);
    }
    return mapped(image, table);
  }

  /** {@code amount} is added to values below 128, up to 255. */
  public static Image solarizeAdd(Image image, int amount) {
    byte[] table = new byte[LEVELS];
    for (int v = 0; v < LEVELS; v++) {
      table[v] = (byte) (v < 128 ? Math.max(0, Math.min(255, v + amount)) : v);
    }
    return mapped(image, table);
  }

  /** Keeps the {@code bits} (0..8) high bits of each value; 0 gives black. */
  public static Image posterize(Image image, int bits) {
    Check.that(bits >= 0 && bits <= 8, "bits to keep must be in 0..8, got %d", bits);
    byte[] table = new byte[LEVELS];
    for (int v = 0; v < LEVELS; v++) {
      table[v] = (byte) (v & -(1 << (8 - bits)));
    }
    return mapped(image, table);
  }

  /** Stretches each channel so that its smallest value becomes 0 and its largest 255. */
  public static Image autoContrast(Image image) {
    int[][] counts = histogram(image);
    byte[][] tables = new byte[counts.length][];
    for (int c = 0; c < tables.length; c++) {
      tables[c] = stretched(counts[c]);
    }
    return mapped(image, tables);
  }

  private static byte[] stretched(int[] counts) {
    int low = 0;
    while (counts[low] == 0) {
      low++;
    }
    int high = 255;
    while (counts[high] == 0) {
      high--;
    }
    if (low == high) {
      return unchanged();
    }
    double scale = 255.0 / (high - low);
    double offset = -low * scale;
    byte[] table = new byte[LEVELS];
    for (int v = 0; v < LEVELS; v++) {
      table[v] = (byte) Math.max(0, Math.min(255, (int) (v * scale + offset)));
    }
    return table;
  }

  /** Spreads the values of each channel so that all levels are about as frequent. */
  public static Image equalize(Image image) {
    int[][] counts = histogram(image);
    byte[][] tables = new byte[counts.length][];
    for (int c = 0; c < tables.length; c++) {
      tables[c] = equalized(counts[c]);
    }
    return mapped(image, tables);
  }

  private static byte[] equalized(int[] counts) {
    int last = 255;
    while (counts[last] == 0) {
      last--;
    }
    int below = 0;
    for (int v = 0; v < last; v++) {
      below += counts[v];
    }
    int step = below / 255;
    if (step == 0) {
      return unchanged();
    }
    byte[] table = new byte[LEVELS];
    int sum = step / 2;
    for (int v = 0; v < LEVELS; v++) {
      table[v] = (byte) Math.min(255, sum / step);
      sum += counts[v];
    }
    return table;
  }

  /** How often each of the 256 levels occurs in each channel: {@code [channel][level]}. */
  public static int[][] histogram(Image image) {
    int channels = image.channels();
    int[][] counts = new int[channels][LEVELS];
    byte[] pixels = image.pixels();
    for (int c = 0; c < channels; c++) {
      int[] own = counts[c];
      for (int i = c; i < pixels.length; i += channels) {
        own[pixels[i] & 0xff]++;
      }
    }
    return counts;
  }

  private static byte[] unchanged() {
    byte[] table = new byte[LEVELS];
    for (int v = 0; v < LEVELS; v++) {
      table[v] = (byte) v;
    }
    return table;
  }

  static Image mapped(Image image, byte[] table) {
    Check.noAlpha(image);
    byte[] in = image.pixels();
    byte[] out = new byte[in.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = table[in[i] & 0xff];
    }
    return Image.of(image.width(), image.height(), image.channels(), out);
  }

  /** With a table for each channel. */
  private static Image mapped(Image image, byte[][] tables) {
    Check.noAlpha(image);
    int channels = image.channels();
    byte[] in = image.pixels();
    byte[] out = new byte[in.length];
    for (int c = 0; c < channels; c++) {
      byte[] table = tables[c];
      for (int i = c; i < out.length; i += channels) {
        out[i] = table[in[i] & 0xff];
      }
    }
    return Image.of(image.width(), image.height(), channels, out);
  }
}
