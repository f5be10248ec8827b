package io.vitrail.testkit;

import io.vitrail.tensor.Tensor;
import java.util.Arrays;

/** Compares tensors. */
public final class TensorAssertions {
  private TensorAssertions() {}

  /**
   * Checks shape, and that no element differs by more than {@code tolerance}, or by {@code
   * tolerance} times the largest expected element where that is above 1.
   */
  public static void assertClose(Tensor actual, Tensor expected, double tolerance) {
    assertClose("tensor", actual, expected, tolerance);
  }

  /** {@link #assertClose(Tensor, Tensor, double)} that calls the tensor {@code what}. */
  public static void assertClose(String what, Tensor actual, Tensor expected, double tolerance) {
    if (!Arrays.equals(actual.shape(), expected.shape())) {
      throw new AssertionError(
          "%s: expected %s, got %s".formatted(what, expected.describe(), actual.describe()));
    }
    double[] a = actual.toDoubles();
    double[] e = expected.toDoubles();
    double scale = Math.max(1, Arrays.stream(e).map(Math::abs).max().orElse(1));
    int worst = -1;
    double difference = tolerance * scale;
    for (int i = 0; i < e.length; i++) {
      double d = a[i] == e[i] || (Double.isNaN(a[i]) && Double.isNaN(e[i])) ? 0 : a[i] - e[i];
      if (!(Math.abs(d) <= difference)) {
        worst = i;
        difference = Double.isNaN(d) ? Double.POSITIVE_INFINITY : Math.abs(d);
      }
    }
    if (worst >= 0) {
      throw new AssertionError(
          "%s %s: largest difference %.3g at %s: expected %s, got %s; allowed %.3g"
              .formatted(
                  what,
                  expected.describe(),
                  difference,
                  Arrays.toString(position(worst, expected.shape())),
                  e[worst],
                  a[worst],
                  tolerance * scale));
    }
  }

  /** Checks that shape, type and every bit are the same. */
  public static void assertSame(String what, Tensor actual, Tensor expected) {
    if (actual.dtype() != expected.dtype()) {
      throw new AssertionError(
          "%s: expected %s, got %s".formatted(what, expected.describe(), actual.describe()));
    }
    if (!actual.toByteBuffer().equals(expected.toByteBuffer())) {
      assertClose(what, actual, expected, 0);
      throw new AssertionError(what + ": equal numbers of different bits (zeros or NaNs)");
    }
  }

  private static long[] position(int index, long[] shape) {
    long[] position = new long[shape.length];
    long rest = index;
    for (int d = shape.length - 1; d >= 0; d--) {
      position[d] = rest % shape[d];
      rest /= shape[d];
    }
    return position;
  }
}
