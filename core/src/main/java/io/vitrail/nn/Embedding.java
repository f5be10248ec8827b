package io.vitrail.nn;

import io.vitrail.tensor.F;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Tensor;

/** A table of vectors: int64 indices [...] give [..., width]. */
public final class Embedding extends UnaryLayer {
  private final Param weight;

  public Embedding(long entries, long width) {
    weight = param("weight", entries, width);
  }

  /** The table, [entries, width]. */
  public Param weight() {
    return weight;
  }

  @Override
  protected void initOwn(Rng rng) {
    weight.set(() -> rng.normal(weight.shape()));
  }

  @Override
  public Tensor forward(Tensor indices) {
    return F.embedding(weight.value(), indices);
  }
}
