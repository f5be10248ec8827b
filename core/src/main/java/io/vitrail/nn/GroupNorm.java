package io.vitrail.nn;

import io.vitrail.tensor.F;
import io.vitrail.tensor.Tensor;

/** Group normalisation of [B, C, ...] (Wu and He, 2018, arXiv 1803.08494). */
public final class GroupNorm extends AffineNorm {
  private final int groups;

  public GroupNorm(int groups, int channels, double eps) {
    super(channels, eps);
    if (channels % groups != 0) {
      throw new IllegalArgumentException(
          "%d channels do not make %d equal groups".formatted(channels, groups));
    }
    this.groups = groups;
  }

  @Override
  public Tensor forward(Tensor x) {
    return F.groupNorm(x, groups, weight.value(), bias.value(), eps);
  }
}
