package io.vitrail.imaging;

import java.util.Arrays;
import java.util.Objects;

/**
 * An 8-bit image: rows from top to bottom, pixels from left to right, channels interleaved.
 *
 * <p>{@code channels} is 1 (grey or mask), 3 (RGB) or 4 (RGBA with straight, not premultiplied,
 * alpha). Values are 0..255 in sRGB encoding. The sample of channel {@code c} at {@code (x, y)}
 * lies at {@code (y * width + x) * channels + c} of {@link #pixels()}.
 *
 * <p>An image is immutable in style: every operation returns a new image and leaves this one alone.
 * For speed the array itself is neither copied in ({@link #of}) nor out ({@link #pixels()}):
 * whoever hands an array to {@code of} gives it away, and whoever takes one from {@code pixels}
 * only reads. Held to that, an image may be shared by threads.
 */
public final class Image {
  private final int width;
  private final int height;
  private final int channels;
  private final byte[] pixels;

  private Image(int width, int height, int channels, byte[] pixels) {
    this.width = width;
    this.height = height;
    this.channels = channels;
    this.pixels = pixels;
  }

  /**
   * Wraps an array of samples without copying it; the array belongs to the image from now on.
   *
   * @param pixels {@code width * height * channels} bytes, row-major, interleaved
   * @throws IllegalArgumentException if a side is below 1, channels is not 1, 3 or 4, or the array
   *     has another length
   */
  public static Image of(int width, int height, int channels, byte[] pixels) {
    int expected = sampleCount(width, height, channels);
    Check.that(
        pixels.length == expected,
        "%d x %d image of %d channels needs %d bytes, got %d",
        width,
        height,
        channels,
        expected,
        pixels.length);
    return new Image(width, height, channels, pixels);
  }

  /** Makes an image whose samples are all zero: black, or transparent black when RGBA. */
  public static Image blank(int width, int height, int channels) {
    return new Image(width, height, channels, new byte[sampleCount(width, height, channels)]);
  }

  /** Makes a one-channel image filled with {@code value} (0..255). */
  public static Image grey(int width, int height, int value) {
    Check.that(value >= 0 && value <= 255, "grey value must be in 0..255, got %d", value);
    Image image = blank(width, height, 1);
    Arrays.fill(image.pixels, (byte) value);
    return image;
  }

  /** Makes an image of one colour: RGB when the colour is opaque, else RGBA. */
  public static Image filled(int width, int height, Colour colour) {
    return filled(width, height, colour.isOpaque() ? 3 : 4, colour);
  }

  static Image filled(int width, int height, int channels, Colour colour) {
    Image image = blank(width, height, channels);
    byte[] pixel = colour.samples(channels);
    for (int i = 0; i < image.pixels.length; i += channels) {
      System.arraycopy(pixel, 0, image.pixels, i, channels);
    }
    return image;
  }

  /** Checks a shape and returns how many bytes it takes. */
  static int sampleCount(int width, int height, int channels) {
    Check.that(
        width > 0 && height > 0, "image sides must be at least 1, got %d x %d", width, height);
    Check.that(
        channels == 1 || channels == 3 || channels == 4,
        "channels must be 1 (grey), 3 (RGB) or 4 (RGBA), got %d",
        channels);
    long count = (long) width * height * channels;
    Check.that(
        count <= Integer.MAX_VALUE - 8,
        "%d x %d image of %d channels is larger than a Java array can be",
        width,
        height,
        channels);
    return (int) count;
  }

  public int width() {
    return width;
  }

  public int height() {
    return height;
  }

  /** Number of channels: 1 grey, 3 RGB, 4 RGBA. */
  public int channels() {
    return channels;
  }

  public boolean isGrey() {
    return channels == 1;
  }

  public boolean hasAlpha() {
    return channels == 4;
  }

  /** The samples themselves, not a copy: read them, never write them. */
  public byte[] pixels() {
    return pixels;
  }

  /**
   * Value 0..255 of one sample.
   *
   * @throws IndexOutOfBoundsException outside of the image
   */
  public int get(int x, int y, int channel) {
    Objects.checkIndex(x, width);
    Objects.checkIndex(y, height);
    Objects.checkIndex(channel, channels);
    return pixels[(y * width + x) * channels + channel] & 0xff;
  }

  /** Whether both images have the same width and height. */
  public boolean sameSize(Image other) {
    return width == other.width && height == other.height;
  }

