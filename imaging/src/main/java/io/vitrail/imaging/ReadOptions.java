package io.vitrail.imaging;

/**
 * How to read an image. {@link #DEFAULT} gives what a viewer shows: upright, in sRGB.
 *
 * @param limits how large it may be
 * @param turn what to do with EXIF's orientation
 * @param colours what to do with an embedded colour profile
 */
public record ReadOptions(ReadLimits limits, Turn turn, Colours colours) {
  /** What to do with the orientation that EXIF states. */
  public enum Turn {
    /** Turn the picture upright, as viewers do. */
    UPRIGHT,
    /** Leave the pixels as they are stored, as Pillow and ImageIO do. */
    AS_STORED
  }

  /** What to do with an embedded ICC profile. */
  public enum Colours {
    /**
     * Convert to sRGB when the profile is another one (Display P3 of phones, Adobe RGB), as viewers
     * do. Without a profile, or with a broken one, samples count as sRGB.
     */
    SRGB,
    /** Leave the samples as they are stored, as Pillow and OpenCV do. */
    AS_STORED
  }

  public static final ReadOptions DEFAULT =
      new ReadOptions(ReadLimits.DEFAULT, Turn.UPRIGHT, Colours.SRGB);

  public ReadOptions withLimits(ReadLimits limits) {
    return new ReadOptions(limits, turn, colours);
  }

  public ReadOptions withTurn(Turn turn) {
    return new ReadOptions(limits, turn, colours);
  }

  public ReadOptions withColours(Colours colours) {
    return new ReadOptions(limits, turn, colours);
  }
}
