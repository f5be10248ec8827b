package io.vitrail.weights;

import io.vitrail.text.EditDistance;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Names and numbers in messages: short, on one line, whatever the file put into them. */
final class Text {
  private static final int LONGEST = 80;
  private static final int COMPARED = 20_000;

  private Text() {}

  /** The name in quotes, shortened, with control characters made visible. */
  static String quote(String name) {
    StringBuilder text = new StringBuilder("'");
    for (int i = 0; i < Math.min(name.length(), LONGEST); i++) {
      char c = name.charAt(i);
      text.append(Character.isISOControl(c) ? String.format("\\u%04x", (int) c) : c);
    }
    return text.append(name.length() > LONGEST ? "...'" : "'").toString();
  }

  /** The number with thousands separators: 1,048,576. */
  static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** A short list such as "a, b, c, ... (12 in all)". */
  static String list(Collection<String> names, int shown) {
    StringBuilder text = new StringBuilder();
    names.stream().limit(shown).forEach(n -> text.append(text.isEmpty() ? "" : ", ").append(n));
    if (names.size() > shown) {
      text.append(", ... (").append(names.size()).append(" in all)");
    }
    return text.toString();
  }

  /** Up to three of the names that are most like the wanted one, best first. */
  static List<String> near(String wanted, Collection<String> names) {
    record Scored(String name, int distance) {}
    List<Scored> scored = new ArrayList<>();
    for (String name : names) {
      if (scored.size() == COMPARED) {
        break;
      }
      scored.add(new Scored(name, likeness(wanted, name)));
    }
    int bound = Math.max(2, wanted.length() / 2);
    return scored.stream()
        .filter(s -> s.distance <= bound)
        .sorted(Comparator.comparingInt(Scored::distance))
        .limit(3)
        .map(Scored::name)
        .toList();
  }

  /** Edit distance, but a name that only gains or loses a dotted prefix is as good as one edit. */
  private static int likeness(String a, String b) {
    if (a.endsWith("." + b) || b.endsWith("." + a)) {
      return 1;
    }
    String s = a.length() > 200 ? a.substring(0, 200) : a;
    String t = b.length() > 200 ? b.substring(0, 200) : b;
    return EditDistance.between(s, t);
  }
}
