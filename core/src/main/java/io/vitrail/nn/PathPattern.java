package io.vitrail.nn;

import java.util.regex.Pattern;

/** A pattern over dotted paths: {@code *} is one name, {@code **} any number of names. */
final class PathPattern {
  private final Pattern regex;

  PathPattern(String pattern) {
    StringBuilder text = new StringBuilder();
    for (String name : pattern.split("\\.", -1)) {
      if (name.equals("**")) {
        text.append("(?:[^.]+\\.)*");
      } else {
        text.append(Pattern.quote(name).replace("*", "\\E[^.]*\\Q")).append("\\.");
      }
    }
    regex = Pattern.compile(text.toString());
  }

  boolean matches(String path) {
    return regex.matcher(path + ".").matches();
  }
}
