package io.vitrail.nn;

/** Checks of probabilities at constructors. */
final class Probability {
  private Probability() {}

  static double check(String what, double p) {
    if (!(p >= 0 && p < 1)) {
      throw new IllegalArgumentException(what + " needs a probability in [0, 1), got " + p);
    }
    return p;
  }
}
