package io.vitrail.nn;

import io.vitrail.text.EditDistance;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** Names like the one that was asked for, for error messages. */
final class Near {
  private Near() {}

  /** {@code ; near: a, b, c}, or nothing if there are no names. */
  static String hint(String wanted, Collection<String> names) {
    List<String> near =
        names.stream()
            .filter(name -> !name.isEmpty())
            .sorted(Comparator.comparingInt(name -> EditDistance.between(wanted, name)))
            .limit(3)
            .toList();
    return near.isEmpty() ? "" : "; near: " + near.stream().collect(Collectors.joining(", "));
  }
}
