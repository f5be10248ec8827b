package io.vitrail.cli;

/**
 * A line of the doctor's report.
 *
 * @param topic what was looked at
 * @param text what was found
 * @param fix what to do about it; empty where all is well
 * @param weight how much it matters
 */
record Finding(String topic, String text, String fix, Weight weight) {
  /** How much a finding matters. */
  enum Weight {
    /** All is well. */
    FINE,
    /** Something works less well than it could. */
    HINT,
    /** Nothing works until it is mended. */
    BLOCKS
  }

  static Finding fine(String topic, String text) {
    return new Finding(topic, text, "", Weight.FINE);
  }

  static Finding hint(String topic, String text, String fix) {
    return new Finding(topic, text, fix, Weight.HINT);
  }

  static Finding blocks(String topic, String text, String fix) {
    return new Finding(topic, text, fix, Weight.BLOCKS);
  }
}
