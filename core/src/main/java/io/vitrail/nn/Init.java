package io.vitrail.nn;

import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Tensor;

/**
 * Random starts, as functions that give a new tensor. Fan-in of a weight is the number of inputs to
 * one output: {@code shape[1] * shape[2] * ...}; fan-out is {@code shape[0] * shape[2] * ...}.
 */
public final class Init {
  private Init() {}

  /**
   * Uniform in {@code ±gain sqrt(3 / fanIn)} (He et al., 2015, arXiv 1502.01852). PyTorch's layers
   * start with {@code gain = 1 / sqrt(3)}, so {@code ±1 / sqrt(fanIn)}.
   */
  public static Tensor kaimingUniform(Rng rng, double gain, long... shape) {
    double bound = gain * Math.sqrt(3.0 / fanIn(shape));
    return rng.uniform(-bound, bound, shape);
  }

  /** Normal with deviation {@code gain / sqrt(fanIn)}; gain is sqrt(2) before a ReLU. */
  public static Tensor kaimingNormal(Rng rng, double gain, long... shape) {
    return rng.gaussian(0, gain / Math.sqrt(fanIn(shape)), shape);
  }

  /** Normal with deviation {@code gain / sqrt(fanOut)}, as residual networks start. */
  public static Tensor kaimingNormalFanOut(Rng rng, double gain, long... shape) {
    return rng.gaussian(0, gain / Math.sqrt(fanOut(shape)), shape);
  }

  /** Uniform in {@code ±sqrt(6 / (fanIn + fanOut))} (Glorot and Bengio, 2010). */
  public static Tensor xavierUniform(Rng rng, long... shape) {
    double bound = Math.sqrt(6.0 / (fanIn(shape) + fanOut(shape)));
    return rng.uniform(-bound, bound, shape);
  }

  /** Normal with deviation {@code sqrt(2 / (fanIn + fanOut))}. */
  public static Tensor xavierNormal(Rng rng, long... shape) {
    return rng.gaussian(0, Math.sqrt(2.0 / (fanIn(shape) + fanOut(shape))), shape);
  }

  /**
   * Normal around 0, cut at ±2 as timm and the ViT papers do: samples outside are drawn by
   * inverting the distribution function on the inside.
   */
  public static Tensor truncNormal(Rng rng, double std, long... shape) {
    double edge = Tensor.scalar(2 / std / Math.sqrt(2)).erf().item(); // P(|x| < 2)
    return rng.uniform(-edge, edge, shape).erfInv().mul(std * Math.sqrt(2)).clamp(-2, 2);
  }

  static double fanIn(long... shape) {
    return fan(shape, 1);
  }

  static double fanOut(long... shape) {
    return fan(shape, 0);
  }

  private static double fan(long[] shape, int dim) {
    if (shape.length < 2) {
      throw new IllegalArgumentException(
          "fan-in and fan-out need a weight of two dimensions or more, got " + shape.length);
    }
    double fan = shape[dim];
    for (int i = 2; i < shape.length; i++) {
      fan *= shape[i];
    }
    return fan;
  }
}
