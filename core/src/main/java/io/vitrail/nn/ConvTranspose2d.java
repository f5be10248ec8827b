package io.vitrail.nn;

import io.vitrail.tensor.F;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Transposed convolution, which makes images larger; see {@link F#convTranspose2d}. */
public final class ConvTranspose2d extends UnaryLayer {
  private final F.Conv conv;
  private final int outputPadding;
  private final Param weight;
  private final @Nullable Param bias;

  public ConvTranspose2d(
      int in, int out, int kernel, F.Conv conv, int outputPadding, Bias withBias) {
    this.conv = conv;
    this.outputPadding = outputPadding;
    weight = param("weight", in, out / conv.groups(), kernel, kernel);
    bias = withBias == Bias.YES ? param("bias", out) : null;
  }

  @Override
  protected void initOwn(Rng rng) {
    // PyTorch takes shape[1] as fan-in here too, although that is the number of outputs.
    weight.set(() -> Init.kaimingUniform(rng, 1 / Math.sqrt(3), weight.shape()));
    Bias.init(bias, weight, rng);
  }

  @Override
  public Tensor forward(Tensor x) {
    return F.convTranspose2d(x, weight.value(), Param.valueOf(bias), conv, outputPadding);
  }
}
