package io.vitrail.nn;

import io.vitrail.tensor.F;
import io.vitrail.tensor.Tensor;

/** Makes [B, C, H, W] {@code factor} times larger in height and width. */
public final class Upsample extends UnaryLayer {
  private final int factor;
  private final F.Interpolation how;

  public Upsample(int factor, F.Interpolation how) {
    this.factor = factor;
    this.how = how;
  }

  @Override
  public Tensor forward(Tensor x) {
    return F.interpolate(x, x.size(2) * factor, x.size(3) * factor, how);
  }
}
