package io.vitrail.cli;

import io.vitrail.tensor.DType;
import io.vitrail.tensor.F;
import io.vitrail.tensor.Mode;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import java.util.function.Supplier;

/** How fast this machine multiplies: the best of a few runs, in GFLOPS. */
final class Speed {
  private static final int RUNS = 5;
  private static final int SIDE = 1024;
  private static final int CHANNELS = 64;
  private static final int PIXELS = 256;

  private Speed() {}

  /** A product of two 1024 x 1024 matrices. */
  static double matmul(DType dtype) {
    try (Scope scope = Scope.open();
        Mode mode = Mode.noGrad();
        Rng rng = Rng.seeded(1)) {
      Tensor a = rng.normal(SIDE, SIDE).to(dtype);
      Tensor b = rng.normal(SIDE, SIDE).to(dtype);
      return best(2.0 * SIDE * SIDE * SIDE, () -> a.matmul(b));
    }
  }

  /** A 3 x 3 convolution, 64 channels to 64, of 256 x 256 pixels, channels last. */
  static double convolution(DType dtype) {
    try (Scope scope = Scope.open();
        Mode mode = Mode.noGrad();
        Rng rng = Rng.seeded(1)) {
      Tensor x = rng.normal(1, CHANNELS, PIXELS, PIXELS).to(dtype).channelsLast();
      Tensor weight = rng.normal(CHANNELS, CHANNELS, 3, 3).to(dtype).channelsLast();
      Tensor bias = rng.normal(CHANNELS).to(dtype);
      double work = 2.0 * PIXELS * PIXELS * CHANNELS * CHANNELS * 9;
      return best(work, () -> F.conv2d(x, weight, bias, F.Conv.DEFAULT.withPadding(1)));
    }
  }

  private static double best(double operations, Supplier<Tensor> work) {
    double best = 0;
    for (int i = 0; i <= RUNS; i++) { // the first one warms up
      long start = System.nanoTime();
      try (Scope scope = Scope.open()) {
        work.get();
      }
      double gflops = operations / (System.nanoTime() - start);
      best = i == 0 ? 0 : Math.max(best, gflops);
    }
    return best;
  }
}
