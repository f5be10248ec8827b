package io.vitrail.nn;

import io.vitrail.tensor.F;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Tensor;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Two-dimensional convolution: [B, in, H, W] gives [B, out, H', W']. */
public final class Conv2d extends UnaryLayer {
  private final F.Conv conv;
  private final Param weight;
  private final @Nullable Param bias;

  /** A convolution with bias. {@code kernel} is its height and width. */
  public Conv2d(int in, int out, int kernel, F.Conv conv) {
    this(in, out, kernel, conv, Bias.YES);
  }

  public Conv2d(int in, int out, int kernel, F.Conv conv, Bias withBias) {
    if (in % conv.groups() != 0 || out % conv.groups() != 0) {
      throw new IllegalArgumentException(
          "channels %d -> %d are not multiples of %d groups".formatted(in, out, conv.groups()));
    }
    this.conv = conv;
    weight = param("weight", out, in / conv.groups(), kernel, kernel);
    bias = withBias == Bias.YES ? param("bias", out) : null;
  }

  /** The weight, [out, in / groups, kernel, kernel]. */
  public Param weight() {
    return weight;
  }

  /** The bias, [out], if there is one. */
  public @Nullable Param bias() {
    return bias;
  }

  /** A copy that has a bias, which is 0 if this one has none. */
  public Conv2d withBias() {
    long[] shape = weight.shape();
    int in = Math.toIntExact(shape[1] * conv.groups());
    Conv2d copy = new Conv2d(in, Math.toIntExact(shape[0]), Math.toIntExact(shape[2]), conv);
    Tensor own = weight.value();
    copy.weight.set(own::copy);
    Param copyBias = Objects.requireNonNull(copy.bias);
    copyBias.set(
        () ->
            bias == null
                ? Tensor.full(0, own.dtype(), shape[0]).to(own.device())
                : bias.value().copy());
    return copy;
  }

  @Override
  protected void initOwn(Rng rng) {
    weight.set(() -> Init.kaimingUniform(rng, 1 / Math.sqrt(3), weight.shape()));
    Bias.init(bias, weight, rng);
  }

  @Override
  public Tensor forward(Tensor x) {
    return F.conv2d(x, weight.value(), Param.valueOf(bias), conv);
  }

  /** ReLU of {@link #forward}, faster in inference than one after the other. */
  public Tensor forwardRelu(Tensor x) {
    return F.conv2dRelu(x, weight.value(), Param.valueOf(bias), conv);
  }
}
