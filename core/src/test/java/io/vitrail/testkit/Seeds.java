package io.vitrail.testkit;

/** Seeds of random tests, to be given back by {@code -Dtests.seed=N}. */
public final class Seeds {
  private Seeds() {}

  /** The seed to use; printed, so that a failure can be repeated. */
  public static long next() {
    long seed = Long.getLong("tests.seed", System.nanoTime());
    System.out.println("-Dtests.seed=" + seed);
    return seed;
  }
}
