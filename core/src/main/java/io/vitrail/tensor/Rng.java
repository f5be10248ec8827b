package io.vitrail.tensor;

import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * A seeded source of random tensors: same seed, same machine, same numbers. Not for two threads at
 * once. Numbers are drawn on the CPU and moved, so that devices agree.
 */
public final class Rng implements AutoCloseable {
  private final Generator generator;

  private Rng(long seed) {
    NativeLibrary.load();
    generator = Tensor.unscoped(() -> torch.make_generator_cpu(seed));
  }

  /** A source that starts at {@code seed}. */
  public static Rng seeded(long seed) {
    return new Rng(seed);
  }

  /** Float32 numbers of the standard normal distribution. */
  public Tensor normal(long... shape) {
    return gaussian(0, 1, shape);
  }

  /** Float32 numbers of the normal distribution with this mean and standard deviation. */
  public Tensor gaussian(double mean, double std, long... shape) {
    return Tensor.run(
        "gaussian", () -> Tensor.empty(DType.F32, shape).nat().normal_(mean, std, source()));
  }

  /** Float32 numbers uniform in [low, high). */
  public Tensor uniform(double low, double high, long... shape) {
    return Tensor.run(
        "uniform", () -> Tensor.empty(DType.F32, shape).nat().uniform_(low, high, source()));
  }

  /** Integers in [0, bound), int64. */
  public Tensor integers(long bound, long... shape) {
    return uniform(0, 1, shape).to(DType.F64).mul(bound).floor().to(DType.I64);
  }

  /** The numbers 0 .. n - 1 in random order, int64. */
  public Tensor permutation(long n) {
    return Tensor.run("permutation", () -> torch.randperm(n, source()));
  }

  /** A mask of {@code 1 / keep} with probability {@code keep}, else 0: its mean is 1. */
  Tensor keepMask(double keep, DType dtype, Device device, long... shape) {
    if (keep == 0) {
      return Tensor.full(0, dtype, shape).to(device);
    }
    Tensor mask =
        Tensor.run(
            "keepMask", () -> Tensor.empty(DType.F32, shape).nat().bernoulli_(keep, source()));
    return mask.mulInPlace(1 / keep).to(dtype).to(device);
  }

  /** The state to come back to, as raw bytes. */
  public byte[] state() {
    try (Scope inner = Scope.open()) {
      return Tensor.run("state", generator::get_state).toBytes();
    }
  }

  /** Goes back to a state of {@link #state()}. */
  public void restore(byte[] state) {
    try (Scope inner = Scope.open()) {
      generator.set_state(Tensor.of(state, state.length).nat());
    }
  }

  @Override
  public void close() {
    generator.deallocate();
  }

  private GeneratorOptional source() {
    return new GeneratorOptional(generator);
  }
}
