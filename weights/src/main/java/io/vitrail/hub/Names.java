package io.vitrail.hub;

import java.util.regex.Pattern;

/** Checks of names that end up in command lines, addresses or paths. */
final class Names {
  private static final Pattern VERSION = Pattern.compile("[0-9A-Za-z][0-9A-Za-z.+_-]*");
  private static final Pattern STEP = Pattern.compile("[A-Za-z0-9@_+][A-Za-z0-9@._+-]*");

  private Names() {}

  /** A package version: cannot be read as an option, a range or a second argument. */
  static void version(String version) {
    if (!VERSION.matcher(version).matches()) {
      throw new IllegalArgumentException(
          "version is one exact version such as '1.4.5', got '%s'".formatted(version));
    }
  }

  /** A path with '/' between its steps, none of which is empty, hidden or leads upward. */
  static void relativePath(String what, String path) {
    for (String step : path.split("/", -1)) {
      if (!STEP.matcher(step).matches()) {
        throw new IllegalArgumentException(
            "%s is a relative path such as 'dist/model.onnx', got '%s'".formatted(what, path));
      }
    }
  }
}
