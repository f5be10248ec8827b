package io.vitrail.tensor;

/** The number type that a network computes in. */
public enum Precision {
  /** bfloat16 where the processor or GPU multiplies it, else float32. */
  AUTO,
  F32,
  /** bfloat16: half the memory; slower on processors that do not know it. */
  BF16;

  /** The type meant on the CPU of this machine. */
  public DType onCpu() {
    return switch (this) {
      case AUTO -> Engine.info().cpuBf16() ? DType.BF16 : DType.F32;
      case F32 -> DType.F32;
      case BF16 -> DType.BF16;
    };
  }
}
