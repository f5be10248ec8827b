package io.vitrail.tensor;

import java.util.List;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Matrix products, each by the kernel that measured fastest. On the CPU, large float32 products go
 * to oneDNN, which shares the OpenMP threads with every other operator; OpenBLAS, the engine's
 * default for them, keeps threads of its own that fight with those ({@link
 * NativeLibrary#setThreads}).
 */
final class Gemm {
  /** Below this many multiplications the set-up of oneDNN costs more than it saves. */
  private static final long LARGE = 1L << 22;

  private static final boolean HAS_ONEDNN = torch.hasMKLDNN();
  private static final boolean HAS_AVX512 =
      torch.get_cpu_capability().getString().startsWith("AVX512");

  private Gemm() {}

  /** {@code x W^T + b} over the last dimension of {@code x}. */
  static Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias) {
    if (Bf16.emulated(x)) {
      Tensor bias32 = bias == null ? null : bias.to(DType.F32);
      return Bf16.inFloat32(x, x32 -> linear(x32, weight.to(DType.F32), bias32));
    }
    Tensor[] inputs = bias == null ? new Tensor[] {x, weight} : new Tensor[] {x, weight, bias};
    if (isLargeAmxInference(x, weight)) {
      return Tensor.run("linear", () -> asConvolution(x, weight, bias), inputs);
    }
    if (!isLargeFloat32(x, weight)) {
      return Tensor.run(
          "linear", () -> torch.linear(x.nat(), weight.nat(), optional(bias)), inputs);
    }
    boolean records = Mode.gradEnabled() && (x.requiresGrad() || weight.requiresGrad());
    if (records && !HAS_AVX512) {
      return Tensor.run("linear", () -> innerProduct(x, weight, bias), inputs);
    }
    return records && weight.requiresGrad() && isWide(x, weight)
        ? trainable(x, weight, bias)
        : Tensor.run("linear", () -> asConvolution(x, weight, bias), inputs);
  }

  static Tensor matmul(Tensor a, Tensor b) {
    boolean matrix = a.dim() >= 2 && b.dim() == 2 && a.size(-1) == b.size(0);
    if (matrix && (Bf16.emulated(a) || isLargeFloat32(a, b))) {
      return linear(a, b.t(), null);
    }
    if (Bf16.emulated(a)) {
      return Bf16.inFloat32(a, a32 -> matmul(a32, b.to(DType.F32)));
    }
    return Tensor.run("matmul", () -> a.nat().matmul(b.nat()), a, b);
  }

  private static boolean isLargeFloat32(Tensor x, Tensor weight) {
    return x.dtype() == DType.F32
        && weight.dtype() == DType.F32
        && !Bf16.autocasts()
        && isLarge(x, weight);
  }

  /** In bfloat16, the engine writes the bias first and then adds the product: a pass too many. */
  private static boolean isLargeAmxInference(Tensor x, Tensor weight) {
    boolean bf16 = x.dtype() == DType.BF16 && weight.dtype() == DType.BF16;
    return !Mode.gradEnabled() && (bf16 || Bf16.autocasts()) && Bf16.hasAmx() && isLarge(x, weight);
  }

  private static boolean isLarge(Tensor x, Tensor weight) {
    return HAS_ONEDNN
        && weight.dim() == 2
        && x.dim() >= 2
        && !x.nat().is_cuda()
        && x.count() * weight.size(0) >= LARGE
        && x.size(-1) == weight.size(1);
  }

  /**
   * Whether there are fewer rows than features in and out: with more, {@link #weightGradient} takes
   * longer to rearrange them than it saves.
   */
  private static boolean isWide(Tensor x, Tensor weight) {
    return x.count() / x.size(-1) < weight.size(0) + weight.size(1);
  }

  /**
   * A linear layer is a 1 x 1 convolution of an image one pixel high. With the channels last, both
   * are the same memory: no copy, and oneDNN's convolution runs at the processor's peak.
   */
  private static org.bytedeco.pytorch.Tensor asConvolution(
      Tensor x, Tensor weight, @Nullable Tensor bias) {
    return rows(convolution(x, weight, bias), x);
  }

  private static org.bytedeco.pytorch.Tensor convolution(
      Tensor x, Tensor weight, @Nullable Tensor bias) {
    long k = x.size(-1);
    long n = weight.size(0);
    long m = x.count() / k;
    var image = x.nat().reshape(1, 1, m, k).permute(0, 3, 1, 2); // [1, K, 1, M]
    var kernel = weight.nat().reshape(n, k, 1, 1); // [N, K, 1, 1]
    return torch.conv2d(
        image,
        kernel,
        optional(bias),
        new long[] {1, 1},
        new long[] {0, 0},
        new long[] {1, 1},
        1); // [1, N, 1, M]
  }

  /** The result of a convolution [1, N, 1, M] as that of a linear layer on {@code x}. */
  private static org.bytedeco.pytorch.Tensor rows(org.bytedeco.pytorch.Tensor y, Tensor x) {
    return y.permute(0, 2, 3, 1).reshape(outputShape(x, y.size(1))); // [..., N]
  }

  /** oneDNN's inner product, whose backward is good on AVX2 and poor on AVX-512. */
  private static org.bytedeco.pytorch.Tensor innerProduct(
      Tensor x, Tensor weight, @Nullable Tensor bias) {
    long k = x.size(-1);
    var rows = x.nat().reshape(x.count() / k, k).to_mkldnn();
    var y = torch.mkldnn_linear(rows, weight.nat().contiguous(), optional(bias)).to_dense();
    return y.reshape(outputShape(x, weight.size(0)));
  }

  /**
   * {@link #asConvolution} with a gradient for a wide weight. oneDNN's own reaches half of the
   * processor's peak on AVX-512, so the engine differentiates the convolution for {@code x} only;
   * {@link #weightGradient} joins in through the bias, which is added afterwards.
   */
  private static Tensor trainable(Tensor x, Tensor weight, @Nullable Tensor bias) {
    return Scope.keep(
        () -> {
          CustomNode node =
              new CustomNode(
                  (inputs, outer) -> List.of(weightGradient(inputs.get(1), outer)), weight, x);
          Tensor zero = node.putInto(0, weight);
          Tensor tied = bias == null ? zero : bias.add(zero).reshape(-1, 1, 1); // [N, 1, 1]
          Tensor values = weight.detach();
          Tensor y =
              Tensor.run(
                  "linear",
                  () -> rows(convolution(x, values, null).add_(tied.nat()), x),
                  x,
                  weight,
                  tied);
          node.computeAt(y);
          return y;
        });
  }

  /**
   * {@code g^T x} for gradients {@code g} [M, N] of M rows {@code x} [M, K]: a transposed 1 x 1
   * convolution with M channels. Both lie in memory as it wants them: no copy.
   */
  private static Tensor weightGradient(Tensor x, Tensor g) {
    long k = x.size(-1);
    long n = g.size(-1);
    long m = x.count() / k;
    Tensor image = x.reshape(1, m, 1, k);
    Tensor kernel = g.reshape(m, n, 1, 1);
    return F.convTranspose2d(image, kernel, null, F.Conv.DEFAULT, 0).reshape(n, k); // [1, N, 1, K]
  }

  private static long[] outputShape(Tensor x, long n) {
    long[] shape = x.shape();
    shape[shape.length - 1] = n;
    return shape;
  }

  static TensorOptional optional(@Nullable Tensor tensor) {
    return tensor == null ? new TensorOptional() : new TensorOptional(tensor.nat());
  }
}
