package io.vitrail.nn;

import io.vitrail.tensor.F;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Tensor;

/** Layer normalisation over the last dimension (Ba et al., 2016, arXiv 1607.06450). */
public final class LayerNorm extends UnaryLayer {
  private final double eps;
  private final Param weight;
  private final Param bias;

  /**
   * @param eps added to the variance: 1e-5 is PyTorch's default, 1e-6 that of vision transformers
   */
  public LayerNorm(long width, double eps) {
    this.eps = eps;
    weight = param("weight", width);
    bias = param("bias", width);
  }

  @Override
  protected void initOwn(Rng rng) {
    weight.set(() -> Tensor.ones(weight.shape()));
    bias.set(() -> Tensor.zeros(bias.shape()));
  }

  @Override
  public Tensor forward(Tensor x) {
    return F.layerNorm(x, weight.value(), bias.value(), eps);
  }
}
