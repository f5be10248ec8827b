package io.vitrail.tensor;

import static io.vitrail.testkit.TensorAssertions.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.vitrail.testkit.Goldens;
import io.vitrail.testkit.Thin;
import io.vitrail.testkit.Waves;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every operator against PyTorch, forward and backward: tools/goldens/core/ops.py. */
class OpsParityTest {
  /** Sums of a few hundred float32 products in another order. */
  private static final double TOLERANCE = 1e-5;

  /** One rounding of inputs or results to 8 bits, once or twice. */
  private static final double BF16_TOLERANCE = 2e-2;

  private static final Goldens GOLDENS = Goldens.open("goldens/ops.safetensors");

  private final Map<String, Case> cases = new LinkedHashMap<>();

  private interface Op {
    List<Tensor> apply(List<Tensor> inputs);
  }

  private record Case(Op op, List<Function<Scope, Tensor>> inputs) {}

  @AfterAll
  static void close() {
    GOLDENS.close();
  }

  @TestFactory
  Stream<org.junit.jupiter.api.DynamicTest> same_results_and_gradients_as_pytorch() {
    declare();
    return cases.entrySet().stream().map(e -> dynamicTest(e.getKey(), () -> check(e.getKey())));
  }

  @Test
  void every_golden_has_a_case() {
    declare();
    assertThat(cases.keySet())
        .containsAll(
            GOLDENS.names().stream()
                .map(name -> name.substring(0, name.indexOf('/')))
                .filter(name -> !name.startsWith("nn_") && !name.startsWith("optim_"))
                .filter(name -> !name.equals("second_derivative"))
                .collect(Collectors.toSet()));
  }

  private void check(String name) {
    double tolerance =
        name.startsWith("bf16") || name.startsWith("autocast") ? BF16_TOLERANCE : TOLERANCE;
    try (Scope scope = Scope.open()) {
      Case c = cases.get(name);
      List<Tensor> inputs =
          new ArrayList<>(c.inputs.stream().map(input -> input.apply(scope)).toList());
      boolean grads = GOLDENS.names().stream().anyMatch(n -> n.startsWith(name + "/grad."));
      inputs.replaceAll(t -> grads && t.dtype().isFloating() ? t.copy().requiresGrad(true) : t);

      List<Tensor> outputs = c.op.apply(inputs);
      Tensor loss = Tensor.scalar(0);
      for (int i = 0; i < outputs.size(); i++) {
        Tensor out = outputs.get(i);
        String key = outputs.size() == 1 ? name + "/out" : name + "/out." + i;
        assertClose(key, Thin.of(out), GOLDENS.tensor(key), tolerance);
        if (grads && out.dtype().isFloating()) {
          loss = loss.add(out.mul(Waves.of(99, out.shape())).sum());
        }
      }
      if (grads) {
        loss.backward();
      }
      for (int i = 0; i < inputs.size(); i++) {
        String key = name + "/grad." + i;
        if (GOLDENS.has(key)) {
          Tensor grad = inputs.get(i).grad();
          assertThat(grad).as(key).isNotNull();
          assertClose(key, Thin.of(grad), GOLDENS.tensor(key), tolerance);
        }
      }
    }
  }

  // ---- the cases, in the order of the script

  private static Function<Scope, Tensor> wave(int seed, long... shape) {
    return scope -> Waves.of(seed, shape);
  }

  private static Function<Scope, Tensor> map(
      Function<Scope, Tensor> input, Function<Tensor, Tensor> change) {
    return input.andThen(change);
  }

  private static final Function<Scope, Tensor> A = wave(1, 2, 3, 4);
  private static final Function<Scope, Tensor> B = wave(2, 2, 3, 4);
  private static final Function<Scope, Tensor> C = wave(3, 4);
  private static final Function<Scope, Tensor> POS = map(wave(4, 2, 3, 4), t -> t.abs().add(0.5));
  private static final Function<Scope, Tensor> M = wave(5, 4, 6);
  private static final Function<Scope, Tensor> N = wave(6, 6, 5);
  private static final Function<Scope, Tensor> IMG = wave(7, 2, 4, 7, 6);

  private static Tensor index() {
    return Tensor.of(new long[] {2, 0, 1}, 3);
  }

  private static Tensor gatherIndex() {
    return Tensor.of(new long[] {0, 2, 1, 0, 1, 1, 0, 2}, 2, 1, 4);
  }

