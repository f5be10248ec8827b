package io.vitrail.vision.swin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vitrail.nn.Param;
import io.vitrail.nn.StateDict;
import io.vitrail.nn.UnaryLayer;
import io.vitrail.tensor.DType;
import io.vitrail.tensor.Device;
import io.vitrail.tensor.Mode;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.testkit.Formula;
import io.vitrail.testkit.Leaks;
import io.vitrail.testkit.Seeds;
import io.vitrail.testkit.TensorAssertions;
import io.vitrail.vision.KeyList;
import io.vitrail.vision.TimmParity;
import io.vitrail.vision.swin.Swin.Config;
import io.vitrail.vision.swin.Swin.MaskToken;
import io.vitrail.weights.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SwinTest {
  private static final String GOLDENS = "goldens/swin.safetensors";
  private static final Config SHIFTED = small(32, 2, List.of(2, 2), List.of(2, 4), 4);
  private static final Config CLIPPED = small(48, 4, List.of(2, 2, 1), List.of(2, 4, 8), 6);

  private static Config small(
      int imageSize, int patch, List<Integer> depths, List<Integer> heads, int window) {
    return new Config(imageSize, patch, 3, 5, 16, depths, heads, window, 0, MaskToken.NONE);
  }

  // ---- keys

  @Test
  void swin_tiny_has_the_keys_and_shapes_of_timm() throws IOException {
    try (Swin net = new Swin(Config.TINY)) {
      KeyList.assertEqual(net, "swin_tiny_patch4_window7_224");
      assertThat(net.report().total()).isEqualTo(28_288_354);
      assertThat(net.state().values()).as("memory before loading").noneMatch(Param::isSet);
    }
  }

  @Test
  void small_and_base_have_the_published_sizes() {
    try (Swin small = new Swin(Config.SMALL);
        Swin base = new Swin(Config.BASE)) {
      assertThat(small.state()).hasSize(329);
      assertThat(small.report().total()).isEqualTo(49_606_258);
      assertThat(base.state()).hasSize(329);
      assertThat(base.report().total()).isEqualTo(87_768_224);
    }
  }

  @Test
  void the_mask_token_is_one_more_parameter_for_those_who_ask() {
    try (Swin plain = new Swin(Config.TINY);
        Swin masked = new Swin(Config.TINY.withMaskToken(MaskToken.LEARNT))) {
      assertThat(plain.maskToken()).isEmpty();
      assertThat(masked.maskToken().orElseThrow().shape()).containsExactly(1, 1, 96);
      Map<String, String> keys = KeyList.of(masked);
      assertThat(keys.remove("mask_token")).isEqualTo("1x1x96");
      assertThat(keys).isEqualTo(KeyList.of(plain));
    }
  }

  // ---- parity

  @Test
  void shifted_windows_give_what_timm_gives() {
    try (Swin net = Formula.fill(new Swin(SHIFTED));
        TimmParity timm = new TimmParity(GOLDENS, "shifted");
        Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      Tensor tokens = net.embed(Formula.given("image", 2, 3, 32, 32));
      timm.assertClose("patch_embed", tokens, 1e-5);
      timm.assertLayers(
          net,
          tokens,
          1e-5,
          List.of(
              "layers.0.blocks.0",
              "layers.0.blocks.1",
              "layers.1.downsample",
              "layers.1.blocks.0",
              "layers.1.blocks.1",
              "norm"));
      timm.assertScores(net, 2, 3, 32, 32);
    }
  }

  @Test
  void stages_smaller_than_a_window_give_what_timm_gives() {
    try (Swin net = Formula.fill(new Swin(CLIPPED));
        TimmParity timm = new TimmParity(GOLDENS, "clipped");
        Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      Tensor x = net.embed(Formula.given("image", 2, 3, 48, 48));
      x = ((UnaryLayer) net.layer("layers.0.blocks.0")).forward(x);
      x = timm.assertLayers(net, x, 1e-5, List.of("layers.0.blocks.1"));
      timm.assertScores(net, 2, 3, 48, 48);
      timm.assertClose("norm", net.encode(net.embed(Formula.given("image", 2, 3, 48, 48))), 1e-4);
    }
  }

  @Test
  void gradients_are_those_of_timm() {
    try (Swin net = Formula.fill(new Swin(SHIFTED));
        TimmParity timm = new TimmParity(GOLDENS, "shifted")) {
      timm.assertTrainingStep(
          net,
          List.of(
              "patch_embed.proj.weight",
              "layers.0.blocks.0.attn.relative_position_bias_table",
              "layers.0.blocks.1.attn.relative_position_bias_table",
              "layers.0.blocks.1.attn.qkv.weight",
              "layers.1.downsample.reduction.weight",
              "head.fc.weight"),
          List.of(),
          2,
          3,
          32,
          32);
    }
    try (Swin net = Formula.fill(new Swin(CLIPPED));
        TimmParity timm = new TimmParity(GOLDENS, "clipped")) {
      timm.assertTrainingStep(
          net,
          List.of(
              "layers.0.blocks.1.attn.relative_position_bias_table",
              "layers.2.blocks.0.attn.relative_position_bias_table",
              "layers.1.blocks.1.mlp.fc1.bias"),
          List.of(),
          2,
          3,
          48,
          48);
    }
  }

  @Test
  void swin_tiny_at_full_size_gives_what_timm_gives() {
    try (Swin net = Formula.fill(new Swin(Config.TINY));
        TimmParity timm = new TimmParity(GOLDENS, "swin_tiny");
        Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      Tensor tokens = net.embed(Formula.given("image", 1, 3, 224, 224));
      timm.assertClose("patch_embed", tokens, 1e-5);
      Tensor features =
          timm.assertLayers(
              net, tokens, 1e-4, List.of("layers.0", "layers.1", "layers.2", "layers.3"));
      timm.assertClose(
          "logits", net.classify(((UnaryLayer) net.layer("norm")).forward(features)), 1e-4);
    }
  }

  // ---- laws

  @Test
  void cutting_into_windows_and_joining_gives_the_map_back() {
    try (Scope scope = Scope.open()) {
      for (Windows windows : List.of(new Windows(12, 4, 0), new Windows(12, 4, 2))) {
        Tensor map = Formula.given("map", 2, 12, 12, 3);
        Tensor cut = windows.cut(map);
        assertThat(cut.shape()).containsExactly(2, 9, 16, 3);
        TensorAssertions.assertSame("map", windows.join(cut), map);
      }
    }
  }

  @Test
  void tokens_that_only_the_shift_brought_together_do_not_see_each_other() {
    try (Scope scope = Scope.open()) {
      Tensor mask = new Windows(8, 4, 2).mask(DType.F32, Device.CPU); // [4, 16, 16]
      assertThat(mask.select(0, 0).abs().max().item()).as("first window").isZero();
      // The last window holds all four corners of the map, 2 x 2 tokens each.
      float[] row = mask.select(0, 3).select(0, 0).toFloats();
      for (int n = 0; n < 16; n++) {
        boolean sameCorner = n / 4 < 2 && n % 4 < 2;
        assertThat(row[n]).as("token %d", n).isEqualTo(sameCorner ? 0 : -100);
      }
    }
  }

  @Test
  void images_of_a_batch_do_not_see_each_other() {
    try (Swin net = Formula.fill(new Swin(SHIFTED));
        Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      Tensor images = Formula.given("batch", 3, 3, 32, 32);
      Tensor together = net.forward(images);
      for (int i = 0; i < 3; i++) {
        TensorAssertions.assertClose(
            together.narrow(0, i, 1), net.forward(images.narrow(0, i, 1)), 1e-5);
      }
    }
  }

  @Test
  void a_fresh_network_starts_as_the_paper_says() {
    long seed = Seeds.next();
    try (Swin net = new Swin(SHIFTED.withMaskToken(MaskToken.LEARNT));
        Rng rng = Rng.seeded(seed);
        Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      net.init(rng);
      for (String key :
          List.of(
              "layers.0.blocks.1.mlp.fc1.weight",
              "layers.1.downsample.reduction.weight",
              "layers.1.blocks.0.attn.relative_position_bias_table")) {
        Tensor weight = net.state().get(key).value();
        double deviation = Math.sqrt(weight.mul(weight).mean().item());
        assertThat(deviation).as(key).isBetween(0.016, 0.024);
      }
      assertThat(net.state().get("head.fc.bias").value().abs().max().item()).isZero();
      assertThat(net.state().get("norm.weight").value().min().item()).isEqualTo(1);
      assertThat(net.maskToken().orElseThrow().value().abs().max().item()).isBetween(0.02, 0.12);
    }
  }

  @Test
  void checkpoints_come_back_bit_for_bit(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("swin.safetensors");
    Config config = SHIFTED.withMaskToken(MaskToken.LEARNT);
    try (Swin net = Formula.fill(new Swin(config));
        Swin other = new Swin(config);
        Scope scope = Scope.open()) {
      StateDict.of(net).save(file);
      try (Weights weights = Weights.open(file)) {
        other.load(StateDict.of(weights));
      }
      net.state()
          .forEach(
              (key, param) ->
                  TensorAssertions.assertSame(key, other.state().get(key).value(), param.value()));
    }
  }

  @Test
  void training_steps_give_all_memory_back() {
    try (Swin net = Formula.fill(new Swin(SHIFTED.withDropPath(0.2)));
        Rng rng = Rng.seeded(1)) {
      net.train(rng);
      Leaks.flat(
          () -> {
            try (Scope scope = Scope.open()) {
              net.forward(Formula.given("image", 2, 3, 32, 32)).sum().backward();
              net.trainable().forEach(Tensor::clearGrad);
            }
          },
          30);
    }
  }

  // ---- messages

  @Test
  void images_of_another_size_are_refused() {
    try (Swin net = new Swin(SHIFTED);
        Scope scope = Scope.open()) {
      assertThatThrownBy(() -> net.forward(Tensor.zeros(2, 3, 32, 48)))
          .hasMessage(
              "this Swin takes images [B, 3, 32, 32], got [2, 3, 32, 48]; resize them, or build it"
                  + " with another imageSize");
    }
  }

  @Test
  void sizes_that_do_not_divide_are_refused() {
    assertThatThrownBy(() -> Config.TINY.withImageSize(225))
        .hasMessage("imageSize 225 is not a multiple of patchSize 4");
    assertThatThrownBy(() -> Config.TINY.withImageSize(256))
        .hasMessage(
            "imageSize 256 gives 64 x 64 tokens in stage 0, which windows of 7 do not divide;"
                + " choose another imageSize or window");
    assertThatThrownBy(() -> small(20, 4, List.of(1, 1), List.of(2, 4), 5))
        .hasMessage(
            "imageSize 20 gives 5 x 5 tokens in stage 0, which cannot be merged in pairs; choose"
                + " another imageSize");
    assertThatThrownBy(() -> small(32, 4, List.of(1, 1), List.of(3, 4), 4))
        .hasMessage("stage 0 has 16 channels, which 3 heads do not divide");
    assertThatThrownBy(() -> small(32, 4, List.of(1, 1), List.of(2), 4))
        .hasMessageStartingWith("Swin needs a depth of at least 1 and a number of heads");
  }
}
