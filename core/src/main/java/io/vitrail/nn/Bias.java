package io.vitrail.nn;

import io.vitrail.tensor.Rng;
import org.jspecify.annotations.Nullable;

/** Whether a layer adds a learnt vector. */
public enum Bias {
  YES,
  NO;

  /** PyTorch's start: uniform in ±1 / sqrt(fan-in of the weight). */
  static void init(@Nullable Param bias, Param weight, Rng rng) {
    if (bias != null) {
      double bound = 1 / Math.sqrt(Init.fanIn(weight.shape()));
      bias.set(() -> rng.uniform(-bound, bound, bias.shape()));
    }
  }
}