  @SafeVarargs
  private void one(String name, Function<Tensor, Tensor> op, Function<Scope, Tensor>... inputs) {
    all(name, in -> List.of(op.apply(in.get(0))), inputs);
  }

  private interface Two {
    Tensor apply(Tensor a, Tensor b);
  }

  private interface Three {
    Tensor apply(Tensor a, Tensor b, Tensor c);
  }

  private void two(String name, Two op, Function<Scope, Tensor> a, Function<Scope, Tensor> b) {
    all(name, in -> List.of(op.apply(in.get(0), in.get(1))), a, b);
  }

  private void three(
      String name,
      Three op,
      Function<Scope, Tensor> a,
      Function<Scope, Tensor> b,
      Function<Scope, Tensor> c) {
    all(name, in -> List.of(op.apply(in.get(0), in.get(1), in.get(2))), a, b, c);
  }

  @SafeVarargs
  private void all(String name, Op op, Function<Scope, Tensor>... inputs) {
    cases.put(name, new Case(op, List.of(inputs)));
  }

  private void declare() {
    cases.clear();
    arithmetic();
    comparisons();
    reductions();
    shapes();
    products();
    activationsAndNorms();
    poolingAndSizes();
    losses();
    bfloat16();
  }

  private void arithmetic() {
    two("add", Tensor::add, A, B);
    two("sub", Tensor::sub, A, B);
    two("mul", Tensor::mul, A, B);
    two("div", Tensor::div, A, B);
    two("maximum", Tensor::maximum, A, B);
    two("minimum", Tensor::minimum, A, B);
    two("add_broadcast", Tensor::add, A, C);
    one("add_scalar", x -> x.add(1.5), A);
    one("sub_scalar", x -> x.sub(1.5), A);
    one("sub_from", x -> x.subFrom(1.5), A);
    one("mul_scalar", x -> x.mul(1.5), A);
    one("div_scalar", x -> x.div(1.5), A);
    one("neg", Tensor::neg, A);
    one("abs", Tensor::abs, A);
    one("exp", Tensor::exp, A);
    one("sin", Tensor::sin, A);
    one("cos", Tensor::cos, A);
    one("tanh", Tensor::tanh, A);
    one("erf", Tensor::erf, A);
    one("erf_inv", Tensor::erfInv, map(A, x -> x.mul(0.9)));
    one("log", Tensor::log, POS);
    one("sqrt", Tensor::sqrt, POS);
    one("rsqrt", Tensor::rsqrt, POS);
    one("reciprocal", Tensor::reciprocal, POS);
    one("pow", x -> x.pow(2.5), POS);
    Function<Scope, Tensor> large = map(A, x -> x.mul(3));
    one("floor", Tensor::floor, large);
    one("ceil", Tensor::ceil, large);
    one("round", Tensor::round, large);
    one("sign", Tensor::sign, large);
    one("clamp_min", x -> x.clampMin(0.1), A);
    one("clamp_max", x -> x.clampMax(0.1), A);
    one("clamp", x -> x.clamp(-0.4, 0.6), A);
    two("matmul_2d", Tensor::matmul, M, N);
    two("matmul_3d_2d", Tensor::matmul, A, M);
    two("matmul_batched", Tensor::matmul, A, wave(8, 2, 4, 3));
    two("matmul_vector", Tensor::matmul, M, wave(9, 6));
  }

  private void comparisons() {
    Function<Scope, Tensor> a = map(A, Tensor::round);
    Function<Scope, Tensor> b = map(B, Tensor::round);
    two("eq", Tensor::eq, a, b);
    two("ne", Tensor::ne, a, b);
    two("gt", Tensor::gt, a, b);
    two("ge", Tensor::ge, a, b);
    two("lt", Tensor::lt, a, b);
    two("le", Tensor::le, a, b);
    one("eq_scalar", x -> x.eq(0), a);
    one("ne_scalar", x -> x.ne(0), a);
    one("gt_scalar", x -> x.gt(0), a);
    one("ge_scalar", x -> x.ge(0), a);
    one("lt_scalar", x -> x.lt(0), a);
    one("le_scalar", x -> x.le(0), a);
    two("logic", (x, y) -> x.gt(0).and(y.gt(0)).or(x.gt(y).not()), A, B);
    one("all_dims", x -> x.gt(-0.8).all(false, 1, 2), A);
    one("any_dims", x -> x.gt(0.9).any(true, 2), A);
    one("masked_fill", x -> x.maskedFill(x.gt(0), 7), A);
    two("where", (x, y) -> x.where(x.gt(0), y), A, B);
    one("masked_select", x -> x.maskedSelect(x.gt(0)), A);
    one("nonzero", x -> x.gt(0.5).nonzero(), A);
  }

