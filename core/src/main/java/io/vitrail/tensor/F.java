package io.vitrail.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.InterpolateFuncOptions;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.LongVector;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.kBicubic;
import org.jspecify.annotations.Nullable;

/**
 * The operators of networks, as functions. Shapes: {@code B} batch, {@code C} channels, {@code H W}
 * height and width, {@code N} tokens, {@code D} width, {@code h} heads, {@code d} head width.
 */
public final class F {
  private F() {}

  // ---- products

  /** {@code x W^T + b}: [..., in] with weight [out, in] and bias [out] gives [..., out]. */
  public static Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias) {
    return Gemm.linear(x, weight, bias);
  }

  /** How a convolution moves; the same value holds for height and width. */
  public record Conv(int stride, int padding, int dilation, int groups) {
    /** Stride 1, no padding, no dilation, one group. */
    public static final Conv DEFAULT = new Conv(1, 0, 1, 1);

    public Conv {
      if (stride < 1 || padding < 0 || dilation < 1 || groups < 1) {
        throw new TensorException(
            "convolution needs stride >= 1, padding >= 0, dilation >= 1, groups >= 1; got "
                + Arrays.toString(new int[] {stride, padding, dilation, groups}));
      }
    }

    public Conv withStride(int stride) {
      return new Conv(stride, padding, dilation, groups);
    }

    public Conv withPadding(int padding) {
      return new Conv(stride, padding, dilation, groups);
    }

    public Conv withDilation(int dilation) {
      return new Conv(stride, padding, dilation, groups);
    }

    public Conv withGroups(int groups) {
      return new Conv(stride, padding, dilation, groups);
    }
  }

  /**
   * Two-dimensional convolution (cross-correlation): [B, in, H, W] with weight [out, in / groups,
   * kH, kW] gives [B, out, H', W'].
   */
  public static Tensor conv2d(Tensor x, Tensor weight, @Nullable Tensor bias, Conv conv) {
    if (Bf16.emulated(x)) {
      Tensor bias32 = bias == null ? null : bias.to(DType.F32);
      return Bf16.inFloat32(x, x32 -> conv2d(x32, weight.to(DType.F32), bias32, conv));
    }
    return Tensor.run(
        "conv2d",
        () ->
            torch.conv2d(
                x.nat(),
                weight.nat(),
                Gemm.optional(bias),
                both(conv.stride),
                both(conv.padding),
                both(conv.dilation),
                conv.groups),
        inputs(bias, x, weight));
  }

  /** ReLU of {@link #conv2d}; without gradients on the CPU, in one pass. */
  public static Tensor conv2dRelu(Tensor x, Tensor weight, @Nullable Tensor bias, Conv conv) {
    return ConvRelu.knows(x, weight, bias, conv)
        ? ConvRelu.apply(x, weight, bias, conv)
        : reluInPlace(conv2d(x, weight, bias, conv));
  }

  /**
   * Transposed convolution: [B, in, H, W] with weight [in, out / groups, kH, kW] gives [B, out, (H
   * - 1) stride - 2 padding + dilation (kH - 1) + outputPadding + 1, ...].
   */
  public static Tensor convTranspose2d(
      Tensor x, Tensor weight, @Nullable Tensor bias, Conv conv, int outputPadding) {
    if (Bf16.emulated(x)) {
      Tensor bias32 = bias == null ? null : bias.to(DType.F32);
      return Bf16.inFloat32(
          x, x32 -> convTranspose2d(x32, weight.to(DType.F32), bias32, conv, outputPadding));
    }
    return Tensor.run(
        "convTranspose2d",
        () ->
            torch.conv_transpose2d(
                x.nat(),
                weight.nat(),
                Gemm.optional(bias),
                both(conv.stride),
                both(conv.padding),
                both(outputPadding),
                conv.groups,
                both(conv.dilation)),
        inputs(bias, x, weight));
  }

  /**
   * Scaled dot-product attention: {@code softmax(q k^T * scale + bias) v}.
   *
   * @param q [B, h, N, d]
   * @param k [B, h, M, d]
   * @param v [B, h, M, d]
   * @param bias added to the logits, broadcast to [B, h, N, M], or null
   * @param scale usually {@code 1 / sqrt(d)}
   * @return [B, h, N, d]
   */
  public static Tensor attention(
      Tensor q, Tensor k, Tensor v, @Nullable Tensor bias, double scale) {
    return Attention.apply(q, k, v, bias, scale);
  }

  /** Sum of products by Einstein's convention, such as {@code "bnd,bmd->bnm"}. */
  public static Tensor einsum(String equation, Tensor... operands) {
    return Tensor.run("einsum " + equation, () -> torch.einsum(equation, list(operands)), operands);
  }

  // ---- activations

  public static Tensor relu(Tensor x) {
    return Tensor.run("relu", () -> x.nat().relu(), x);
  }

  /** {@link #relu} that overwrites {@code x}. */
  public static Tensor reluInPlace(Tensor x) {
    Tensor.run("reluInPlace", () -> x.nat().relu_(), x);
    return x;
  }

  /** GELU with the exact Gaussian distribution function. */
  public static Tensor gelu(Tensor x) {
    return Tensor.run("gelu", () -> torch.gelu(x.nat()), x);
  }

  /** GELU's approximation by tanh. */
  public static Tensor geluTanh(Tensor x) {
    return Tensor.run("geluTanh", () -> torch.gelu(x.nat(), "tanh"), x);
  }

  /** {@code x sigmoid(x)}, also called swish. */
  public static Tensor silu(Tensor x) {
    return Tensor.run("silu", () -> torch.silu(x.nat()), x);
  }

  public static Tensor leakyRelu(Tensor x, double slope) {
    return Tensor.run("leakyRelu", () -> torch.leaky_relu(x.nat(), new Scalar(slope)), x);
  }

  public static Tensor sigmoid(Tensor x) {
    return Tensor.run("sigmoid", () -> x.nat().sigmoid(), x);
  }

  public static Tensor softmax(Tensor x, int dim) {
    return Tensor.run("softmax", () -> x.nat().softmax(dim), x);
  }

  public static Tensor logSoftmax(Tensor x, int dim) {
    return Tensor.run("logSoftmax", () -> torch.log_softmax(x.nat(), dim), x);
  }

  /**
   * Sets each element to zero with probability {@code p} and scales the others by {@code 1 / (1 -
   * p)}.
   */
  public static Tensor dropout(Tensor x, double p, Rng rng) {
    return p == 0 ? x : x.mul(rng.keepMask(1 - p, x.dtype(), x.device(), x.shape()));
  }

  // ---- normalisation

  /** Layer normalisation over the last dimension. */
  public static Tensor layerNorm(
      Tensor x, @Nullable Tensor weight, @Nullable Tensor bias, double eps) {
    long[] last = {x.size(-1)};
    return Tensor.run(
        "layerNorm",
        () ->
            torch.layer_norm(x.nat(), last, Gemm.optional(weight), Gemm.optional(bias), eps, true),
        inputs(bias, inputs(weight, x)));
  }

  /** Group normalisation of [B, C, ...] over C / groups channels and all positions. */
  public static Tensor groupNorm(
      Tensor x, int groups, @Nullable Tensor weight, @Nullable Tensor bias, double eps) {
    return Tensor.run(
        "groupNorm",
        () ->
            torch.group_norm(
                x.nat(), groups, Gemm.optional(weight), Gemm.optional(bias), eps, true),
        inputs(bias, inputs(weight, x)));
  }

  /**
   * Batch normalisation of [B, C, ...]. In training it uses the batch's statistics and moves the
   * running ones towards them by {@code momentum}; else it uses the running ones.
   */
  public static Tensor batchNorm(
      Tensor x,
      @Nullable Tensor weight,
      @Nullable Tensor bias,
      Tensor runningMean,
      Tensor runningVar,
      boolean training,
      double momentum,
      double eps) {
    return Tensor.run(
        "batchNorm",
        () ->
            torch.batch_norm(
                x.nat(),
                Gemm.optional(weight),
                Gemm.optional(bias),
                Gemm.optional(runningMean),
                Gemm.optional(runningVar),
                training,
                momentum,
                eps,
                true),
        inputs(bias, inputs(weight, x, runningMean, runningVar)));
  }

  /** Scales slices along {@code dim} to Euclidean length 1. */
  public static Tensor normalize(Tensor x, int dim) {
    return x.div(x.norm(true, dim).clampMin(1e-12));
  }

  // ---- pooling and sizes

  /** Largest value of each window; {@code ceilMode} keeps a last, partial window. */
  public static Tensor maxPool2d(Tensor x, int kernel, int stride, int padding, boolean ceilMode) {
    return Tensor.run(
        "maxPool2d",
        () ->
            torch.max_pool2d(x.nat(), both(kernel), both(stride), both(padding), both(1), ceilMode),
        x);
  }

  /** Mean of each window; padding counts as zeros. */
  public static Tensor avgPool2d(Tensor x, int kernel, int stride, int padding) {
    return Tensor.run(
        "avgPool2d",
        () ->
            torch.avg_pool2d(
                x.nat(),
                both(kernel),
                both(stride),
                both(padding),
                false,
                true,
                new LongOptional()),
        x);
  }

  /** Mean of windows chosen so that the result is [B, C, height, width]. */
  public static Tensor adaptiveAvgPool2d(Tensor x, long height, long width) {
    return Tensor.run(
        "adaptiveAvgPool2d", () -> torch.adaptive_avg_pool2d(x.nat(), height, width), x);
  }

  /** How {@link #interpolate} fills in. */
  public enum Interpolation {
    NEAREST,
    BILINEAR,
    BICUBIC
  }

  /**
   * Resizes [B, C, H, W] to [B, C, height, width], with pixel centres at half coordinates ({@code
   * align_corners = false}) and no anti-aliasing.
   */
  public static Tensor interpolate(Tensor x, long height, long width, Interpolation how) {
    long[] size = {height, width};
    return Tensor.run(
        "interpolate",
        () ->
            switch (how) {
              case NEAREST -> torch.upsample_nearest2d(x.nat(), size);
              case BILINEAR -> torch.upsample_bilinear2d(x.nat(), size, false);
              case BICUBIC -> torch.upsample_bicubic2d(x.nat(), size, false);
            },
        x);
  }

  /**
   * Resizes [B, C, H, W] to [B, C, height, width] by cubic weights as Pillow has them (a = -0.5,
   * not the -0.75 of {@link #interpolate}), which reach wider where the image shrinks.
   */
  public static Tensor interpolateAntialias(Tensor x, long height, long width) {
    return Tensor.run(
        "interpolateAntialias",
        () -> {
          InterpolateFuncOptions options = new InterpolateFuncOptions();
          options.size().put(new LongVector(height, width));
          options.mode().put(new kBicubic());
          options.align_corners().put(false);
          options.antialias().put(true);
          return torch.interpolate(x.nat(), options);
        },
        x);
  }

  /** {@link #interpolate} by bilinear weights with corners on corners, as code of 2019-21 means. */
  public static Tensor interpolateAlignCorners(Tensor x, long height, long width) {
    long[] size = {height, width};
    return Tensor.run(
        "interpolateAlignCorners", () -> torch.upsample_bilinear2d(x.nat(), size, true), x);
  }

  /** Rearranges [B, C r r, H, W] to [B, C, H r, W r]. */
  public static Tensor pixelShuffle(Tensor x, int r) {
    return Tensor.run("pixelShuffle", () -> torch.pixel_shuffle(x.nat(), r), x);
  }

  /** How {@link #pad} fills the margin. */
  public enum Padding {
    ZERO("constant"),
    REFLECT("reflect"),
    REPLICATE("replicate"),
    CIRCULAR("circular");

    private final String nat;

    Padding(String nat) {
      this.nat = nat;
    }
  }

  /** Adds a margin to the last two dimensions, in elements. */
  public static Tensor pad(Tensor x, int left, int right, int top, int bottom, Padding padding) {
    return Tensor.run(
        "pad",
        () ->
            torch.pad(
                x.nat(),
                new long[] {left, right, top, bottom},
                padding.nat,
                padding == Padding.ZERO ? new DoubleOptional(0) : new DoubleOptional()),
        x);
  }

  /**
   * Samples [B, C, H, W] bilinearly at grid [B, H', W', 2] of (x, y) in [-1, 1]; zero outside.
   *
   * @param alignCorners whether -1 and 1 mean the centres of the corner pixels, or their outer
   *     edges
   */
  public static Tensor gridSample(Tensor x, Tensor grid, boolean alignCorners) {
    return Tensor.run(
        "gridSample", () -> torch.grid_sampler(x.nat(), grid.nat(), 0, 0, alignCorners), x, grid);
  }

  /**
   * The windows that a convolution sees: [B, C, H, W] gives [B, C kernel kernel, L] with L windows,
   * row by row. Groups of {@code conv} must be 1.
   */
  public static Tensor unfold(Tensor x, int kernel, Conv conv) {
    return Tensor.run(
        "unfold",
        () ->
            torch.im2col(
                x.nat(), both(kernel), both(conv.dilation), both(conv.padding), both(conv.stride)),
        x);
  }

  /** Adds windows [B, C kernel kernel, L] up to an image [B, C, height, width]. */
  public static Tensor fold(Tensor x, long height, long width, int kernel, Conv conv) {
    return Tensor.run(
        "fold",
        () ->
            torch.col2im(
                x.nat(),
                new long[] {height, width},
                both(kernel),
                both(conv.dilation),
                both(conv.padding),
                both(conv.stride)),
        x);
  }

  // ---- putting together

  /** Joins tensors along an existing dimension. */
  public static Tensor cat(int dim, Tensor... tensors) {
    return Tensor.run("cat", () -> torch.cat(list(tensors), dim), tensors);
  }

  /** {@link #cat(int, Tensor...)} for a list. */
  public static Tensor cat(int dim, List<Tensor> tensors) {
    return cat(dim, tensors.toArray(Tensor[]::new));
  }

  /** Joins tensors of one shape along a new dimension. */
  public static Tensor stack(int dim, Tensor... tensors) {
    return Tensor.run("stack", () -> torch.stack(list(tensors), dim), tensors);
  }

  /** Rows of {@code table} [V, D] at {@code indices} (int64, any shape): [..., D]. */
  public static Tensor embedding(Tensor table, Tensor indices) {
    return Tensor.run(
        "embedding", () -> torch.embedding(table.nat(), indices.nat()), table, indices);
  }

  /** One-hot rows of {@code classes} elements, int64. */
  public static Tensor oneHot(Tensor indices, int classes) {
    return Tensor.run("oneHot", () -> torch.one_hot(indices.nat(), classes), indices);
  }

  /** The {@code k} largest elements along the last dimension, largest first. */
  public static TopK topk(Tensor x, int k) {
    var pair = Tensor.call("topk", () -> torch.topk(x.nat(), k), x);
    return new TopK(Tensor.wrapCopy(pair.get0(), "topk"), Tensor.wrapCopy(pair.get1(), "topk"));
  }

  /** Values and int64 indices, both [..., k]. */
  public record TopK(Tensor values, Tensor indices) {}

  // ---- losses: means over all elements

  /**
   * Cross entropy of logits [B, K] with class indices (int64 [B]) or class probabilities [B, K].
   *
   * @param smoothing share of the target spread over all classes, in [0, 1]
   */
  public static Tensor crossEntropy(Tensor logits, Tensor target, double smoothing) {
    return Tensor.run(
        "crossEntropy",
        () ->
            torch.cross_entropy_loss(
                logits.nat(), target.nat(), Gemm.optional(null), MEAN, -100, smoothing),
        logits,
        target);
  }

  /** Binary cross entropy of probabilities in [0, 1]. */
  public static Tensor bce(Tensor probabilities, Tensor target) {
    return Tensor.run(
        "bce",
        () -> torch.binary_cross_entropy(probabilities.nat(), target.nat()),
        probabilities,
        target);
  }

  /** Binary cross entropy of logits. */
  public static Tensor bceWithLogits(Tensor logits, Tensor target) {
    return Tensor.run(
        "bceWithLogits",
        () -> torch.binary_cross_entropy_with_logits(logits.nat(), target.nat()),
        logits,
        target);
  }

  /** Mean squared error. */
  public static Tensor mse(Tensor x, Tensor target) {
    return Tensor.run("mse", () -> torch.mse_loss(x.nat(), target.nat()), x, target);
  }

  /**
   * Mean of the Huber-like loss of Fast R-CNN (arXiv 1504.08083): half the square over {@code beta}
   * for differences below {@code beta}, else the difference less {@code beta / 2}.
   */
  public static Tensor smoothL1(Tensor x, Tensor target, double beta) {
    return Tensor.run(
        "smoothL1", () -> torch.smooth_l1_loss(x.nat(), target.nat(), MEAN, beta), x, target);
  }

  /**
   * Kullback-Leibler divergence of {@code target} from the distribution with the given logarithms,
   * both [B, K]: sum over classes, mean over the batch.
   */
  public static Tensor klDiv(Tensor logProbabilities, Tensor target) {
    return Tensor.run(
        "klDiv",
        () ->
            torch
                .kl_div(logProbabilities.nat(), target.nat(), SUM, false)
                .div(new Scalar((double) logProbabilities.size(0))),
        logProbabilities,
        target);
  }

  /** Mean absolute error. */
  public static Tensor l1(Tensor x, Tensor target) {
    return Tensor.run("l1", () -> torch.l1_loss(x.nat(), target.nat()), x, target);
  }

  private static final long MEAN = 1; // at::Reduction::Mean
  private static final long SUM = 2;

  private static long[] both(long value) {
    return new long[] {value, value};
  }

  private static TensorVector list(Tensor... tensors) {
    return new TensorVector(
        Arrays.stream(tensors).map(Tensor::nat).toArray(org.bytedeco.pytorch.Tensor[]::new));
  }

  private static Tensor[] inputs(@Nullable Tensor optional, Tensor... required) {
    List<Tensor> all = new ArrayList<>(List.of(required));
    if (optional != null) {
      all.add(optional);
    }
    return all.toArray(Tensor[]::new);
  }
}
