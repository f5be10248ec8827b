package io.vitrail.nn;

import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Tensor;

/**
 * Multiplies each channel of a residual branch by a learnt factor (Touvron et al., 2021, arXiv
 * 2103.17239, section 2): [..., width] gives [..., width].
 */
public final class LayerScale extends UnaryLayer {
  private final Param gamma;
  private final double start;

  /**
   * @param start first value of every factor, such as 1e-4; 1 makes no difference at first
   */
  public LayerScale(long width, double start) {
    this.start = start;
    gamma = param("gamma", width);
  }

  @Override
  protected void initOwn(Rng rng) {
    gamma.set(() -> Tensor.full(start, gamma.storedAs(), gamma.shape()));
  }

  @Override
  public Tensor forward(Tensor x) {
    return x.mul(gamma.value());
  }
}
