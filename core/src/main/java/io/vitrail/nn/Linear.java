package io.vitrail.nn;

import io.vitrail.tensor.F;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** {@code y = x W^T + b} over the last dimension: [..., in] gives [..., out]. */
public final class Linear extends UnaryLayer {
  private final Param weight;
  private final @Nullable Param bias;

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

  @Override
  protected void initOwn(Rng rng) {
    weight.set(() -> Init.kaimingUniform(rng, 1 / Math.sqrt(3), weight.shape()));
    Bias.init(bias, weight, rng);
  }

  @Override
  public Tensor forward(Tensor x) {
    return F.linear(x, weight.value(), Param.valueOf(bias));
  }
}
