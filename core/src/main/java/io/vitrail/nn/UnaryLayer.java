package io.vitrail.nn;

import io.vitrail.tensor.Tensor;

/** A layer from one tensor to one: what can stand in a {@link Slot}. */
public abstract class UnaryLayer extends Layer {
  public abstract Tensor forward(Tensor x);
}
