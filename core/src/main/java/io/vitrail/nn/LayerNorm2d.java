package io.vitrail.nn;

import io.vitrail.tensor.F;
import io.vitrail.tensor.Tensor;

/** Layer normalisation of [B, C, H, W] over the channels of each pixel. */
public final class LayerNorm2d extends AffineNorm {

  public LayerNorm2d(long channels, double eps) {
    super(channels, eps);
  }

  @Override
  public Tensor forward(Tensor x) {
    Tensor pixels = x.permute(0, 2, 3, 1); // [B, H, W, C]
    return F.layerNorm(pixels, weight.value(), bias.value(), eps).permute(0, 3, 1, 2);
  }
}
