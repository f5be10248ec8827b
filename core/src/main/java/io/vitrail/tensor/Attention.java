package io.vitrail.tensor;

import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** Scaled dot-product attention, by the kernel that measured fastest for type and device. */
final class Attention {
  private Attention() {}

  /** {@code softmax(q k^T * scale + bias) v}; see {@link F#attention}. */
  static Tensor apply(Tensor q, Tensor k, Tensor v, @Nullable Tensor bias, double scale) {
    if (Bf16.emulated(q)) {
      Tensor bias32 = bias == null ? null : bias.to(DType.F32);
      return Bf16.inFloat32(q, q32 -> fused(q32, k.to(DType.F32), v.to(DType.F32), bias32, scale));
    }
    boolean fused = q.nat().is_cuda() || fusedIsFast(q, k, v, bias);
    return fused ? fused(q, k, v, bias, scale) : byHand(q, k, v, bias, scale);
  }

  /**
   * In bfloat16 on the CPU, the fused kernel is 24 times slower than two products, and its backward
   * 10 times; but with AMX its forward takes two thirds of their time. In float32 it is the fast
   * one unless a bias learns, for which it has no backward: what the engine then does instead takes
   * an eighth longer than two products.
   */
  private static boolean fusedIsFast(Tensor q, Tensor k, Tensor v, @Nullable Tensor bias) {
    boolean bf16 = q.dtype() == DType.BF16 || Bf16.autocasts();
    return bf16
        ? Bf16.hasAmx() && !learns(q) && !learns(k) && !learns(v)
        : bias == null || !learns(bias);
  }

  private static boolean learns(Tensor tensor) {
    return Mode.gradEnabled() && tensor.requiresGrad();
  }

  private static Tensor fused(Tensor q, Tensor k, Tensor v, @Nullable Tensor bias, double scale) {
    Tensor[] inputs = bias == null ? new Tensor[] {q, k, v} : new Tensor[] {q, k, v, bias};
    return Tensor.run(
        "attention",
        () ->
            torch.scaled_dot_product_attention(
                q.nat(),
                k.nat(),
                v.nat(),
                bias == null ? new TensorOptional() : new TensorOptional(bias.nat()),
                0.0,
                false,
                new DoubleOptional(scale),
                false),
        inputs);
  }

  private static Tensor byHand(Tensor q, Tensor k, Tensor v, @Nullable Tensor bias, double scale) {
    Tensor logits = q.mul(scale).matmul(k.transpose(-2, -1)); // [B, h, N, M]
    if (bias != null) {
      logits = logits.add(bias.to(logits.dtype()));
    }
    return F.softmax(logits, -1).matmul(v); // [B, h, N, d]
  }
}