  private void reductions() {
    one("sum", Tensor::sum, A);
    one("sum_dims", x -> x.sum(true, 0, 2), A);
    one("mean", Tensor::mean, A);
    one("mean_dims", x -> x.mean(false, 1), A);
    one("variance", x -> x.variance(false, 1, 2), A);
    one("std", x -> x.std(true, 2), A);
    one("norm", x -> x.norm(false, 1, 2), A);
    one("prod", x -> x.prod(1), A);
    one("max", Tensor::max, A);
    one("max_dims", x -> x.max(false, 1, 2), A);
    one("min", Tensor::min, A);
    one("min_dims", x -> x.min(true, 0), A);
    one("argmax", x -> x.argmax(2), A);
    one("argmin", x -> x.argmin(1), A);
    one("cumsum", x -> x.cumsum(1), A);
    all(
        "sort",
        in -> {
          Tensor.Sorted sorted = in.get(0).sort(2, Tensor.Order.DESCENDING);
          return List.of(sorted.values(), sorted.indices());
        },
        A);
    all(
        "topk",
        in -> {
          F.TopK top = F.topk(in.get(0), 2);
          return List.of(top.values(), top.indices());
        },
        A);
  }

  private void shapes() {
    one("reshape", x -> x.reshape(4, -1), A);
    one("flatten", x -> x.flatten(1, 2), A);
    one("permute", x -> x.permute(2, 0, 1), A);
    one("transpose", x -> x.transpose(0, -1), A);
    one("t", Tensor::t, M);
    one(
        "unsqueeze_squeeze",
        x -> x.unsqueeze(1).expand(2, 5, 3, 4).sum(false, 1).unsqueeze(0).squeeze(0),
        A);
    one("repeat", x -> x.repeat(2, 1, 3), A);
    one("repeat_interleave", x -> x.repeatInterleave(2, 1), A);
    one("narrow", x -> x.narrow(1, 1, 2), A);
    one("select", x -> x.select(2, 1), A);
    one("index_select", x -> x.indexSelect(1, index()), A);
    one("gather", x -> x.gather(1, gatherIndex()), A);
    two("scatter", (x, y) -> x.scatter(1, gatherIndex(), y), A, wave(10, 2, 1, 4));
    two("scatter_add", (x, y) -> x.scatterAdd(1, gatherIndex(), y), A, wave(10, 2, 1, 4));
    two(
        "index_put",
        (x, y) -> x.indexPut(y, Tensor.of(new long[] {0, 1}, 2), Tensor.of(new long[] {2, 0}, 2)),
        A,
        wave(11, 2, 4));
    one("tril", x -> x.tril(1), A);
    one("triu", x -> x.triu(-1), A);
    all("chunk", in -> in.get(0).chunk(2, 2), A);
    all("split", in -> in.get(0).split(2, 1, 3), A);
    all("unbind", in -> in.get(0).unbind(1), A);
    one("flip", x -> x.flip(0, 2), A);
    one("roll", x -> x.roll(new long[] {1, 2}, 1, 2), A);
    two("cat", (x, y) -> F.cat(1, x, y), A, B);
    two("stack", (x, y) -> F.stack(1, x, y), A, B);
    two("lerp", (x, y) -> x.copy().lerpInPlace(y, 0.3), A, B);
  }

