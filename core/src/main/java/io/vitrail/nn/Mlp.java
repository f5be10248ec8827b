package io.vitrail.nn;

import io.vitrail.tensor.Tensor;

/**
 * Linear, activation, linear, as in transformers: [..., in] over {@code hidden} to [..., out]. Its
 * weights start truncated normal with deviation 0.02, its biases at 0.
 */
public final class Mlp extends UnaryLayer {
  private final Slot fc1;
  private final Activation.Kind activation;
  private final Dropout drop1;
  private final Slot fc2;
  private final Dropout drop2;

  /** Without dropout. */
  public Mlp(long in, long hidden, long out, Activation.Kind activation) {
    this(in, hidden, out, activation, 0);
  }

  /**
   * @param dropout probability of an element to become 0 in training, after the activation and at
   *     the end
   */
  public Mlp(long in, long hidden, long out, Activation.Kind activation, double dropout) {
    this.activation = activation;
    fc1 = slot("fc1", new Linear(in, hidden).startTruncNormal(0.02));
    drop1 = child("drop1", new Dropout(dropout));
    fc2 = slot("fc2", new Linear(hidden, out).startTruncNormal(0.02));
    drop2 = child("drop2", new Dropout(dropout));
  }

  @Override
  public Tensor forward(Tensor x) {
    x = drop1.forward(activation.apply(fc1.forward(x))); // [..., hidden]
    return drop2.forward(fc2.forward(x));
  }
}
