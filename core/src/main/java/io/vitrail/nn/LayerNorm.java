package io.vitrail.nn;

import io.vitrail.tensor.F;
import io.vitrail.tensor.Tensor;

/** Layer normalisation over the last dimension (Ba et al., 2016, arXiv 1607.06450). */
public final class LayerNorm extends AffineNorm {

  /**
   * @param eps added to the variance: 1e-5 is PyTorch's default, 1e-6 that of vision transformers
   */
  public LayerNorm(long width, double eps) {
    super(width, eps);
  }

  @Override
  public Tensor forward(Tensor x) {
    return F.layerNorm(x, weight.value(), bias.value(), eps);
  }
}
