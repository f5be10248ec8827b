package io.vitrail.cutout.isnet;

import io.vitrail.nn.BatchNorm2d;
import io.vitrail.nn.Conv2d;
import io.vitrail.nn.UnaryLayer;
import io.vitrail.tensor.F;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Tensor;

/**
 * Convolution 3 x 3, batch norm, ReLU: "REBNCONV" in the reference. Keeps height and width: [B, in,
 * H, W] gives [B, out, H, W].
 */
final class ConvUnit extends UnaryLayer {
  private final Conv2d conv;
  private final BatchNorm2d bn;
  private boolean folded;

  ConvUnit(int in, int out, int dilation) {
    conv =
        child(
            "conv_s1",
            new Conv2d(in, out, 3, F.Conv.DEFAULT.withPadding(dilation).withDilation(dilation)));
    bn = child("bn_s1", new BatchNorm2d(out));
  }

  /** Puts the batch norm into the convolution, for inference. */
  void fold() {
    if (!folded) {
      bn.foldInto(conv);
      folded = true;
    }
  }

  @Override
  protected void initOwn(Rng rng) {
    folded = false;
  }

  @Override
  public Tensor forward(Tensor x) {
    Tensor y = conv.forward(x);
    return F.reluInPlace(folded ? y : bn.forward(y));
  }
}