  /** RGB: grey is repeated, alpha is dropped (the colour under it stays as stored). */
  public Image toRgb() {
    if (channels == 3) {
      return this;
    }
    byte[] out = new byte[sampleCount(width, height, 3)];
    int step = channels;
    int second = channels == 1 ? 0 : 1;
    for (int i = 0, o = 0; o < out.length; i += step, o += 3) {
      out[o] = pixels[i];
      out[o + 1] = pixels[i + second];
      out[o + 2] = pixels[i + second + second];
    }
    return new Image(width, height, 3, out);
  }

  /** RGBA: opaque where there was no alpha. */
  public Image toRgba() {
    if (channels == 4) {
      return this;
    }
    byte[] out = new byte[sampleCount(width, height, 4)];
    int second = channels == 1 ? 0 : 1;
    for (int i = 0, o = 0; o < out.length; i += channels, o += 4) {
      out[o] = pixels[i];
      out[o + 1] = pixels[i + second];
      out[o + 2] = pixels[i + second + second];
      out[o + 3] = (byte) 255;
    }
    return new Image(width, height, 4, out);
  }

  /**
   * Grey by the luma of ITU-R 601, with Pillow's integer rounding for mode "L": {@code (19595 R +
   * 38470 G + 7471 B + 32768) / 65536}. Alpha is dropped.
   */
  public Image toGrey() {
    if (channels == 1) {
      return this;
    }
    byte[] out = new byte[sampleCount(width, height, 1)];
    for (int i = 0, o = 0; o < out.length; i += channels, o++) {
      int r = pixels[i] & 0xff;
      int g = pixels[i + 1] & 0xff;
      int b = pixels[i + 2] & 0xff;
      out[o] = (byte) ((19595 * r + 38470 * g + 7471 * b + 0x8000) >> 16);
    }
    return new Image(width, height, 1, out);
  }

  /**
   * RGBA with this image's colour and {@code mask} as alpha; alpha that was there is replaced.
   *
   * @param mask one channel, same size
   */
  public Image withAlpha(Image mask) {
    Check.that(mask.channels == 1, "mask must have 1 channel, got %d", mask.channels);
    Check.sameSize("mask", mask, "image", this);
    Image out = toRgba();
    byte[] rgba = out == this ? pixels.clone() : out.pixels;
    for (int i = 3, m = 0; i < rgba.length; i += 4, m++) {
      rgba[i] = mask.pixels[m];
    }
    return new Image(width, height, 4, rgba);
  }

  /** Without alpha: RGB from RGBA, anything else as it is. */
  public Image dropAlpha() {
    return channels == 4 ? toRgb() : this;
  }

  /** One channel as a grey image; 3 is the alpha of RGBA. */
  public Image channel(int index) {
    Objects.checkIndex(index, channels);
    if (channels == 1) {
      return this;
    }
    byte[] out = new byte[width * height];
    for (int i = index, o = 0; o < out.length; i += channels, o++) {
      out[o] = pixels[i];
    }
    return new Image(width, height, 1, out);
  }

  /** The alpha channel, or a mask of 255 when there is none. */
  public Image alpha() {
    return channels == 4 ? channel(3) : grey(width, height, 255);
  }

  /** The same picture with {@code 255 - value} for every sample, but alpha, which stays. */
  public Image inverted() {
    byte[] out = pixels.clone();
    for (int i = 0; i < out.length; i++) {
      if (channels != 4 || (i & 3) != 3) {
        out[i] = (byte) ~out[i];
      }
    }
    return new Image(width, height, channels, out);
  }

  /**
   * Cuts out a box.
   *
   * @throws IllegalArgumentException if the box is not inside of the image
   */
  public Image crop(Box box) {
    Check.that(
        box.left() >= 0 && box.top() >= 0 && box.right() <= width && box.bottom() <= height,
        "crop %s lies outside the %d x %d image; clip it with Box.clip",
        box,
        width,
        height);
    byte[] out = new byte[sampleCount(box.width(), box.height(), channels)];
    int row = box.width() * channels;
    for (int y = 0; y < box.height(); y++) {
      int from = ((box.top() + y) * width + box.left()) * channels;
      System.arraycopy(pixels, from, out, y * row, row);
    }
    return new Image(box.width(), box.height(), channels, out);
  }

