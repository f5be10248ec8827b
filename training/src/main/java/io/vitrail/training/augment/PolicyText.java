package io.vitrail.training.augment;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A policy in timm's notation: a name, then parts of a key and a number, joined by dashes. */
record PolicyText(String name, Map<String, Double> numbers) {
  private static final Pattern PART = Pattern.compile("([a-z]+)(\\d+(\\.\\d+)?)");

  /**
   * Reads a policy.
   *
   * @param keys what each key that is allowed means
   * @throws IllegalArgumentException for another key, naming the allowed ones
   */
  static PolicyText parse(String text, Map<String, String> keys) {
    String[] parts = text.split("-", -1);
    Map<String, Double> numbers = new HashMap<>();
    for (int i = 1; i < parts.length; i++) {
      Matcher part = PART.matcher(parts[i]);
      Check.that(
          part.matches() && keys.containsKey(part.group(1)),
          "autoAugment '%s' has the part '%s'; parts are a key and a number, keys of '%s' are %s",
          text,
          parts[i],
          parts[0],
          described(keys));
      boolean first = numbers.put(part.group(1), Double.parseDouble(part.group(2))) == null;
      Check.that(first, "autoAugment '%s' has '%s' twice", text, part.group(1));
    }
    return new PolicyText(parts[0], numbers);
  }

  double number(String key, double otherwise) {
    return numbers.getOrDefault(key, otherwise);
  }

  private static String described(Map<String, String> keys) {
    return keys.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(e -> e.getKey() + " (" + e.getValue() + ")")
        .reduce((a, b) -> a + ", " + b)
        .orElse("none");
  }
}
