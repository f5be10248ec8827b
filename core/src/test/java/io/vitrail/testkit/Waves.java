package io.vitrail.testkit;

import io.vitrail.tensor.Tensor;

/** Numbers that a golden script and a test both can make, so that no file has to hold them. */
public final class Waves {
  private Waves() {}

  /** Float32 {@code sin(0.37 (i + seed) (i + 1))} at row-major index {@code i}. */
  public static Tensor of(int seed, long... shape) {
    return Tensor.of(values(seed, shape), shape);
  }

  /** The numbers of {@link #of}. */
  public static float[] values(int seed, long... shape) {
    int count = 1;
    for (long size : shape) {
      count = Math.toIntExact(count * size);
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) Math.sin(0.37 * (i + seed) * (i + 1.0));
    }
    return values;
  }
}
