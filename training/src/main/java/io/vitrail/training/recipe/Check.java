package io.vitrail.training.recipe;

/** Conditions of settings. */
final class Check {
  private Check() {}

  static void that(boolean holds, String message, Object... values) {
    if (!holds) {
      throw new RecipeException(message.formatted(values));
    }
  }

  static void rate(String name, double value) {
    that(value >= 0 && value < 1, "%s is in [0, 1), got %s", name, value);
  }
}
