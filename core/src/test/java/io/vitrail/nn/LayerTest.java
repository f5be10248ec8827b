package io.vitrail.nn;

import static io.vitrail.testkit.TensorAssertions.assertClose;
import static io.vitrail.testkit.TensorAssertions.assertSame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vitrail.tensor.DType;
import io.vitrail.tensor.Engine;
import io.vitrail.tensor.F;
import io.vitrail.tensor.Optimizer;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.testkit.Waves;
import io.vitrail.weights.StoredTensor;
import io.vitrail.weights.Weights;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayerTest {
  private static <L extends Layer> L started(L layer) {
    try (Rng rng = Rng.seeded(1)) {
      layer.init(rng);
    }
    return layer;
  }

  /** A low-rank addition beside the old layer, as PEFT would make it. */
  private static final class Wrapper extends UnaryLayer {
    private final Slot base;
    private final Param scale = param("scale", 1);

    Wrapper(UnaryLayer old) {
      base = slot("base", old);
      scale.set(() -> Tensor.full(2, DType.F32, 1));
    }

    @Override
    public Tensor forward(Tensor x) {
      return base.forward(x).mul(scale.value());
    }
  }

  // ---- loading

  private static StateDict changed(Layer layer, Consumer<Map<String, StoredTensor>> change) {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    layer
        .state()
        .forEach(
            (key, param) ->
                tensors.put(
                    key,
                    StoredTensor.of(
                        key, new float[Math.toIntExact(param.count())], param.shape())));
    change.accept(tensors);
    return StateDict.of("net.safetensors", tensors);
  }

  @Test
  void what_does_not_fit_is_listed_with_near_names() {
    try (Layer net = new TinyNets.Vit()) {
      StateDict file =
          changed(
              net,
              t -> {
                t.put("cls_tokens", t.remove("cls_token"));
                t.remove("head.bias");
                t.put("pos_embed", StoredTensor.of("pos_embed", new float[80], 1, 10, 8));
              });
      assertThatThrownBy(() -> net.load(file))
          .isInstanceOf(StateDictException.class)
          .hasMessage(
              "'net.safetensors' does not fit Vit: 2 missing (cls_token, head.bias), 1 unexpected"
                  + " (cls_tokens), 1 misshapen (pos_embed expected [1, 5, 8], file has [1, 10, 8]);"
                  + " 'cls_token' may be cls_tokens");
      assertThatThrownBy(() -> file.tensor("head.bia"))
          .hasMessageStartingWith("'net.safetensors' has no tensor 'head.bia'; near: ");
      LoadReport report = net.loadWhatFits(file);
      assertThat(report.missing()).containsExactly("cls_token", "head.bias");
      assertThat(report.unexpected()).containsExactly("cls_tokens");
      assertThat(report.misshapen())
          .containsExactly(
              new LoadReport.Misshapen("pos_embed", List.of(1L, 5L, 8L), List.of(1L, 10L, 8L)));
      assertThat(net.state().get("head.weight").isSet()).isTrue();
      assertThatThrownBy(() -> net.state().get("head.bias").value())
          .hasMessage("'bias' [3] has no numbers yet: call init(rng) or load a weight file");
    }
  }

  @Test
  void saving_and_loading_keeps_every_bit(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("net.safetensors");
    try (Layer net = started(TinyNets.conv());
        Layer other = TinyNets.conv()) {
      StateDict.of(net).save(file);
      try (Weights weights = Weights.open(file)) {
        other.load(StateDict.of(weights));
      }
      net.state().forEach((key, p) -> assertSame(key, other.state().get(key).value(), p.value()));
    }
  }

  // ---- freezing, counting

  @Test
  void patterns_freeze_and_unfreeze() {
    try (Layer net = started(new TinyNets.Vit())) {
      int all = net.trainable().size();
      assertThat(all).isEqualTo(32);
      assertThat(net.freeze("**")).isEqualTo(32);
      assertThat(net.trainable()).isEmpty();
      assertThat(net.unfreeze("blocks.*.attn.qkv.*")).isEqualTo(4);
      assertThat(net.unfreeze("**.bias")).isEqualTo(15);
      assertThat(net.unfreeze("head.weight")).isEqualTo(1);
      assertThat(net.trainable()).hasSize(2 + 15 + 1).allMatch(Tensor::requiresGrad);
      assertThatThrownBy(() -> net.freeze("blocks.*.attn.q"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("no parameter matches 'blocks.*.attn.q'; near: blocks.");
    }
  }

  @Test
  void the_report_counts_parameters_and_bytes() {
    try (Layer net = started(TinyNets.conv())) {
      long expected = 6 * 27 + 12 + 8 * 27 + 8 + 16 + 8 * 16 + 4 + 8;
      assertThat(net.report()).isEqualTo(new ParamReport(expected, expected, 4 * expected));
      net.freeze("0.weight");
      assertThat(net.report().trainable()).isEqualTo(expected - 162);
      net.to(DType.BF16);
      assertThat(net.report().bytes()).isEqualTo(2 * expected);
      assertThat(new ParamReport(86_567_656, 294_912, 346_270_624))
          .hasToString("86,567,656 parameters, 294,912 trainable (0.34 %), 330.2 MiB");
    }
  }

  // ---- replacing

  @Test
  void layers_are_wrapped_by_pattern_and_the_old_one_keeps_its_keys_below() {
    try (Scope scope = Scope.open();
        TinyNets.Vit net = started(new TinyNets.Vit())) {
      Tensor x = Waves.of(1, 1, 3, 8, 8);
      Tensor before = net.forward(x);
      assertThat(net.replace("blocks.*.mlp.fc1", Wrapper::new))
          .containsExactly("blocks.0.mlp.fc1", "blocks.1.mlp.fc1");
      assertThat(net.state())
          .containsKeys("blocks.0.mlp.fc1.scale", "blocks.0.mlp.fc1.base.weight")
          .doesNotContainKey("blocks.0.mlp.fc1.weight");
      assertThat(net.layer("blocks.1.mlp.fc1")).isInstanceOf(Wrapper.class);
      assertThat(net.forward(x).toFloats()).isNotEqualTo(before.toFloats());
      net.replace("**.fc1", wrapper -> (UnaryLayer) wrapper.children().get("base"));
      assertThat(net.forward(x).toFloats()).isEqualTo(before.toFloats());
      assertThat(net.replace("head", Wrapper::new)).containsExactly("head");
      assertThat(net.replace("**.qkv", Wrapper::new)).hasSize(2);
    }
  }

  @Test
  void what_cannot_be_replaced_says_so() {
    try (Layer net = new TinyNets.Vit()) {
      assertThatThrownBy(() -> net.replace("blocks", old -> old))
          .hasMessage(
              "'blocks' is a LayerList, which its parent uses by type; only layers from one tensor"
                  + " to one can be replaced");
      assertThatThrownBy(() -> net.replace("blocks.*.attn.q_proj", old -> old))
          .hasMessageStartingWith("no layer matches 'blocks.*.attn.q_proj'; near: blocks.");
      assertThatThrownBy(() -> net.layer("blocks.0.att"))
          .hasMessageStartingWith("no layer 'blocks.0.att'; near: blocks.0.attn");
    }
  }

  // ---- conversions and lifetime

  @Test
  void conversions_reach_every_tensor() {
    try (Scope scope = Scope.open();
        Layer net = started(TinyNets.conv())) {
      net.channelsLast();
      assertThat(net.state().get("4.weight").value().isChannelsLast()).isTrue();
      Tensor before = ((UnaryLayer) net).forward(Waves.of(1, 1, 3, 8, 8));
      net.to(DType.F64);
      Tensor after = ((UnaryLayer) net).forward(Waves.of(1, 1, 3, 8, 8).to(DType.F64));
      assertThat(after.dtype()).isEqualTo(DType.F64);
      assertClose(after, before, 1e-5);
      assertThat(net.state().get("1.num_batches_tracked").value().dtype()).isEqualTo(DType.I64);
    }
  }

  @Test
  void close_frees_all_tensors() {
    long before = Engine.livePointers();
    Layer net = started(new TinyNets.Vit());
    net.to(DType.BF16).to(DType.F32);
    net.close();
    assertThat(Engine.livePointers()).isLessThanOrEqualTo(before);
  }

  // ---- random layers

  @Test
  void dropout_rests_in_eval_and_keeps_the_mean_in_training() {
    for (UnaryLayer drop : List.of(new Dropout(0.3), new DropPath(0.3))) {
      try (Scope scope = Scope.open();
          Rng rng = Rng.seeded(1)) {
        Tensor x = Tensor.ones(20_000, 2);
        assertThat(drop.forward(x)).isSameAs(x);
        drop.train(rng);
        Tensor y = drop.forward(x);
        assertThat(y.mean().item()).isCloseTo(1, within(0.02));
        assertThat(y.eq(0).to(DType.F32).mean().item()).isCloseTo(0.3, within(0.02));
        if (drop instanceof DropPath) {
          assertThat(y.select(1, 0).toFloats()).isEqualTo(y.select(1, 1).toFloats());
        }
        drop.eval();
        assertThat(drop.forward(x)).isSameAs(x);
      }
    }
    assertThatThrownBy(() -> new Dropout(1))
        .hasMessage("dropout needs a probability in [0, 1), got 1.0");
    assertThatThrownBy(() -> new DropPath(-0.1))
        .hasMessage("drop path needs a probability in [0, 1), got -0.1");
  }

  @Test
  void probabilities_to_drop_can_be_changed_between_forwards() {
    Dropout dropout = new Dropout(0);
    DropPath path = new DropPath(0);
    try (Scope scope = Scope.open();
        Rng rng = Rng.seeded(1)) {
      Tensor x = Tensor.ones(1000, 2);
      dropout.train(rng);
      path.train(rng);
      assertThat(dropout.forward(x)).isSameAs(x);
      assertThat(path.forward(x)).isSameAs(x);
      dropout.setProbability(0.5);
      path.setProbability(0.5);
      assertThat(dropout.probability()).isEqualTo(0.5);
      assertThat(path.probability()).isEqualTo(0.5);
      assertThat(dropout.forward(x).max().item()).isEqualTo(2);
      assertThat(path.forward(x).max().item()).isEqualTo(2);
      dropout.setProbability(0);
      assertThat(dropout.forward(x)).isSameAs(x);
    }
    assertThatThrownBy(() -> dropout.setProbability(1))
        .hasMessage("dropout needs a probability in [0, 1), got 1.0");
    assertThat(dropout.probability()).isZero();
  }

  @Test
  void dropout_in_a_transformer_acts_at_its_three_places() {
    MultiHeadAttention attention = started(new MultiHeadAttention(8, 2, 0.5));
    Mlp mlp = started(new Mlp(8, 16, 8, Activation.Kind.GELU, 0.5));
    try (Scope scope = Scope.open();
        Rng rng = Rng.seeded(1);
        attention;
        mlp) {
      Tensor x = Waves.of(1, 2, 50, 8);
      Tensor attended = attention.forward(x);
      assertThat(attention.children()).containsOnlyKeys("qkv", "proj", "proj_drop");
      assertThat(mlp.children()).containsOnlyKeys("fc1", "drop1", "fc2", "drop2");
      attention.train(rng);
      Tensor dropped = attention.forward(x);
      Tensor kept = dropped.ne(0).to(DType.F32);
      assertThat(kept.mean().item()).isCloseTo(0.5, within(0.06));
      assertClose(dropped, attended.mul(2).mul(kept), 1e-6);
      mlp.train(rng);
      assertThat(mlp.forward(x).eq(0).to(DType.F32).mean().item()).isCloseTo(0.5, within(0.06));
      ((Dropout) mlp.layer("drop2")).setProbability(0);
      assertThat(mlp.forward(x).eq(0).any()).isFalse();
      assertThat(mlp.forward(x).sub(mlp.forward(x)).abs().max().item()).isPositive(); // drop1
    }
  }

  @Test
  void layer_scale_multiplies_each_channel() {
    LayerScale scale = started(new LayerScale(3, 0.25));
    try (Scope scope = Scope.open();
        scale) {
      Tensor x = Waves.of(1, 2, 5, 3);
      assertThat(scale.state()).containsOnlyKeys("gamma");
      assertClose(scale.forward(x), x.mul(0.25), 0);
      scale.state().get("gamma").set(() -> Tensor.of(new float[] {1, 2, 3}, 3));
      assertClose(scale.forward(x).select(2, 2), x.select(2, 2).mul(3), 0);
    }
  }

  @Test
  void transformer_layers_start_small() {
    Mlp mlp = started(new Mlp(64, 256, 64, Activation.Kind.GELU));
    MultiHeadAttention attention = started(new MultiHeadAttention(64, 2));
    try (Scope scope = Scope.open();
        mlp;
        attention) {
      for (Layer layer : List.of(mlp, attention)) {
        layer
            .state()
            .forEach(
                (key, param) ->
                    assertThat(deviation(param.value()))
                        .as(key)
                        .isCloseTo(key.endsWith("weight") ? 0.02 : 0, within(1e-3)));
      }
    }
  }

  @Test
  void layers_start_as_pytorch_starts_them() {
    try (Scope scope = Scope.open();
        Rng rng = Rng.seeded(3);
        Linear linear = new Linear(400, 200);
        Conv2d conv = new Conv2d(16, 64, 3, F.Conv.DEFAULT);
        Embedding embedding = new Embedding(100, 100)) {
      uniform(linear.init(rng), "weight", 1 / Math.sqrt(400));
      uniform(linear, "bias", 1 / Math.sqrt(400));
      uniform(conv.init(rng), "weight", 1 / Math.sqrt(16 * 9));
      uniform(conv, "bias", 1 / Math.sqrt(16 * 9));
      embedding.init(rng);
      assertThat(deviation(embedding.weight().value())).isCloseTo(1, within(0.03));
      assertThat(deviation(Init.truncNormal(rng, 0.02, 200, 200))).isCloseTo(0.02, within(5e-4));
      Tensor cut = Init.truncNormal(rng, 2, 200, 200); // cut at one deviation
      assertThat(cut.abs().max().item()).isBetween(1.99, 2.0);
      assertThat(deviation(cut)).isCloseTo(2 * 0.5396, within(0.01));
      assertThat(deviation(Init.kaimingNormal(rng, Math.sqrt(2), 100, 200)))
          .isCloseTo(0.1, within(2e-3));
      assertThat(deviation(Init.kaimingNormalFanOut(rng, Math.sqrt(2), 200, 10, 1, 1)))
          .isCloseTo(0.1, within(5e-3));
      assertThat(deviation(Init.xavierNormal(rng, 100, 100))).isCloseTo(0.1, within(3e-3));
      assertThat(Init.xavierUniform(rng, 100, 100).max().item())
          .isCloseTo(Math.sqrt(0.03), within(1e-3));
    }
  }

  private static void uniform(Layer layer, String name, double bound) {
    Tensor t = layer.state().get(name).value();
    assertThat(t.abs().max().item()).isBetween(bound * 0.95, bound);
    assertThat(t.mean().item()).isCloseTo(0, within(bound * 0.15));
  }

  private static double deviation(Tensor t) {
    return t.detach().flatten(0, -1).std(false, 0).item();
  }

  // ---- learning

  @Test
  void tiny_networks_overfit_eight_samples_and_two_runs_agree_bit_for_bit() {
    for (Supplier<UnaryLayer> make :
        List.<Supplier<UnaryLayer>>of(
            TinyNets.Vit::new,
            () -> new Sequential(TinyNets.conv(), new Flat(), new Linear(4, 3)))) {
      float[] first = overfit(make.get());
      assertThat(first[0]).isLessThan(0.3f);
      assertThat(overfit(make.get())).isEqualTo(first);
    }
  }

  private static final class Flat extends UnaryLayer {
    @Override
    public Tensor forward(Tensor x) {
      return x.flatten(1, -1);
    }
  }

  /** The last loss, then all weights. */
  private static float[] overfit(UnaryLayer net) {
    try (Rng rng = Rng.seeded(7);
        Layer closing = net) {
      net.init(rng);
      net.train(rng);
      double loss = 0;
      try (Optimizer adam = Optimizer.of(Optimizer.AdamW.withLearningRate(0.02), net.trainable())) {
        for (int step = 0; step < 80; step++) {
          try (Scope scope = Scope.open()) {
            Tensor x = Waves.of(3, 8, 3, 8, 8);
            Tensor y = Tensor.of(new long[] {0, 1, 2, 0, 1, 2, 0, 1}, 8);
            adam.zeroGrad();
            Tensor l = F.crossEntropy(net.forward(x), y, 0);
            l.backward();
            adam.step();
            loss = l.item();
          }
        }
      }
      try (Scope scope = Scope.open()) {
        float[] weights =
            F.cat(0, net.trainable().stream().map(t -> t.detach().reshape(-1)).toList()).toFloats();
        float[] result = new float[weights.length + 1];
        result[0] = (float) loss;
        System.arraycopy(weights, 0, result, 1, weights.length);
        return result;
      }
    }
  }

  @Test
  void only_what_is_not_frozen_moves() {
    try (TinyNets.Vit net = started(new TinyNets.Vit());
        Scope scope = Scope.open()) {
      net.freeze("**");
      net.unfreeze("**.bias");
      Map<String, Tensor> before = new LinkedHashMap<>();
      net.state().forEach((key, p) -> before.put(key, p.value().detach().copy()));
      try (Optimizer sgd = Optimizer.of(Optimizer.Sgd.withLearningRate(0.1), net.trainable())) {
        net.forward(Waves.of(3, 2, 3, 8, 8)).pow(2).sum().backward();
        sgd.step();
      }
      net.state()
          .forEach(
              (key, p) -> {
                boolean moved = p.value().ne(before.get(key)).any();
                assertThat(moved).as(key).isEqualTo(key.endsWith("bias"));
              });
    }
  }
}
