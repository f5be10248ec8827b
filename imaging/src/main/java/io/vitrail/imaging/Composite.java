package io.vitrail.imaging;

/** Lays pictures over one another by their alpha, 8 bits straight alpha, in sRGB values. */
public final class Composite {
  private Composite() {}

  /**
   * An image over one colour: RGB if the colour is opaque, else RGBA.
   *
   * @param image of any kind; without alpha it covers the colour
   */
  public static Image over(Colour background, Image image) {
    return over(Image.filled(image.width(), image.height(), background), image);
  }

  /** An image over another of the same size; RGB if the lower one has no alpha, else RGBA. */
  public static Image over(Image background, Image image) {
    Check.sameSize("background", background, "image", image);
    return over(background, image, 0, 0);
  }

  /**
   * An image over a background, its top left corner at {@code (left, top)}; what reaches beyond the
   * background is left out. RGB if the background has no alpha, else RGBA.
   */
  public static Image over(Image background, Image image, int left, int top) {
    Image base = background.hasAlpha() ? background : background.toRgb();
    int channels = base.channels();
    byte[] out = base.pixels().clone();
    byte[] from = image.toRgba().pixels();
    int x0 = Math.max(0, left);
    int x1 = (int) Math.min(base.width(), (long) left + image.width());
    int y0 = Math.max(0, top);
    int y1 = (int) Math.min(base.height(), (long) top + image.height());
    for (int y = y0; y < y1; y++) {
      int o = (y * base.width() + x0) * channels;
      int i = ((y - top) * image.width() + (x0 - left)) * 4;
      for (int x = x0; x < x1; x++, o += channels, i += 4) {
        if (channels == 3) {
          blendOpaque(out, o, from, i);
        } else {
          blend(out, o, from, i);
        }
      }
    }
    return Image.of(base.width(), base.height(), channels, out);
  }

  /**
   * Mixes two images by a mask: {@code image} where it is 255, {@code background} where it is 0.
   *
   * @param mask one channel; all three have the same size
   */
  public static Image mix(Image background, Image image, Image mask) {
    return over(background.toRgb(), image.toRgb().withAlpha(mask));
  }

  /** Scales alpha by a factor of 0..1. */
  public static Image fade(Image image, double opacity) {
    Check.that(opacity >= 0 && opacity <= 1, "opacity must be in 0..1, got %s", opacity);
    Image rgba = image.toRgba();
    byte[] out = rgba.pixels().clone();
    for (int i = 3; i < out.length; i += 4) {
      out[i] = (byte) Math.round((out[i] & 0xff) * opacity);
    }
    return Image.of(image.width(), image.height(), 4, out);
  }

  private static void blendOpaque(byte[] out, int o, byte[] from, int i) {
    int alpha = from[i + 3] & 0xff;
    for (int c = 0; c < 3; c++) {
      int mixed = (from[i + c] & 0xff) * alpha + (out[o + c] & 0xff) * (255 - alpha);
      out[o + c] = (byte) ((mixed + 127) / 255);
    }
  }

  /** Porter and Duff's "over" for straight alpha. */
  private static void blend(byte[] out, int o, byte[] from, int i) {
    int alpha = from[i + 3] & 0xff;
    int below = (out[o + 3] & 0xff) * (255 - alpha);
    int total = alpha * 255 + below; // 0..255 * 255
    if (total == 0) {
      return;
    }
    for (int c = 0; c < 3; c++) {
      int mixed = (from[i + c] & 0xff) * alpha * 255 + (out[o + c] & 0xff) * below;
      out[o + c] = (byte) ((mixed + total / 2) / total);
    }
    out[o + 3] = (byte) ((total + 127) / 255);
  }
}
