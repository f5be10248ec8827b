package io.vitrail.nn;

import io.vitrail.tensor.F;
import io.vitrail.tensor.Tensor;
import java.util.Arrays;

/**
 * Drops the whole residual branch of a sample while training (stochastic depth, Huang et al., 2016,
 * arXiv 1603.09382), and scales the others so that the mean stays.
 */
public final class DropPath extends UnaryLayer {
  private double p;

  /**
   * @param p probability of a sample to lose its branch, in [0, 1)
   */
  public DropPath(double p) {
    setProbability(p);
  }

  public double probability() {
    return p;
  }

  /** Changes the probability from the next forward on; it is no part of the state dict. */
  public void setProbability(double p) {
    this.p = Probability.check("drop path", p);
  }

  @Override
  public Tensor forward(Tensor x) {
    if (!isTraining() || p == 0) {
      return x;
    }
    long[] perSample = new long[x.dim()];
    Arrays.fill(perSample, 1);
    perSample[0] = x.size(0);
    Tensor ones = Tensor.full(1, x.dtype(), perSample).to(x.device()); // [B, 1, ...]
    return x.mul(F.dropout(ones, p, rng()));
  }
}
