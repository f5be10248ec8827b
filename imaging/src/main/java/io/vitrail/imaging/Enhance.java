package io.vitrail.imaging;

/**
 * Stronger or weaker colour, contrast, brightness and sharpness, as Pillow's {@code ImageEnhance}
 * does it, bit for bit. Factor 0 gives the weakest image (grey, flat, black, smooth), 1 the image
 * itself, more than 1 exaggerates. Grey and RGB images.
 */
public final class Enhance {
  private Enhance() {}

  /** Saturation: between the image's luma and the image. */
  public static Image colour(Image image, double factor) {
    Check.noAlpha(image);
    float f = (float) factor;
    if (image.isGrey() || f == 1) {
      return image;
    }
    byte[] luma = image.toGrey().pixels();
    byte[] in = image.pixels();
    byte[] out = new byte[in.length];
    for (int p = 0, i = 0; p < luma.length; p++, i += 3) {
      int grey = luma[p] & 0xff;
      out[i] = between(grey, in[i] & 0xff, f);
      out[i + 1] = between(grey, in[i + 1] & 0xff, f);
      out[i + 2] = between(grey, in[i + 2] & 0xff, f);
    }
    return Image.of(image.width(), image.height(), 3, out);
  }

  /** Contrast: between the mean luma everywhere and the image. */
  public static Image contrast(Image image, double factor) {
    Check.noAlpha(image);
    int[] counts = Tone.histogram(image.toGrey())[0];
    long sum = 0;
    for (int v = 0; v < counts.length; v++) {
      sum += (long) v * counts[v];
    }
    double mean = sum / ((double) image.width() * image.height());
    return blend((int) (mean + 0.5), image, factor);
  }

  /** Brightness: between black and the image. */
  public static Image brightness(Image image, double factor) {
    Check.noAlpha(image);
    return blend(0, image, factor);
  }

  /** Sharpness: between the image smoothed by {@link #smooth} and the image. */
  public static Image sharpness(Image image, double factor) {
    Check.noAlpha(image);
    return blend(smooth(image), image, factor);
  }

  /**
   * A light blur by the kernel (1 1 1; 1 5 1; 1 1 1) / 13; the outermost pixels stay. As Pillow's
   * {@code ImageFilter.SMOOTH}.
   */
  public static Image smooth(Image image) {
    int channels = image.channels();
    int height = image.height();
    int row = image.width() * channels;
    byte[] in = image.pixels();
    byte[] out = in.clone();
    for (int y = 1; y < height - 1; y++) {
      for (int i = y * row + channels; i < (y + 1) * row - channels; i++) {
        int sum =
            triple(in, i - row, channels)
                + triple(in, i, channels)
                + 4 * (in[i] & 0xff)
                + triple(in, i + row, channels);
        out[i] = (byte) ((2 * sum + 13) / 26); // sum / 13, rounded
      }
    }
    return Image.of(image.width(), height, channels, out);
  }

  private static int triple(byte[] in, int i, int step) {
    return (in[i - step] & 0xff) + (in[i] & 0xff) + (in[i + step] & 0xff);
  }

  /**
   * {@code from + factor * (to - from)} for every value, in float32 and cut off to 0..255; a factor
   * outside of [0, 1] goes beyond the two.
   */
  public static Image blend(Image from, Image to, double factor) {
    Check.sameSize("from", from, "to", to);
    Check.that(
        from.channels() == to.channels(),
        "from has %d channels, to has %d; convert one of them",
        from.channels(),
        to.channels());
    float f = (float) factor;
    if (f == 1) {
      return to;
    }
    byte[] a = from.pixels();
    byte[] b = to.pixels();
    byte[] out = new byte[b.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = between(a[i] & 0xff, b[i] & 0xff, f);
    }
    return Image.of(to.width(), to.height(), to.channels(), out);
  }

  /** As above, from one value everywhere; by a table. */
  private static Image blend(int from, Image to, double factor) {
    float f = (float) factor;
    byte[] table = new byte[256];
    for (int v = 0; v < 256; v++) {
      table[v] = between(from, v, f);
    }
    return f == 1 ? to : Tone.mapped(to, table);
  }

  private static byte between(int from, int to, float factor) {
    float value = from + factor * (to - from);
    return (byte) (value <= 0 ? 0 : value >= 255 ? 255 : (int) value);
  }
}
