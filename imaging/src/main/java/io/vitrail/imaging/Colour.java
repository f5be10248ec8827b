package io.vitrail.imaging;

import java.util.Locale;
import java.util.Map;

/** A colour in sRGB with straight alpha; each part in 0..255, alpha 255 is opaque. */
public record Colour(int red, int green, int blue, int alpha) {
  public static final Colour BLACK = new Colour(0, 0, 0);
  public static final Colour WHITE = new Colour(255, 255, 255);
  public static final Colour RED = new Colour(255, 0, 0);
  public static final Colour TRANSPARENT = new Colour(0, 0, 0, 0);

  /** The sixteen basic colour names of CSS, "orange", "cyan", "magenta", and "transparent". */
  private static final Map<String, Colour> NAMES =
      Map.ofEntries(
          Map.entry("black", BLACK),
          Map.entry("silver", new Colour(192, 192, 192)),
          Map.entry("gray", new Colour(128, 128, 128)),
          Map.entry("grey", new Colour(128, 128, 128)),
          Map.entry("white", WHITE),
          Map.entry("maroon", new Colour(128, 0, 0)),
          Map.entry("red", RED),
          Map.entry("purple", new Colour(128, 0, 128)),
          Map.entry("fuchsia", new Colour(255, 0, 255)),
          Map.entry("magenta", new Colour(255, 0, 255)),
          Map.entry("green", new Colour(0, 128, 0)),
          Map.entry("lime", new Colour(0, 255, 0)),
          Map.entry("olive", new Colour(128, 128, 0)),
          Map.entry("yellow", new Colour(255, 255, 0)),
          Map.entry("orange", new Colour(255, 165, 0)),
          Map.entry("navy", new Colour(0, 0, 128)),
          Map.entry("blue", new Colour(0, 0, 255)),
          Map.entry("teal", new Colour(0, 128, 128)),
          Map.entry("aqua", new Colour(0, 255, 255)),
          Map.entry("cyan", new Colour(0, 255, 255)),
          Map.entry("transparent", TRANSPARENT));

  public Colour {
    Check.that(
        inRange(red) && inRange(green) && inRange(blue) && inRange(alpha),
        "colour parts must be in 0..255, got %d, %d, %d, alpha %d",
        red,
        green,
        blue,
        alpha);
  }

  /** An opaque colour. */
  public Colour(int red, int green, int blue) {
    this(red, green, blue, 255);
  }

  /**
   * Reads {@code #rgb}, {@code #rgba}, {@code #rrggbb}, {@code #rrggbbaa}, {@code 255,128,0},
   * {@code 255,128,0,64} or a basic CSS name such as {@code white}; case and blanks do not matter.
   *
   * @throws IllegalArgumentException for anything else, naming the forms it takes
   */
  public static Colour parse(String text) {
    String value = text.strip().toLowerCase(Locale.ROOT);
    Colour named = NAMES.get(value);
    if (named != null) {
      return named;
    }
    if (value.matches("#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})")) {
      return ofHex(value.substring(1));
    }
    if (value.matches("\\d{1,3}\\s*(,\\s*\\d{1,3}\\s*){2,3}")) {
      String[] parts = value.split("\\s*,\\s*");
      int[] numbers = {0, 0, 0, 255};
      boolean fits = true;
      for (int i = 0; i < parts.length; i++) {
        numbers[i] = Integer.parseInt(parts[i]);
        fits &= inRange(numbers[i]);
      }
      if (fits) {
        return new Colour(numbers[0], numbers[1], numbers[2], numbers[3]);
      }
    }
    throw new IllegalArgumentException(
        "'"
            + text
            + "' is not a colour; write #rrggbb, #rrggbbaa, #rgb, #rgba, red,green,blue[,alpha] with"
            + " parts in 0..255, or a basic CSS name such as white");
  }

  private static Colour ofHex(String digits) {
    boolean shortForm = digits.length() <= 4;
    int step = shortForm ? 1 : 2;
    int[] parts = {0, 0, 0, 255};
    for (int i = 0; i < digits.length() / step; i++) {
      int part = Integer.parseInt(digits.substring(i * step, (i + 1) * step), 16);
      parts[i] = shortForm ? part * 17 : part;
    }
    return new Colour(parts[0], parts[1], parts[2], parts[3]);
  }

  public boolean isOpaque() {
    return alpha == 255;
  }

  /** The same colour with another alpha, 0..255. */
  public Colour withAlpha(int alpha) {
    return new Colour(red, green, blue, alpha);
  }

  /** {@code #rrggbb}, or {@code #rrggbbaa} when not opaque. */
  @Override
  public String toString() {
    String rgb = String.format(Locale.ROOT, "#%02x%02x%02x", red, green, blue);
    return isOpaque() ? rgb : rgb + String.format(Locale.ROOT, "%02x", alpha);
  }

  /** The samples of one pixel; for one channel the luma as in {@link Image#toGrey()}. */
  byte[] samples(int channels) {
    return switch (channels) {
      case 1 -> new byte[] {(byte) ((19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16)};
      case 3 -> new byte[] {(byte) red, (byte) green, (byte) blue};
      default -> new byte[] {(byte) red, (byte) green, (byte) blue, (byte) alpha};
    };
  }

  private static boolean inRange(int part) {
    return part >= 0 && part <= 255;
  }
}
