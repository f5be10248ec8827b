package io.vitrail.nn;

import io.vitrail.tensor.DType;
import io.vitrail.tensor.F;
import io.vitrail.tensor.Mode;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;

/** Batch normalisation of [B, C, H, W] (Ioffe and Szegedy, 2015, arXiv 1502.03167). */
public final class BatchNorm2d extends UnaryLayer {
  private static final double EPS = 1e-5;
  private static final double MOMENTUM = 0.1;

  private final Param weight;
  private final Param bias;
  private final Param runningMean;
  private final Param runningVar;
  private final Param batchesTracked;

  public BatchNorm2d(int channels) {
    weight = param("weight", channels);
    bias = param("bias", channels);
    runningMean = buffer("running_mean", DType.F32, channels);
    runningVar = buffer("running_var", DType.F32, channels);
    batchesTracked = buffer("num_batches_tracked", DType.I64);
  }

  /** The scale, [C]. */
  public Param weight() {
    return weight;
  }

  @Override
  protected void initOwn(Rng rng) {
    weight.set(() -> Tensor.ones(weight.shape()));
    bias.set(() -> Tensor.zeros(bias.shape()));
    runningMean.set(() -> Tensor.zeros(runningMean.shape()));
    runningVar.set(() -> Tensor.ones(runningVar.shape()));
    batchesTracked.set(() -> Tensor.full(0, DType.I64));
  }

  @Override
  public Tensor forward(Tensor x) {
    if (isTraining()) {
      try (Mode mode = Mode.noGrad()) {
        batchesTracked.value().addInPlace(Tensor.full(1, DType.I64));
      }
    }
    return F.batchNorm(
        x,
        weight.value(),
        bias.value(),
        runningMean.value(),
        runningVar.value(),
        isTraining(),
        MOMENTUM,
        EPS);
  }

  /**
   * Puts this layer's inference form into the convolution before it: {@code w' = w g, b' = (b -
   * mean) g + bias} with {@code g = weight / sqrt(var + eps)}. After it, this layer must not run.
   */
  public void foldInto(Conv2d conv) {
    Param convBias = conv.bias();
    if (convBias == null) {
      throw new IllegalArgumentException("batch norm folds into a convolution that has a bias");
    }
    try (Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      Tensor gain = weight.value().div(runningVar.value().add(EPS).sqrt()); // [C]
      Tensor folded = convBias.value().sub(runningMean.value()).mul(gain).add(bias.value());
      Tensor kernel = conv.weight().value().mul(gain.reshape(-1, 1, 1, 1));
      conv.weight().set(() -> kernel);
      convBias.set(() -> folded);
    }
  }
}
