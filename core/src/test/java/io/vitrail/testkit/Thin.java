package io.vitrail.testkit;

import io.vitrail.tensor.Tensor;

/** Thins out large results as the golden scripts do, to keep their files small. */
public final class Thin {
  private Thin() {}

  /** The tensor, or of more than 250 elements every {@code count / 100}-th. */
  public static Tensor of(Tensor t) {
    long count = t.count();
    if (count <= 250) {
      return t;
    }
    long step = count / 100;
    long[] indices = new long[Math.toIntExact((count + step - 1) / step)];
    for (int i = 0; i < indices.length; i++) {
      indices[i] = i * step;
    }
    return t.detach().reshape(-1).indexSelect(0, Tensor.of(indices, indices.length));
  }
}