  private void products() {
    three("linear", F::linear, A, wave(12, 5, 4), wave(13, 5));
    two("linear_no_bias", (x, w) -> F.linear(x, w, null), A, wave(12, 5, 4));
    three("linear_large", F::linear, wave(14, 2, 700, 96), wave(15, 64, 96), wave(16, 64));
    two(
        "linear_large_no_bias",
        (x, w) -> F.linear(x, w, null),
        wave(14, 1400, 96),
        wave(15, 64, 96));
    two(
        "linear_large_transposed",
        (x, w) -> F.linear(x.transpose(0, 1), w.t(), null),
        wave(14, 96, 1400),
        wave(15, 96, 64));
    two("matmul_large", Tensor::matmul, wave(17, 300, 200), wave(18, 200, 100));
    two("matmul_large_batched", Tensor::matmul, wave(17, 4, 128, 96), wave(18, 4, 96, 128));
    two("matmul_large_3d_2d", Tensor::matmul, wave(17, 3, 300, 96), wave(18, 96, 80));
    two("einsum", (x, y) -> F.einsum("bnd,bmd->bnm", x, y), A, B);
    F.Conv conv = F.Conv.DEFAULT;
    Function<Scope, Tensor> kernel = wave(19, 6, 4, 3, 3);
    three("conv2d", (x, w, y) -> F.conv2d(x, w, y, conv.withPadding(1)), IMG, kernel, wave(20, 6));
    two(
        "conv2d_strided_grouped",
        (x, w) -> F.conv2d(x, w, null, new F.Conv(2, 1, 1, 2)),
        IMG,
        wave(19, 6, 2, 3, 3));
    two(
        "conv2d_dilated",
        (x, w) -> F.conv2d(x, w, null, conv.withPadding(2).withDilation(2)),
        IMG,
        wave(19, 5, 4, 3, 3));
    three(
        "conv2d_large",
        (x, w, y) -> F.conv2d(x, w, y, conv.withPadding(1)),
        wave(21, 1, 16, 48, 40),
        wave(22, 24, 16, 3, 3),
        wave(23, 24));
    three(
        "conv_transpose2d",
        (x, w, y) -> F.convTranspose2d(x, w, y, new F.Conv(2, 1, 1, 1), 1),
        IMG,
        wave(24, 4, 5, 3, 3),
        wave(25, 5));
    two(
        "conv_transpose2d_grouped",
        (x, w) -> F.convTranspose2d(x, w, null, conv.withStride(2).withGroups(2), 0),
        IMG,
        wave(24, 4, 3, 2, 2));
    Function<Scope, Tensor> q = wave(26, 2, 3, 5, 8);
    Function<Scope, Tensor> k = wave(27, 2, 3, 6, 8);
    Function<Scope, Tensor> v = wave(28, 2, 3, 6, 8);
    three("attention", (x, y, z) -> F.attention(x, y, z, null, 0.3), q, k, v);
    all(
        "attention_bias",
        in -> List.of(F.attention(in.get(0), in.get(1), in.get(2), in.get(3), 0.3)),
        q,
        k,
        v,
        wave(29, 1, 3, 5, 6));
    three(
        "attention_long",
        (x, y, z) -> F.attention(x, y, z, null, 0.25),
        wave(26, 1, 2, 197, 16),
        wave(27, 1, 2, 197, 16),
        wave(28, 1, 2, 197, 16));
  }

  private void activationsAndNorms() {
    one("relu", F::relu, A);
    one("gelu", F::gelu, A);
    one("silu", F::silu, A);
    one("sigmoid", F::sigmoid, A);
    one("gelu_tanh", F::geluTanh, A);
    one("quick_gelu", x -> x.mul(F.sigmoid(x.mul(1.702))), A);
    one("leaky_relu", x -> F.leakyRelu(x, 0.2), A);
    one("softmax", x -> F.softmax(x, 1), A);
    one("log_softmax", x -> F.logSoftmax(x, -1), A);
    three("layer_norm", (x, w, y) -> F.layerNorm(x, w, y, 1e-6), A, C, wave(30, 4));
    one("layer_norm_plain", x -> F.layerNorm(x, null, null, 1e-5), A);
    three("group_norm", (x, w, y) -> F.groupNorm(x, 2, w, y, 1e-5), IMG, C, wave(30, 4));
    one("normalize", x -> F.normalize(x, 1), A);
  }

