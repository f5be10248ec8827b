package io.vitrail.cutout.isnet;

import io.vitrail.nn.Activation;
import io.vitrail.nn.BatchNorm2d;
import io.vitrail.nn.Conv2d;
import io.vitrail.nn.Slot;
import io.vitrail.nn.UnaryLayer;
import io.vitrail.tensor.F;
import io.vitrail.tensor.Tensor;

/**
 * Convolution 3 x 3, batch norm, ReLU: "REBNCONV" in the reference. Keeps height and width: [B, in,
 * H, W] gives [B, out, H, W].
 */
final class ConvUnit extends UnaryLayer {
  private final Conv2d conv;
  private final Slot bn;
  private boolean folded;

  ConvUnit(int in, int out, int dilation) {
    conv =
        child(
            "conv_s1",
            new Conv2d(in, out, 3, F.Conv.DEFAULT.withPadding(dilation).withDilation(dilation)));
    bn = slot("bn_s1", new BatchNorm2d(out));
  }

  /** Puts the batch norm into the convolution, for inference. */
  void fold() {
    if (bn.layer() instanceof BatchNorm2d norm) {
      norm.foldInto(conv);
      dropBatchNorm();
    }
  }

  /** Leaves the batch norm out, for weights which have it in the convolution already. */
  void dropBatchNorm() {
    folded = true;
    replace(
        "bn_s1",
        norm -> {
          norm.close();
          return new Activation(Activation.Kind.IDENTITY);
        });
  }

  @Override
  public Tensor forward(Tensor x) {
    return folded ? conv.forwardRelu(x) : F.reluInPlace(bn.forward(conv.forward(x)));
  }
}
