package io.vitrail.training.data;

import java.util.Locale;

/** Checks at the public doors of this package. */
final class Check {
  private Check() {}

  static void that(boolean condition, String message, Object... values) {
    if (!condition) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, message, values));
    }
  }
}