  /**
   * The central square of {@code side} pixels. Offsets are half of the spare pixels, ties to even,
   * as in torchvision; an image that is smaller is centred on black.
   */
  public Image cropCentre(int side) {
    Check.that(side >= 1, "a square has a side of at least 1 pixel, got %d", side);
    Image canvas = this;
    if (width < side || height < side) {
      canvas =
          blank(Math.max(side, width), Math.max(side, height), channels)
              .paste(this, Math.max(0, side - width) / 2, Math.max(0, side - height) / 2);
    }
    int left = (int) Math.rint((canvas.width - side) / 2.0);
    int top = (int) Math.rint((canvas.height - side) / 2.0);
    return canvas.crop(Box.ofSize(left, top, side, side));
  }

  /** Adds borders of the given widths in pixels, filled with a colour (grey: its luma). */
  public Image pad(int left, int top, int right, int bottom, Colour colour) {
    Check.that(
        left >= 0 && top >= 0 && right >= 0 && bottom >= 0,
        "borders must not be negative, got left %d, top %d, right %d, bottom %d",
        left,
        top,
        right,
        bottom);
    Image out =
        filled(
            Math.addExact(width, Math.addExact(left, right)),
            Math.addExact(height, Math.addExact(top, bottom)),
            channels,
            colour);
    copyInto(out, left, top);
    return out;
  }

  /**
   * This image with {@code patch} copied over it, its top left corner at {@code (left, top)}; parts
   * of the patch outside of the image are left out. Alpha is copied like colour, not blended
   * ({@link Composite#over} blends).
   */
  public Image paste(Image patch, int left, int top) {
    Check.that(
        patch.channels == channels,
        "patch has %d channels, image has %d; convert one of them",
        patch.channels,
        channels);
    Image out = new Image(width, height, channels, pixels.clone());
    patch.copyInto(out, left, top);
    return out;
  }

  private void copyInto(Image target, int left, int top) {
    long x0 = Math.max(0, left);
    long x1 = Math.min(target.width, (long) left + width);
    long y0 = Math.max(0, top);
    long y1 = Math.min(target.height, (long) top + height);
    for (long y = y0; y < y1 && x0 < x1; y++) {
      int from = (int) (((y - top) * width + (x0 - left)) * channels);
      int to = (int) ((y * target.width + x0) * channels);
      System.arraycopy(pixels, from, target.pixels, to, (int) (x1 - x0) * channels);
    }
  }

  /** Mirrors left and right. */
  public Image flipHorizontal() {
    return turned(Orientation.MIRRORED);
  }

  /** Mirrors top and bottom. */
  public Image flipVertical() {
    return turned(Orientation.FLIPPED);
  }

  /** Turns by 90 degrees clockwise. */
  public Image rotateRight() {
    return turned(Orientation.ROTATED_RIGHT);
  }

  /** Turns by 90 degrees counter-clockwise. */
  public Image rotateLeft() {
    return turned(Orientation.ROTATED_LEFT);
  }

  /** Turns by 180 degrees. */
  public Image rotateHalf() {
    return turned(Orientation.ROTATED_HALF);
  }

  /** Applies one of the eight turns; see {@link Orientation}. */
  public Image turned(Orientation turn) {
    if (turn == Orientation.UPRIGHT) {
      return this;
    }
    int w = turn.swapsSides() ? height : width;
    int h = turn.swapsSides() ? width : height;
    // Source position of the first output pixel, and the steps to take for each x and each y.
    int startX = turn.fromRight() ? width - 1 : 0;
    int startY = turn.fromBottom() ? height - 1 : 0;
    int stepX = turn.fromRight() ? -channels : channels;
    int stepY = (turn.fromBottom() ? -width : width) * channels;
    int perX = turn.swapsSides() ? stepY : stepX;
    int perY = turn.swapsSides() ? stepX : stepY;
    byte[] out = new byte[pixels.length];
    int o = 0;
    int rowStart = (startY * width + startX) * channels;
    for (int y = 0; y < h; y++, rowStart += perY) {
      int i = rowStart;
      for (int x = 0; x < w; x++, i += perX) {
        for (int c = 0; c < channels; c++) {
          out[o++] = pixels[i + c];
        }
      }
    }
    return new Image(w, h, channels, out);
  }

  /** Equal shape and equal samples. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Image image
        && width == image.width
        && height == image.height
        && channels == image.channels
        && Arrays.equals(pixels, image.pixels);
  }

  @Override
  public int hashCode() {
    return 31 * Objects.hash(width, height, channels) + Arrays.hashCode(pixels);
  }

  @Override
  public String toString() {
    String kind = channels == 1 ? "grey" : channels == 3 ? "RGB" : "RGBA";
    return width + " x " + height + " " + kind + " image";
  }
}
