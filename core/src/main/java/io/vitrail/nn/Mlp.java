package io.vitrail.nn;

import io.vitrail.tensor.Tensor;

/** Linear, activation, linear: [..., in] over {@code hidden} to [..., out]. */
public final class Mlp extends UnaryLayer {
  private final Slot fc1;
  private final Activation.Kind activation;
  private final Slot fc2;

  public Mlp(long in, long hidden, long out, Activation.Kind activation) {
    this.activation = activation;
    fc1 = slot("fc1", new Linear(in, hidden));
    fc2 = slot("fc2", new Linear(hidden, out));
  }

  @Override
  public Tensor forward(Tensor x) {
    return fc2.forward(activation.apply(fc1.forward(x)));
  }
}
