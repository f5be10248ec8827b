package io.vitrail.tensor;

import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** Scaled dot-product attention, by the kernel that measured fastest for type and device. */
final class Attention {
  private static final long PACKED_TOKENS = 64;

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
   * Whether the fused kernel is the faster one on the CPU.
   *
   * <p>In bfloat16 it is 7 to 24 times slower than two products, and its backward 10 times; but
   * where it packs keys for AMX, its forward takes two thirds of their time, and a quarter with 577
   * tokens. In float32 it is the fast one unless a bias learns, for which it has no backward: what
   * the engine does instead takes an eighth longer than two products.
   */
  private static boolean fusedIsFast(Tensor q, Tensor k, Tensor v, @Nullable Tensor bias) {
    if (q.dtype() == DType.BF16 || Bf16.autocasts()) {
      return packs(q, k) && !learns(q) && !learns(k) && !learns(v);
    }
    return bias == null || !learns(bias);
  }

  /** The engine's own rule: windows of Swin are too small, and many threads need many tokens. */
  private static boolean packs(Tensor q, Tensor k) {
    return Bf16.hasAmx()
        && q.size(-2) >= Math.max(PACKED_TOKENS, 4 * torch.get_num_threads())
        && k.size(-2) >= PACKED_TOKENS;
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
