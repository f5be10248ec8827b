package io.vitrail.vision.vit;

import static io.vitrail.testkit.TensorAssertions.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.vitrail.nn.DropPath;
import io.vitrail.nn.Dropout;
import io.vitrail.nn.Layer;
import io.vitrail.nn.Slot;
import io.vitrail.nn.UnaryLayer;
import io.vitrail.tensor.DType;
import io.vitrail.tensor.F;
import io.vitrail.tensor.Mode;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.testkit.Formula;
import io.vitrail.testkit.Goldens;
import io.vitrail.testkit.Leaks;
import io.vitrail.testkit.Thin;
import io.vitrail.vision.vit.VisionTransformer.Config;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class VisionTransformerTest {
  private static final double PER_BLOCK = 1e-5;
  private static final double NETWORK = 1e-4;
  private static final Goldens GOLDENS = Goldens.open("goldens/vit.safetensors");

  @AfterAll
  static void close() {
    GOLDENS.close();
  }

  private static Tensor images(Config config) {
    int pixels = config.imageSize();
    return Formula.given("images", 2, config.channels(), pixels, pixels);
  }

  private static VisionTransformer started(Config config, long seed) {
    VisionTransformer model = new VisionTransformer(config);
    try (Rng rng = Rng.seeded(seed)) {
      model.init(rng);
    }
    return model;
  }

  // ---- against timm

  @TestFactory
  Stream<DynamicTest> every_step_gives_what_timm_gives() {
    return Forms.ALL.entrySet().stream()
        .map(form -> dynamicTest(form.getKey(), () -> checkSteps(form.getKey(), form.getValue())));
  }

  private static void checkSteps(String form, Config config) {
    try (Scope scope = Scope.open();
        Mode mode = Mode.noGrad();
        VisionTransformer model = Formula.fill(new VisionTransformer(config))) {
      Tensor x = model.embed(images(config));
      assertClose("embed", Thin.of(x), GOLDENS.tensor(form + "/embed"), PER_BLOCK);
      for (int i = 0; i < config.size().depth(); i++) {
        x = ((UnaryLayer) model.layer("blocks." + i)).forward(x);
        assertClose("block " + i, Thin.of(x), GOLDENS.tensor(form + "/blocks." + i), PER_BLOCK);
      }
      Tensor logits = model.forward(images(config));
      assertClose("logits", logits, GOLDENS.tensor(form + "/logits"), NETWORK);
      Tensor features = model.encode(model.embed(images(config)));
      assertClose("encode", Thin.of(features), GOLDENS.tensor(form + "/encode"), NETWORK);
    }
  }

  @TestFactory
  Stream<DynamicTest> gradients_are_those_of_timm() {
    return Forms.ALL.entrySet().stream()
        .map(
            form ->
                dynamicTest(form.getKey(), () -> checkGradients(form.getKey(), form.getValue())));
  }

  private static void checkGradients(String form, Config config) {
    String prefix = form + "/grad/";
    try (Scope scope = Scope.open();
        VisionTransformer model = Formula.fill(new VisionTransformer(config))) {
      model.forward(images(config)).mul(Formula.given("weights", 2, 5)).sum().backward();
      List<String> keys =
          GOLDENS.names().stream()
              .filter(name -> name.startsWith(prefix))
              .map(name -> name.substring(prefix.length()))
              .toList();
      assertThat(keys).hasSize(4);
      for (String key : keys) {
        Tensor golden = GOLDENS.tensor(prefix + key);
        double largest = golden.abs().max().item();
        Tensor grad = Thin.of(model.state().get(key).value().grad());
        assertClose(key, grad.div(largest), golden.div(largest), 1e-4);
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> half_the_patches_in_any_order_give_what_timm_gives() {
    return Forms.ALL.entrySet().stream()
        .map(
            form ->
                dynamicTest(
                    form.getKey(),
                    () -> {
                      try (Scope scope = Scope.open();
                          VisionTransformer model =
                              Formula.fill(new VisionTransformer(form.getValue()))) {
                        Tensor logits = half(model, images(form.getValue()));
                        Tensor golden = GOLDENS.tensor(form.getKey() + "/half/logits");
                        assertClose("logits", logits, golden, NETWORK);
                      }
                    }));
  }

  /** Sees the even patches of the first image and the odd ones of the second, last patch first. */
  private static Tensor half(VisionTransformer model, Tensor images) {
    Tensor x = model.embed(images); // [2, 1 + 16, D]
    long width = x.size(2);
    Tensor keep =
        Tensor.of(new long[] {0, 2, 4, 6, 8, 10, 12, 14, 15, 13, 11, 9, 7, 5, 3, 1}, 2, 8, 1)
            .expand(2, 8, width);
    int prefix = model.prefixTokens();
    Tensor patches = x.narrow(1, prefix, x.size(1) - prefix).gather(1, keep); // [2, 8, D]
    return model.classify(model.encode(F.cat(1, x.narrow(1, 0, prefix), patches)));
  }

  // ---- laws

  @Test
  void patch_tokens_have_no_order_after_embed() {
    for (Config config : Forms.ALL.values()) {
      try (Scope scope = Scope.open();
          VisionTransformer model = Formula.fill(new VisionTransformer(config))) {
        Tensor x = model.embed(images(config));
        Tensor turned = F.cat(1, x.narrow(1, 0, 1), x.narrow(1, 1, x.size(1) - 1).flip(1));
        assertClose(model.classify(model.encode(turned)), model.classify(model.encode(x)), NETWORK);
      }
    }
  }

  @Test
  void dropped_paths_grow_with_depth_or_stay() {
    Size size = new Size(8, 5, 2, 4);
    Config config = Config.of(size, 2, 8);
    assertThat(dropPaths(config.withDrop(new DropRates(0.1, 0.4, DropRates.Rule.LINEAR))))
        .containsExactly(0.0, 0.0, 0.1, 0.1, 0.2, 0.2, 0.3, 0.3, 0.4, 0.4);
    assertThat(dropPaths(config.withDrop(new DropRates(0, 0.4, DropRates.Rule.CONSTANT))))
        .containsOnly(0.4)
        .hasSize(10);
  }

  private static List<Double> dropPaths(Config config) {
    return new VisionTransformer(config)
        .layers().values().stream()
            .filter(DropPath.class::isInstance)
            .map(layer -> Math.round(((DropPath) layer).probability() * 1e9) / 1e9)
            .toList();
  }

  @Test
  void dropout_has_three_places_in_each_block_and_one_before() {
    Config config = Forms.VIT.withDrop(new DropRates(0.25, 0, DropRates.Rule.LINEAR));
    Map<String, Layer> layers = new VisionTransformer(config).layers();
    List<String> places =
        layers.keySet().stream().filter(path -> layers.get(path) instanceof Dropout).toList();
    assertThat(places)
        .hasSize(1 + 3 * 3)
        .contains("pos_drop", "blocks.0.attn.proj_drop", "blocks.0.mlp.drop1", "blocks.0.mlp.drop2")
        .allMatch(path -> ((Dropout) layers.get(path)).probability() == 0.25);
  }

  @Test
  void training_drops_and_inference_does_not() {
    Config config = Forms.DEIT3.withDrop(new DropRates(0.1, 0.3, DropRates.Rule.CONSTANT));
    try (Scope scope = Scope.open();
        Rng rng = Rng.seeded(1);
        VisionTransformer model = Formula.fill(new VisionTransformer(config))) {
      Tensor x = images(config);
      Tensor logits = model.forward(x);
      assertClose(logits, GOLDENS.tensor("deit3/logits"), NETWORK);
      model.train(rng);
      assertThat(model.forward(x).sub(logits).abs().max().item()).isGreaterThan(1e-3);
      model.eval();
      assertClose(model.forward(x), logits, 0);
    }
  }

  @Test
  void numbers_start_as_the_papers_start_them() {
    Config config =
        Config.of(new Size(96, 2, 4, 4), 4, 64)
            .withClasses(100)
            .withStyle(Style.DEIT3)
            .withLayerScale(1e-4);
    try (Scope scope = Scope.open();
        VisionTransformer model = started(config, 1)) {
      model
          .state()
          .forEach(
              (key, param) -> {
                double std = deviation(param.value());
                if (key.equals("patch_embed.proj.weight")) { // uniform in 1 / sqrt(3 * 4 * 4)
                  assertThat(std).as(key).isCloseTo(1 / Math.sqrt(3 * 48), within(3e-3));
                } else if (param.shape().length > 1) {
                  assertThat(std).as(key).isCloseTo(0.02, within(4e-3));
                } else if (key.endsWith("gamma")) {
                  assertThat(param.value().toFloats()).as(key).containsOnly(1e-4f);
                } else if (!key.startsWith("patch_embed")) {
                  boolean scale = key.contains("norm") && key.endsWith("weight");
                  assertThat(param.value().toFloats()).as(key).containsOnly(scale ? 1 : 0);
                }
              });
    }
    try (Scope scope = Scope.open();
        VisionTransformer mae = started(config.withStyle(Style.MAE), 1)) {
      double std = deviation(mae.state().get("head.weight").value());
      assertThat(std).isCloseTo(2e-5, within(1e-6));
    }
  }

  private static double deviation(Tensor t) {
    return Math.sqrt(t.pow(2).mean().item());
  }

  @Test
  void one_seed_one_network() {
    try (Scope scope = Scope.open();
        VisionTransformer a = started(Forms.VIT, 7);
        VisionTransformer b = started(Forms.VIT, 7);
        VisionTransformer c = started(Forms.VIT, 8)) {
      Tensor x = images(Forms.VIT);
      assertThat(a.forward(x).toFloats()).isEqualTo(b.forward(x).toFloats());
      assertThat(a.forward(x).toFloats()).isNotEqualTo(c.forward(x).toFloats());
    }
  }

  @Test
  void pixels_beyond_the_last_whole_patch_are_not_seen() {
    Config config = Forms.VIT.withImageSize(18); // as ViT-H/14 at 160 pixels: 11 patches of 14
    assertThat(config.grid()).isEqualTo(4);
    try (Scope scope = Scope.open();
        VisionTransformer model = Formula.fill(new VisionTransformer(config))) {
      Tensor inner = images(Forms.VIT);
      Tensor x = F.pad(inner, 0, 2, 0, 2, F.Padding.ZERO);
      Tensor y = F.pad(inner, 0, 2, 0, 2, F.Padding.REFLECT);
      assertClose(model.forward(x), GOLDENS.tensor("vit/logits"), NETWORK);
      assertClose(model.forward(y), model.forward(x), 0);
    }
  }

  @Test
  void bfloat16_stays_near() {
    try (Scope scope = Scope.open();
        Mode mode = Mode.noGrad();
        VisionTransformer model = Formula.fill(new VisionTransformer(Forms.VIT))) {
      Tensor expected = model.forward(images(Forms.VIT));
      model.to(DType.BF16);
      Tensor logits = model.forward(images(Forms.VIT).to(DType.BF16)).to(DType.F32);
      double scale = expected.abs().max().item();
      assertClose(logits.div(scale), expected.div(scale), 2e-2);
    }
  }

  // ---- where other methods come in

  /** Adds its size to each number of what its layer gives. */
  private static final class PlusSize extends UnaryLayer {
    private final Slot base;

    PlusSize(UnaryLayer old) {
      base = slot("base", old);
    }

    @Override
    public Tensor forward(Tensor x) {
      Tensor y = base.forward(x);
      return y.add(y.abs());
    }
  }

  @Test
  void every_place_that_adapters_need_can_be_wrapped() {
    String[] places = {
      "patch_embed",
      "patch_embed.proj",
      "norm_pre",
      "blocks.1",
      "norm",
      "fc_norm",
      "head",
      "blocks.*.norm1",
      "blocks.*.attn",
      "blocks.*.attn.qkv",
      "blocks.*.attn.proj",
      "blocks.*.ls1",
      "blocks.*.skip1",
      "blocks.*.middle",
      "blocks.*.skip2",
      "blocks.*.norm2",
      "blocks.*.mlp",
      "blocks.*.mlp.fc1",
      "blocks.*.mlp.fc2",
      "blocks.*.ls2"
    };
    for (String place : places) {
      try (Scope scope = Scope.open();
          VisionTransformer model = Formula.fill(new VisionTransformer(Forms.VIT))) {
        List<String> keys = List.copyOf(model.state().keySet());
        assertThat(model.replace(place, PlusSize::new)).as(place).isNotEmpty();
        assertThat(model.state()).as("no parameters lost at " + place).hasSameSizeAs(keys);
        Tensor changed = model.forward(images(Forms.VIT));
        Tensor difference = changed.sub(GOLDENS.tensor("vit/logits")).abs().max();
        assertThat(difference.item()).as(place).isGreaterThan(1e-4);
      }
    }
  }

  // ---- memory

  @Test
  void forward_and_training_leave_nothing_behind() {
    try (VisionTransformer model = started(Forms.DEIT3, 1);
        Rng rng = Rng.seeded(1)) {
      Leaks.flat(
          () -> {
            try (Scope scope = Scope.open();
                Mode mode = Mode.noGrad()) {
              model.forward(images(Forms.DEIT3));
            }
          },
          50);
      model.train(rng);
      Leaks.flat(
          () -> {
            try (Scope scope = Scope.open()) {
              half(model, images(Forms.DEIT3)).sum().backward();
              model.trainable().forEach(Tensor::clearGrad);
            }
          },
          50);
    }
  }

  // ---- wrong input

  @Test
  void images_of_another_size_are_refused_in_a_line() {
    try (Scope scope = Scope.open();
        VisionTransformer model = Formula.fill(new VisionTransformer(Forms.VIT))) {
      for (long[] shape :
          new long[][] {{2, 3, 16, 12}, {2, 1, 16, 16}, {3, 16, 16}, {2, 3, 32, 32}}) {
        assertThatThrownBy(() -> model.forward(Tensor.ones(shape)))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageStartingWith("expected images [B, 3, 16, 16], got [")
            .hasMessageEndingWith("]; resize them, or build the network withImageSize");
      }
      for (long[] shape : new long[][] {{2, 1, 32}, {2, 17, 31}, {17, 32}}) {
        assertThatThrownBy(() -> model.encode(Tensor.ones(shape)))
            .hasMessageStartingWith(
                "expected tokens [B, 1 + n, 32] of a class token and n >= 1 patches, got [");
      }
    }
  }

  @Test
  void impossible_sizes_are_refused_in_a_line() {
    assertThatThrownBy(() -> Config.of(new Size(30, 1, 4, 4), 4, 16))
        .hasMessage("width 30 is not a multiple of 4 heads");
    assertThatThrownBy(() -> new Size(32, 0, 4, 4))
        .hasMessage("depth and heads are at least 1, got 0 and 4");
    assertThatThrownBy(() -> new Size(32, 1, 4, 0))
        .hasMessage("mlpRatio 0.0 leaves the MLPs without hidden units");
    assertThatThrownBy(() -> Config.of(Size.TINY, 32, 16))
        .hasMessage(
            "expected 1 <= patchSize <= imageSize, got patches of 32 in images of 16 pixels");
    assertThatThrownBy(() -> Forms.VIT.withClasses(0))
        .hasMessage("channels and classes are at least 1, got 3 and 0");
    assertThatThrownBy(() -> Forms.VIT.withLayerScale(Double.NaN))
        .hasMessage("layerScale is above 0, or 0 for none; got NaN");
    assertThatThrownBy(() -> new DropRates(0, 1, DropRates.Rule.LINEAR))
        .hasMessage("dropPath is in [0, 1), got 1.0");
  }
}
