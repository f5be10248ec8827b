package io.vitrail.training.augment;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;

/** A generator that gives what it was told: integers in order, and doubles in order. */
final class Script implements RandomGenerator {
  private final Deque<Integer> integers;
  private final Deque<Double> doubles;

  private Script(List<Integer> integers, List<Double> doubles) {
    this.integers = new ArrayDeque<>(integers);
    this.doubles = new ArrayDeque<>(doubles);
  }

  static Script integers(Integer... values) {
    return new Script(Arrays.asList(values), List.of());
  }

  static Script doubles(Double... values) {
    return new Script(List.of(), Arrays.asList(values));
  }

  @Override
  public int nextInt(int bound) {
    int value = integers.remove();
    if (value < 0 || value >= bound) {
      throw new AssertionError("scripted %d is not below %d".formatted(value, bound));
    }
    return value;
  }

  @Override
  public double nextDouble() {
    return doubles.remove();
  }

  /** The sign stays positive. */
  @Override
  public boolean nextBoolean() {
    return false;
  }

  @Override
  public long nextLong() {
    throw new AssertionError("not scripted");
  }
}
