package io.vitrail.nn;

import io.vitrail.tensor.F;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** {@code y = x W^T + b} over the last dimension: [..., in] gives [..., out]. */
public final class Linear extends UnaryLayer {
  private final Param weight;
  private final @Nullable Param bias;
  private double startStd; // 0: as PyTorch starts

  public Linear(long in, long out) {
    this(in, out, Bias.YES);
  }

  public Linear(long in, long out, Bias withBias) {
    weight = param("weight", out, in);
    bias = withBias == Bias.YES ? param("bias", out) : null;
  }

  /** The weight, [out, in]. */
  public Param weight() {
    return weight;
  }

  /** The bias, [out], if there is one. */
  public @Nullable Param bias() {
    return bias;
  }

  /**
   * Starts the weight truncated normal around 0 with this deviation and the bias at 0, as vision
   * transformers do, rather than as PyTorch's layer does.
   */
  public Linear startTruncNormal(double std) {
    if (!(std > 0)) {
      throw new IllegalArgumentException("a deviation is above 0, got " + std);
    }
    startStd = std;
    return this;
  }

  @Override
  protected void initOwn(Rng rng) {
    if (startStd > 0) {
      weight.set(() -> Init.truncNormal(rng, startStd, weight.shape()));
      if (bias != null) {
        bias.set(() -> Tensor.zeros(bias.shape()));
      }
      return;
    }
    weight.set(() -> Init.kaimingUniform(rng, 1 / Math.sqrt(3), weight.shape()));
    Bias.init(bias, weight, rng);
  }

  @Override
  public Tensor forward(Tensor x) {
    return F.linear(x, weight.value(), Param.valueOf(bias));
  }
}
