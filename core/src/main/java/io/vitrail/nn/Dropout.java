package io.vitrail.nn;

import io.vitrail.tensor.F;
import io.vitrail.tensor.Tensor;

/** Drops elements while training, and scales the others so that the mean stays. */
public final class Dropout extends UnaryLayer {
  private double p;

  /**
   * @param p probability of an element to become 0, in [0, 1)
   */
  public Dropout(double p) {
    setProbability(p);
  }

  public double probability() {
    return p;
  }

  /** Changes the probability from the next forward on; it is no part of the state dict. */
  public void setProbability(double p) {
    this.p = Probability.check("dropout", p);
  }

  @Override
  public Tensor forward(Tensor x) {
    return isTraining() && p > 0 ? F.dropout(x, p, rng()) : x;
  }
}
