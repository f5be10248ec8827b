package io.vitrail.nn;

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
            .sorted(Comparator.comparingInt(name -> distance(wanted, name)))
            .limit(3)
            .toList();
    return near.isEmpty() ? "" : "; near: " + near.stream().collect(Collectors.joining(", "));
  }

  /** Levenshtein's edit distance. */
  static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitute = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substitute, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