  private void poolingAndSizes() {
    one("max_pool2d", x -> F.maxPool2d(x, 3, 2, 1, false), IMG);
    one("max_pool2d_ceil", x -> F.maxPool2d(x, 2, 2, 0, true), IMG);
    one("avg_pool2d", x -> F.avgPool2d(x, 3, 2, 1), IMG);
    one("adaptive_avg_pool2d", x -> F.adaptiveAvgPool2d(x, 3, 2), IMG);
    one("interpolate_nearest", x -> F.interpolate(x, 9, 11, F.Interpolation.NEAREST), IMG);
    one("interpolate_bilinear", x -> F.interpolate(x, 9, 11, F.Interpolation.BILINEAR), IMG);
    one("interpolate_bicubic", x -> F.interpolate(x, 5, 11, F.Interpolation.BICUBIC), IMG);
    one("interpolate_corners", x -> F.interpolateAlignCorners(x, 9, 11), IMG);
    one("pixel_shuffle", x -> F.pixelShuffle(x, 2), IMG);
    one("pad_constant", x -> F.pad(x, 1, 2, 3, 0, F.Padding.ZERO), IMG);
    one("pad_reflect", x -> F.pad(x, 1, 2, 3, 0, F.Padding.REFLECT), IMG);
    one("pad_replicate", x -> F.pad(x, 1, 2, 3, 0, F.Padding.REPLICATE), IMG);
    one("pad_circular", x -> F.pad(x, 1, 2, 3, 0, F.Padding.CIRCULAR), IMG);
    Function<Scope, Tensor> grid = map(wave(31, 2, 5, 4, 2), g -> g.mul(1.1));
    two("grid_sample", (x, g) -> F.gridSample(x, g, false), IMG, grid);
    two("grid_sample_corners", (x, g) -> F.gridSample(x, g, true), IMG, grid);
    one("unfold", x -> F.unfold(x, 3, new F.Conv(2, 1, 1, 1)), IMG);
    one("fold", x -> F.fold(x, 6, 5, 2, F.Conv.DEFAULT), wave(32, 1, 8, 20));
    one("embedding", t -> F.embedding(t, index()), M);
    one("one_hot", i -> F.oneHot(i, 4), scope -> index());
  }

  private void losses() {
    Function<Scope, Tensor> logits = wave(33, 3, 5);
    Function<Scope, Tensor> probs = map(wave(34, 3, 5), t -> t.abs().div(2));
    one("cross_entropy", x -> F.crossEntropy(x, index(), 0), logits);
    one("cross_entropy_smooth", x -> F.crossEntropy(x, index(), 0.1), logits);
    two("cross_entropy_soft", (x, y) -> F.crossEntropy(x, y, 0), logits, probs);
    two("bce", F::bce, map(wave(35, 3, 5), t -> t.abs().mul(0.9).add(0.05)), probs);
    two("bce_with_logits", F::bceWithLogits, logits, probs);
    two("mse", F::mse, logits, probs);
    two("l1", F::l1, logits, probs);
    two("smooth_l1", (x, y) -> F.smoothL1(x, y, 0.5), logits, probs);
    two("kl_div", (x, y) -> F.klDiv(F.logSoftmax(x, 1), y), logits, map(probs, t -> t.add(0.1)));
  }

  private void bfloat16() {
    DType b = DType.BF16;
    Function<Scope, Tensor> kernel = wave(19, 6, 4, 3, 3);
    F.Conv padded = F.Conv.DEFAULT.withPadding(1);
    two(
        "bf16_linear",
        (x, w) -> F.linear(x.to(b), w.to(b), null).to(DType.F32),
        wave(36, 6, 32),
        wave(37, 5, 32));
    two(
        "bf16_conv2d",
        (x, w) -> F.conv2d(x.to(b), w.to(b), null, padded).to(DType.F32),
        IMG,
        kernel);
    three(
        "bf16_attention",
        (q, k, v) -> F.attention(q.to(b), k.to(b), v.to(b), null, 0.3).to(DType.F32),
        wave(26, 2, 3, 5, 8),
        wave(27, 2, 3, 6, 8),
        wave(28, 2, 3, 6, 8));
    three(
        "autocast_linear",
        (x, w, y) -> autocast(() -> F.linear(x, w, y)),
        wave(36, 6, 32),
        wave(37, 5, 32),
        wave(38, 5));
    two("autocast_matmul", (x, y) -> autocast(() -> x.matmul(y)), M, N);
    two("autocast_conv2d", (x, w) -> autocast(() -> F.conv2d(x, w, null, padded)), IMG, kernel);
  }

  private static Tensor autocast(java.util.function.Supplier<Tensor> body) {
    try (Mode mode = Mode.autocast(DType.BF16)) {
      Tensor out = body.get();
      assertThat(out.dtype()).isEqualTo(DType.BF16);
      return out.to(DType.F32);
    }
  }
}
