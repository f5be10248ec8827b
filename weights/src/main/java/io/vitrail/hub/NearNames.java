package io.vitrail.hub;

import io.vitrail.text.EditDistance;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Names that somebody who typed another name may have meant. */
final class NearNames {
  private static final int MOST = 3;

  private NearNames() {}

  /** Up to three of {@code known}, nearest first: those one is part of, or a few typos away. */
  static List<String> of(String name, List<String> known) {
    String wanted = plain(name);
    return known.stream()
        .filter(candidate -> distance(wanted, plain(candidate)) <= limit(wanted))
        .sorted(Comparator.comparingInt(candidate -> distance(wanted, plain(candidate))))
        .limit(MOST)
        .toList();
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
  }

  private static int limit(String wanted) {
    return wanted.length() < 4 ? 1 : Math.max(2, wanted.length() / 3);
  }

  /** Edit distance; 0 or 1 when one name is part of the other. */
  private static int distance(String a, String b) {
    if (a.length() >= 3 && (b.contains(a) || a.contains(b)) && !b.isEmpty()) {
      return a.equals(b) ? 0 : 1;
    }
    return EditDistance.between(a, b);
  }
}
