package io.vitrail.cli;

/**
 * A file that gave nothing.
 *
 * @param what the file or folder, as the user named it
 * @param reason one line
 */
record Failure(String what, String reason) {
  /** The reason, which mostly names the file itself already. */
  @Override
  public String toString() {
    return reason.contains(what) ? reason : what + ": " + reason;
  }
}
