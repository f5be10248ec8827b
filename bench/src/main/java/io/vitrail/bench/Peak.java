package io.vitrail.bench;

import io.vitrail.tensor.DType;
import io.vitrail.tensor.Engine;
import io.vitrail.tensor.F;
import io.vitrail.tensor.Mode;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import java.io.IOException;

/** What this machine reaches on single operators, in GFLOP/s: the floor of every network. */
final class Peak {
  private static final int REPEATS = 15;

  private Peak() {}

  public static void main(String[] args) throws IOException {
    for (DType dtype : new DType[] {DType.F32, DType.BF16}) {
      if (dtype == DType.F32 || Engine.info().cpuBf16()) {
        gemm(dtype, 2048, 2048, 2048);
        gemm(dtype, 1576, 768, 3072);
        conv(dtype, 64, 64, 256);
        conv(dtype, 512, 512, 32);
        conv(dtype, 64, 64, 512);
      }
    }
  }

  private static void gemm(DType dtype, long m, long k, long n) throws IOException {
    try (Scope scope = Scope.open();
        Rng rng = Rng.seeded(1);
        Mode mode = Mode.noGrad()) {
      Tensor x = rng.normal(m, k).to(dtype);
      Tensor w = rng.normal(n, k).to(dtype);
      double seconds = best(() -> F.linear(x, w, null));
      Measure.report(
          "gemm %s %dx%dx%d GFLOP/s".formatted(dtype, m, k, n), 2e-9 * m * k * n / seconds);
    }
  }

  private static void conv(DType dtype, long in, long out, long side) throws IOException {
    try (Scope scope = Scope.open();
        Rng rng = Rng.seeded(1);
        Mode mode = Mode.noGrad()) {
      Tensor x = rng.normal(1, in, side, side).to(dtype).channelsLast();
      Tensor w = rng.normal(out, in, 3, 3).to(dtype).channelsLast();
      double seconds = best(() -> F.conv2d(x, w, null, F.Conv.DEFAULT.withPadding(1)));
      Measure.report(
          "conv %s %d->%d at %d GFLOP/s".formatted(dtype, in, out, side),
          2e-9 * in * out * 9 * side * side / seconds);
    }
  }

  private static double best(Runnable operator) throws IOException {
    return Measure.best(
        REPEATS,
        () -> {
          try (Scope inner = Scope.open()) {
            operator.run();
          }
        });
  }
}
