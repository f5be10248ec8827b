package io.vitrail.training.data;

import java.util.random.RandomGenerator;

/** Seeds that depend on where a sample stands, not on when it is made or by whom. */
public final class Randomness {
  private Randomness() {}

  /** A seed of several numbers: the finaliser of SplitMix64 over each in turn. */
  public static long seed(long... parts) {
    long hash = 0;
    for (long part : parts) {
      hash = mix(hash + part + 0x9e3779b97f4a7c15L);
    }
    return hash;
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** Fisher and Yates' shuffle. */
  static void shuffle(int[] values, RandomGenerator random) {
    for (int i = values.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int value = values[i];
      values[i] = values[j];
      values[j] = value;
    }
  }
}
