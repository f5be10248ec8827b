package io.vitrail.nn;

import io.vitrail.tensor.F;
import io.vitrail.tensor.Tensor;
import java.util.function.UnaryOperator;

/** Pooling of [B, C, H, W] as a layer. */
public final class Pool2d extends UnaryLayer {
  private final UnaryOperator<Tensor> pool;

  private Pool2d(UnaryOperator<Tensor> pool) {
    this.pool = pool;
  }

  /** Largest value of each window. */
  public static Pool2d max(int kernel, int stride, int padding) {
    return new Pool2d(x -> F.maxPool2d(x, kernel, stride, padding, false));
  }

  /** Largest value of each window, where a last, partial window counts too. */
  public static Pool2d maxCeil(int kernel, int stride, int padding) {
    return new Pool2d(x -> F.maxPool2d(x, kernel, stride, padding, true));
  }

  /** Mean of each window. */
  public static Pool2d average(int kernel, int stride, int padding) {
    return new Pool2d(x -> F.avgPool2d(x, kernel, stride, padding));
  }

  /** Mean of the whole image: [B, C, 1, 1]. */
  public static Pool2d globalAverage() {
    return new Pool2d(x -> F.adaptiveAvgPool2d(x, 1, 1));
  }

  @Override
  public Tensor forward(Tensor x) {
    return pool.apply(x);
  }
}
