package io.vitrail.testkit;

import io.vitrail.tensor.Engine;
import org.bytedeco.javacpp.Pointer;

/** Finds native memory that is not given back. */
public final class Leaks {
  private static final long RSS_BAND = 96L << 20;
  private static final int WARM_UP = 3;

  private Leaks() {}

  /**
   * Runs {@code work} a few times to warm up, then {@code repeats} times: afterwards as many native
   * objects must live as before, and the process may not have grown by more than 96 MiB.
   */
  public static void flat(Runnable work, int repeats) {
    for (int i = 0; i < WARM_UP; i++) {
      work.run();
    }
    long pointers = Engine.livePointers();
    long rss = settledMemory();
    for (int i = 0; i < repeats; i++) {
      work.run();
    }
    long grownPointers = Engine.livePointers() - pointers;
    if (grownPointers > 0) {
      throw new AssertionError(
          "%d native objects more after %d runs".formatted(grownPointers, repeats));
    }
    long grown = settledMemory() - rss;
    if (grown > RSS_BAND) {
      throw new AssertionError("%d MiB more after %d runs".formatted(grown >> 20, repeats));
    }
  }

  private static long settledMemory() {
    Engine.trimMemory();
    return Pointer.physicalBytes();
  }
}
