package io.vitrail.imaging;

/**
 * A rectangle of whole pixels, half open: columns {@code left..right-1}, rows {@code
 * top..bottom-1}. {@code x} points right and {@code y} down. It holds at least one pixel.
 */
public record Box(int left, int top, int right, int bottom) {
  public Box {
    Check.that(
        left < right && top < bottom,
        "box (%d, %d)-(%d, %d) is empty: left must be below right, and top below bottom",
        left,
        top,
        right,
        bottom);
  }

  /** The box with its top left corner at {@code (x, y)}. */
  public static Box ofSize(int x, int y, int width, int height) {
    return new Box(x, y, Math.addExact(x, width), Math.addExact(y, height));
  }

  /** The box of a whole image. */
  public static Box of(Image image) {
    return new Box(0, 0, image.width(), image.height());
  }

  public int width() {
    return right - left;
  }

  public int height() {
    return bottom - top;
  }

  /** Number of pixels. */
  public long area() {
    return (long) width() * height();
  }

  /**
   * The part inside of a {@code width x height} image.
   *
   * @throws IllegalArgumentException if the box lies wholly outside
   */
  public Box clip(int width, int height) {
    Check.that(
        left < width && top < height && right > 0 && bottom > 0,
        "box %s lies outside the %d x %d image",
        this,
        width,
        height);
    return new Box(
        Math.max(0, left), Math.max(0, top), Math.min(width, right), Math.min(height, bottom));
  }

  /** The box grown by {@code margin} pixels on each side (smaller when negative); not clipped. */
  public Box grow(int margin) {
    return new Box(left - margin, top - margin, right + margin, bottom + margin);
  }

  @Override
  public String toString() {
    return "(" + left + ", " + top + ")-(" + right + ", " + bottom + ")";
  }
}
