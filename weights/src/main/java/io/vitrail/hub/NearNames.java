package io.vitrail.hub;

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

  /** Edit distance (Levenshtein, 1966); 0 or 1 when one name is part of the other. */
  private static int distance(String a, String b) {
    if (a.length() >= 3 && (b.contains(a) || a.contains(b)) && !b.isEmpty()) {
      return a.equals(b) ? 0 : 1;
    }
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replace = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replace, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
