package io.vitrail.vision.resnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vitrail.nn.Layer;
import io.vitrail.nn.Param;
import io.vitrail.nn.StateDict;
import io.vitrail.nn.UnaryLayer;
import io.vitrail.tensor.DType;
import io.vitrail.tensor.F;
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
import io.vitrail.vision.resnet.ResNet.Config;
import io.vitrail.weights.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResNetTest {
  private static final String GOLDENS = "goldens/resnet.safetensors";
  private static final List<String> STAGES = List.of("layer1", "layer2", "layer3", "layer4");
  private static final Config SMALL =
      Config.RESNET50.withWidth(8).withInChannels(1).withClasses(5).withDepths(1, 2, 1, 1);
  private static final Config SMALL_BASIC =
      Config.RESNET18.withWidth(8).withInChannels(1).withClasses(5).withDepths(2, 1, 1, 1);

  private static ResNet small(Config config) {
    return Formula.fill(new ResNet(config));
  }

  // ---- keys

  @Test
  void resnet50_has_the_keys_and_shapes_of_timm() throws IOException {
    try (ResNet net = new ResNet(Config.RESNET50)) {
      KeyList.assertEqual(net, "resnet50");
      assertThat(net.state().keySet())
          .as("in order")
          .containsExactlyElementsOf(KeyList.read("resnet50").keySet());
      assertThat(net.report().total()).isEqualTo(25_557_032);
      assertThat(net.state().values()).as("memory before loading").noneMatch(Param::isSet);
    }
  }

  @ParameterizedTest
  @CsvSource({"18,122,11689512", "34,218,21797672", "101,626,44549160", "152,932,60192808"})
  void other_depths_have_the_published_sizes(int depth, int entries, long parameters) {
    Config config =
        switch (depth) {
          case 18 -> Config.RESNET18;
          case 34 -> Config.RESNET34;
          case 101 -> Config.RESNET101;
          default -> Config.RESNET152;
        };
    try (ResNet net = new ResNet(config)) {
      assertThat(net.state()).hasSize(entries);
      assertThat(net.report().total()).isEqualTo(parameters);
    }
  }

  // ---- parity

  @Test
  void bottlenecks_give_what_timm_gives() {
    try (ResNet net = small(SMALL);
        TimmParity timm = new TimmParity(GOLDENS, "bottleneck");
        Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      Tensor embedded = net.embed(Formula.given("image", 4, 1, 96, 64));
      timm.assertClose("maxpool", embedded, 1e-5);
      Tensor x = timm.assertLayers(net, embedded, 1e-5, List.of("layer1", "layer2.0", "layer2.1"));
      timm.assertClose("layer2", x, 1e-5);
      timm.assertLayers(net, x, 1e-5, List.of("layer3", "layer4"));
      timm.assertScores(net, 4, 1, 96, 64);
    }
  }

  @Test
  void basic_blocks_give_what_timm_gives() {
    try (ResNet net = small(SMALL_BASIC);
        TimmParity timm = new TimmParity(GOLDENS, "basic");
        Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      Tensor embedded = net.embed(Formula.given("image", 4, 1, 96, 64));
      Tensor x = timm.assertLayers(net, embedded, 1e-5, List.of("layer1.0", "layer1.1"));
      timm.assertLayers(net, x, 1e-5, List.of("layer2", "layer3", "layer4"));
      timm.assertScores(net, 4, 1, 96, 64);
    }
  }

  @Test
  void a_training_step_moves_statistics_and_gives_gradients_as_in_timm() {
    try (ResNet net = small(SMALL);
        TimmParity timm = new TimmParity(GOLDENS, "bottleneck")) {
      timm.assertTrainingStep(
          net,
          List.of(
              "conv1.weight", "layer2.1.conv2.weight", "layer3.0.downsample.1.bias", "fc.weight"),
          List.of(
              "bn1.running_mean",
              "bn1.num_batches_tracked",
              "layer2.0.downsample.1.running_var",
              "layer4.0.bn3.running_mean",
              "layer4.0.bn3.running_var"),
          4,
          1,
          96,
          64);
    }
    try (ResNet net = small(SMALL_BASIC);
        TimmParity timm = new TimmParity(GOLDENS, "basic")) {
      timm.assertTrainingStep(
          net,
          List.of("conv1.weight", "layer1.1.conv2.weight", "layer3.0.downsample.0.weight"),
          List.of("bn1.running_mean", "bn1.num_batches_tracked", "layer4.0.bn2.running_var"),
          4,
          1,
          96,
          64);
    }
  }

  @Test
  void resnet50_at_full_size_gives_what_timm_gives() {
    try (ResNet net = small(Config.RESNET50);
        TimmParity timm = new TimmParity(GOLDENS, "resnet50");
        Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      Tensor embedded = net.embed(Formula.given("image", 1, 3, 64, 96));
      timm.assertLayers(net, embedded, 1e-4, STAGES);
      timm.assertScores(net, 1, 3, 64, 96);
    }
  }

  // ---- laws

  @Test
  void channels_last_weights_give_the_same() {
    try (ResNet net = small(SMALL);
        Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      Tensor images = Formula.given("image", 2, 1, 40, 32);
      Tensor before = net.forward(images);
      net.channelsLast();
      TensorAssertions.assertClose(net.forward(images), before, 1e-5);
    }
  }

  @Test
  void a_folded_network_gives_the_same_as_an_unfolded_one() {
    for (Config config : List.of(SMALL, SMALL_BASIC)) {
      try (ResNet net = small(config);
          Scope scope = Scope.open();
          Mode mode = Mode.noGrad()) {
        Tensor images = Formula.given("image", 2, 1, 40, 32);
        Tensor before = net.forward(images);
        net.fold();
        TensorAssertions.assertClose(net.forward(images), before, 1e-5);
        net.fold(); // nothing is left to do
        TensorAssertions.assertClose(net.forward(images), before, 1e-5);
        assertThat(net.state().keySet()).noneMatch(key -> key.contains("running_mean"));
      }
    }
  }

  @Test
  void a_fresh_network_passes_its_shortcuts_on() {
    long seed = Seeds.next();
    try (ResNet net = new ResNet(SMALL);
        Rng rng = Rng.seeded(seed);
        Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      net.init(rng);
      Tensor x = Formula.given("x", 2, 64, 6, 4).abs();
      TensorAssertions.assertSame(
          "second block of layer2", ((UnaryLayer) net.layer("layer2.1")).forward(x), x);
      Tensor kernel = net.state().get("layer3.0.conv2.weight").value(); // fan-out 32 * 9
      double variance = kernel.mul(kernel).mean().item();
      assertThat(variance).isBetween(2.0 / (32 * 9) * 0.9, 2.0 / (32 * 9) * 1.1);
    }
  }

  @Test
  void drop_path_grows_linearly_to_the_last_block() {
    double[] expected = {0, 0.2, 0.4, 0.6, 0.8};
    List<String> blocks = List.of("layer1.0", "layer1.1", "layer2.0", "layer3.0", "layer4.0");
    int[] channels = {8, 8, 8, 16, 32};
    try (ResNet net = small(SMALL_BASIC.withDropPath(0.8));
        Rng rng = Rng.seeded(5);
        Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      net.train(rng);
      for (int i = 0; i < blocks.size(); i++) {
        Tensor x = Formula.given("x", 500, channels[i], 4, 4);
        Layer shortcut = net.layers().get(blocks.get(i) + ".downsample");
        Tensor dropped = F.relu(shortcut == null ? x : ((UnaryLayer) shortcut).forward(x));
        Tensor y = ((UnaryLayer) net.layer(blocks.get(i))).forward(x);
        double share =
            y.sub(dropped).abs().max(false, 1, 2, 3).lt(1e-4).to(DType.F32).mean().item();
        assertThat(share).as(blocks.get(i)).isCloseTo(expected[i], within(0.06));
      }
    }
  }

  @Test
  void a_small_stem_keeps_small_images_large() {
    try (ResNet net = new ResNet(SMALL.withStem(ResNet.Stem.SMALL));
        Rng rng = Rng.seeded(1);
        Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      net.init(rng);
      Tensor embedded = net.embed(Formula.given("image", 2, 1, 8, 8));
      assertThat(embedded.shape()).containsExactly(2, 8, 8, 8);
      assertThat(net.encode(embedded).shape()).containsExactly(2, 256, 1, 1);
    }
  }

  @Test
  void checkpoints_come_back_bit_for_bit(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("resnet.safetensors");
    try (ResNet net = small(SMALL);
        ResNet other = new ResNet(SMALL);
        Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      net.channelsLast();
      StateDict.of(net).save(file);
      try (Weights weights = Weights.open(file)) {
        other.load(StateDict.of(weights));
      }
      net.state()
          .forEach(
              (key, param) ->
                  TensorAssertions.assertSame(
                      key, other.state().get(key).value(), param.value().contiguous()));
      assertThat(other.state().get("bn1.num_batches_tracked").value().dtype()).isEqualTo(DType.I64);
    }
  }

  @Test
  void training_steps_give_all_memory_back() {
    try (ResNet net = small(SMALL);
        Rng rng = Rng.seeded(1)) {
      net.train(rng);
      Leaks.flat(
          () -> {
            try (Scope scope = Scope.open()) {
              net.forward(Formula.given("image", 2, 1, 32, 32)).sum().backward();
              net.trainable().forEach(Tensor::clearGrad);
            }
          },
          30);
    }
  }

  // ---- messages

  @Test
  void images_of_other_channels_are_refused() {
    try (ResNet net = new ResNet(SMALL);
        Scope scope = Scope.open()) {
      assertThatThrownBy(() -> net.forward(Tensor.zeros(2, 3, 32, 32)))
          .hasMessage("this ResNet takes images [B, 1, H, W], got [2, 3, 32, 32]");
    }
  }

  @Test
  void sizes_that_cannot_be_are_refused() {
    assertThatThrownBy(() -> Config.RESNET50.withDepths(3, 4, 6))
        .hasMessage("a ResNet has 4 stages of at least 1 block each, got depths [3, 4, 6]");
    assertThatThrownBy(() -> Config.RESNET50.withWidth(0))
        .hasMessageEndingWith("of at least 1, got 0, 3 and 1000");
    assertThatThrownBy(() -> Config.RESNET50.withDropPath(1))
        .hasMessage("drop path needs a probability in [0, 1), got 1.0");
  }
}
