package io.vitrail.imaging;

import java.util.Locale;

/** Checks at the public doors of this package. */
final class Check {
  private Check() {}

  static void that(boolean condition, String message, Object... values) {
    if (!condition) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, message, values));
    }
  }

  static void sameSize(String nameA, Image a, String nameB, Image b) {
    that(
        a.sameSize(b),
        "%s is %d x %d, %s is %d x %d; they must have the same size (Resize.to brings one to the"
            + " other's)",
        nameA,
        a.width(),
        a.height(),
        nameB,
        b.width(),
        b.height());
  }

  static void noAlpha(Image image) {
    that(
        !image.hasAlpha(),
        "grey or RGB is expected here, the image is RGBA; take dropAlpha() first");
  }

  static void isMask(Image image) {
    that(
        image.channels() == 1,
        "mask must have 1 channel, got %d; use channel(3) for alpha or toGrey() for luma",
        image.channels());
  }
}
