package io.vitrail.cli;

/**
 * A file that gave nothing.
 *
 * @param what the file or folder, as the user named it
 * @param reason one line
 */
record Failure(String what, String reason) {
  /** The reason behind the name, unless it begins with that anyway. */
  @Override
  public String toString() {
    boolean named = reason.startsWith(what) || reason.startsWith("'" + what);
    return named ? reason : what + ": " + reason;
  }
}
