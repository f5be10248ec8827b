package io.vitrail.nn;

import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Tensor;

/** What layer and group normalisation share: a scale and a shift for each channel. */
abstract class AffineNorm extends UnaryLayer {
  final double eps;
  final Param weight;
  final Param bias;

  AffineNorm(long channels, double eps) {
    this.eps = eps;
    weight = param("weight", channels);
    bias = param("bias", channels);
  }

  @Override
  protected final void initOwn(Rng rng) {
    weight.set(() -> Tensor.ones(weight.shape()));
    bias.set(() -> Tensor.zeros(bias.shape()));
  }
}
