package io.vitrail.imaging;

/**
 * The eight ways a picture can lie, in the order of EXIF's Orientation tag (1..8). Each constant
 * names the turn that {@link Image#turned} makes to bring a picture stored that way upright.
 */
public enum Orientation {
  /** 1: nothing to do. */
  UPRIGHT(false, false, false),
  /** 2: mirror left and right. */
  MIRRORED(false, true, false),
  /** 3: turn by 180 degrees. */
  ROTATED_HALF(false, true, true),
  /** 4: mirror top and bottom. */
  FLIPPED(false, false, true),
  /** 5: mirror along the diagonal from top left to bottom right. */
  TRANSPOSED(true, false, false),
  /** 6: turn by 90 degrees clockwise. */
  ROTATED_RIGHT(true, false, true),
  /** 7: mirror along the diagonal from top right to bottom left. */
  TRANSVERSED(true, true, true),
  /** 8: turn by 90 degrees counter-clockwise. */
  ROTATED_LEFT(true, true, false);

  private final boolean swapsSides;
  private final boolean fromRight;
  private final boolean fromBottom;

  Orientation(boolean swapsSides, boolean fromRight, boolean fromBottom) {
    this.swapsSides = swapsSides;
    this.fromRight = fromRight;
    this.fromBottom = fromBottom;
  }

  /** The orientation of an EXIF value; values outside of 1..8 count as upright, as viewers do. */
  public static Orientation ofExif(int value) {
    return value >= 1 && value <= 8 ? values()[value - 1] : UPRIGHT;
  }

  /** The value of EXIF's Orientation tag, 1..8. */
  public int exifValue() {
    return ordinal() + 1;
  }

  /** Whether the turn exchanges width and height. */
  public boolean swapsSides() {
    return swapsSides;
  }

  /** Whether the source is read from its right edge to the left. */
  boolean fromRight() {
    return fromRight;
  }

  /** Whether the source is read from its bottom edge to the top. */
  boolean fromBottom() {
    return fromBottom;
  }
}
