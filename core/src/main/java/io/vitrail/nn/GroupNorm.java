package io.vitrail.nn;

import io.vitrail.tensor.F;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Tensor;

/** Group normalisation of [B, C, ...] (Wu and He, 2018, arXiv 1803.08494). */
public final class GroupNorm extends UnaryLayer {
  private final int groups;
  private final double eps;
  private final Param weight;
  private final Param bias;

  public GroupNorm(int groups, int channels, double eps) {
    if (channels % groups != 0) {
      throw new IllegalArgumentException(
          "%d channels do not make %d equal groups".formatted(channels, groups));
    }
    this.groups = groups;
    this.eps = eps;
    weight = param("weight", channels);
    bias = param("bias", channels);
  }

  @Override
  protected void initOwn(Rng rng) {
    weight.set(() -> Tensor.ones(weight.shape()));
    bias.set(() -> Tensor.zeros(bias.shape()));
  }

  @Override
  public Tensor forward(Tensor x) {
    return F.groupNorm(x, groups, weight.value(), bias.value(), eps);
  }
}
