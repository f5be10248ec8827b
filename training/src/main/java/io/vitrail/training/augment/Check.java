package io.vitrail.training.augment;

import java.util.Locale;

/** Checks at the public doors of this package. */
final class Check {
  private Check() {}

  static void that(boolean condition, String message, Object... values) {
    if (!condition) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, message, values));
    }
  }

  static void probability(String name, double value) {
    that(value >= 0 && value <= 1, "%s is a probability in [0, 1], got %s", name, value);
  }
}
