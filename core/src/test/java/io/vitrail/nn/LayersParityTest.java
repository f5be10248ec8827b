package io.vitrail.nn;

import static io.vitrail.testkit.TensorAssertions.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.vitrail.tensor.F;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.testkit.Goldens;
import io.vitrail.testkit.Thin;
import io.vitrail.testkit.Waves;
import io.vitrail.weights.StoredTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every layer against PyTorch's: keys and their order, forward, all gradients. */
class LayersParityTest {
  private static final double TOLERANCE = 1e-5;
  private static final Goldens GOLDENS = Goldens.open("goldens/ops.safetensors");

  private record Case(UnaryLayer layer, int seed, long[] shape) {}

  @AfterAll
  static void close() {
    GOLDENS.close();
  }

  private static Map<String, Case> cases() {
    Map<String, Case> cases = new LinkedHashMap<>();
    long[] a = {2, 3, 4};
    long[] img = {2, 4, 7, 6};
    long[] photo = {2, 3, 8, 8};
    F.Conv strided = new F.Conv(2, 2, 2, 2);
    cases.put("nn_linear", new Case(new Linear(4, 5), 1, a));
    cases.put("nn_linear_no_bias", new Case(new Linear(4, 5, Bias.NO), 1, a));
    cases.put("nn_conv2d", new Case(new Conv2d(4, 6, 3, F.Conv.DEFAULT.withPadding(1)), 7, img));
    cases.put("nn_conv2d_grouped", new Case(new Conv2d(4, 6, 3, strided, Bias.NO), 7, img));
    cases.put(
        "nn_conv_transpose2d",
        new Case(new ConvTranspose2d(4, 6, 3, new F.Conv(2, 1, 1, 2), 1, Bias.YES), 7, img));
    cases.put("nn_batch_norm_train", new Case(new BatchNorm2d(4), 7, img));
    cases.put("nn_batch_norm_eval", new Case(new BatchNorm2d(4), 7, img));
    cases.put("nn_layer_norm", new Case(new LayerNorm(4, 1e-6), 1, a));
    cases.put("nn_layer_norm2d", new Case(new LayerNorm2d(4, 1e-6), 7, img));
    cases.put("nn_group_norm", new Case(new GroupNorm(2, 4, 1e-5), 7, img));
    cases.put("nn_embedding", new Case(new Embedding(5, 6), -1, new long[] {3}));
    cases.put("nn_attention", new Case(new MultiHeadAttention(8, 2), 39, new long[] {2, 5, 8}));
    cases.put("nn_mlp", new Case(new Mlp(4, 6, 4, Activation.Kind.GELU), 1, a));
    cases.put("nn_upsample", new Case(new Upsample(2, F.Interpolation.BILINEAR), 7, img));
    cases.put("nn_max_pool", new Case(Pool2d.max(3, 2, 1), 7, img));
    cases.put("nn_max_pool_ceil", new Case(Pool2d.maxCeil(2, 2, 0), 7, img));
    cases.put("nn_avg_pool", new Case(Pool2d.average(2, 2, 0), 7, img));
    cases.put("nn_global_pool", new Case(Pool2d.globalAverage(), 7, img));
    cases.put("nn_vit", new Case(new TinyNets.Vit(), 40, photo));
    cases.put("nn_conv_net", new Case(TinyNets.conv(), 40, photo));
    return cases;
  }

  @TestFactory
  Stream<DynamicTest> keys_results_and_gradients_are_those_of_pytorch() {
    return cases().entrySet().stream()
        .map(e -> dynamicTest(e.getKey(), () -> check(e.getKey(), e.getValue())));
  }

  @Test
  void every_golden_layer_has_a_case() {
    assertThat(cases().keySet())
        .isEqualTo(
            GOLDENS.notes().keySet().stream()
                .filter(key -> key.startsWith("keys/"))
                .map(key -> key.substring(5))
                .collect(Collectors.toSet()));
  }

  /** Waves 1, 2, ... in state order, as the script fills them. */
  private static StateDict waves(Layer layer) {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    int[] seed = {0};
    layer
        .state()
        .forEach(
            (key, param) -> {
              seed[0]++;
              long[] shape = param.shape();
              if (!param.storedAs().isFloating()) {
                tensors.put(key, StoredTensor.of(key, new long[] {0}, shape));
                return;
              }
              float[] values = Waves.values(seed[0], shape);
              for (int i = 0; i < values.length; i++) {
                values[i] *= 0.5f;
                if (key.endsWith("running_var")) {
                  values[i] = Math.abs(values[i]) + 0.5f;
                }
              }
              tensors.put(key, StoredTensor.of(key, values, shape));
            });
    return StateDict.of("waves", tensors);
  }

  private static void check(String name, Case c) {
    String keys = GOLDENS.notes().get("keys/" + name);
    assertThat(String.join("\n", c.layer.state().keySet())).as("keys").isEqualTo(keys);
    c.layer.load(waves(c.layer));
    boolean train = GOLDENS.names().stream().anyMatch(n -> n.startsWith(name + "/buffer/"));
    try (Scope scope = Scope.open();
        Rng rng = Rng.seeded(1);
        Layer layer = c.layer) {
      if (train) {
        layer.train(rng);
      }
      Tensor x =
          c.seed < 0
              ? Tensor.of(new long[] {2, 0, 1}, 3)
              : Waves.of(c.seed, c.shape).requiresGrad(true);
      Tensor out = c.layer.forward(x);
      assertClose("out", Thin.of(out), GOLDENS.tensor(name + "/out"), TOLERANCE);
      out.mul(Waves.of(99, out.shape())).sum().backward();
      if (c.seed >= 0) {
        assertClose("x", Thin.of(x.grad()), GOLDENS.tensor(name + "/grad.0"), TOLERANCE);
      }
      layer
          .state()
          .forEach(
              (key, param) -> {
                if (param.kind() == Param.Kind.PARAMETER) {
                  Tensor golden = GOLDENS.tensor(name + "/grad/" + key);
                  assertClose(key, Thin.of(param.value().grad()), golden, TOLERANCE);
                } else if (train) {
                  Tensor golden = GOLDENS.tensor(name + "/buffer/" + key);
                  assertClose(key, param.value(), golden, TOLERANCE);
                }
              });
    }
  }

  @Test
  void batch_norm_folds_into_the_convolution_before_it() {
    try (Scope scope = Scope.open();
        Conv2d conv = new Conv2d(4, 6, 3, F.Conv.DEFAULT);
        BatchNorm2d norm = new BatchNorm2d(6)) {
      conv.load(waves(conv));
      norm.load(waves(norm));
      Tensor x = Waves.of(7, 2, 4, 7, 6);
      Tensor before = norm.forward(conv.forward(x));
      norm.foldInto(conv);
      assertClose(conv.forward(x), before, TOLERANCE);
      assertThat(List.of(conv.weight().value().requiresGrad())).containsExactly(true);
    }
  }
}
