package io.vitrail.tensor;

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

  private Gemm() {}

  /** {@code x W^T + b} over the last dimension of {@code x}. */
  static Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias) {
    if (Bf16.emulated(x)) {
      Tensor bias32 = bias == null ? null : bias.to(DType.F32);
      return Bf16.inFloat32(x, x32 -> linear(x32, weight.to(DType.F32), bias32));
    }
    Tensor[] inputs = bias == null ? new Tensor[] {x, weight} : new Tensor[] {x, weight, bias};
    if (!isLargeFloat32(x, weight)) {
      return Tensor.run(
          "linear", () -> torch.linear(x.nat(), weight.nat(), optional(bias)), inputs);
    }
    boolean records = Mode.gradEnabled() && (x.requiresGrad() || weight.requiresGrad());
    return Tensor.run(
        "linear",
        () -> records ? trainable(x, weight, bias) : asConvolution(x, weight, bias),
        inputs);
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
    return HAS_ONEDNN
        && x.dtype() == DType.F32
        && weight.dtype() == DType.F32
        && weight.dim() == 2
        && x.dim() >= 2
        && !x.nat().is_cuda()
        && !Bf16.autocasts()
        && x.count() * weight.size(0) >= LARGE
        && x.size(-1) == weight.size(1);
  }

  /**
   * A linear layer is a 1 x 1 convolution of an image one pixel wide. With the channels last, both
   * are the same memory: no copy, and oneDNN's convolution runs at the processor's peak.
   */
  private static org.bytedeco.pytorch.Tensor asConvolution(
      Tensor x, Tensor weight, @Nullable Tensor bias) {
    long k = x.size(-1);
    long n = weight.size(0);
    long rows = x.count() / k;
    var image = x.nat().reshape(1, rows, 1, k).permute(0, 3, 1, 2); // [1, K, M, 1]
    var kernel = weight.nat().reshape(n, k, 1, 1); // [N, K, 1, 1]
    var y =
        torch.conv2d(
            image,
            kernel,
            optional(bias),
            new long[] {1, 1},
            new long[] {0, 0},
            new long[] {1, 1},
            1);
    return y.permute(0, 2, 3, 1).reshape(outputShape(x, n)); // [..., N]
  }

  /** oneDNN's inner product, which has a backward of its own. */
  private static org.bytedeco.pytorch.Tensor trainable(
      Tensor x, Tensor weight, @Nullable Tensor bias) {
    long k = x.size(-1);
    var rows = x.nat().reshape(x.count() / k, k).to_mkldnn();
    var y = torch.mkldnn_linear(rows, weight.nat().contiguous(), optional(bias)).to_dense();
    return y.reshape(outputShape(x, weight.size(0)));
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
