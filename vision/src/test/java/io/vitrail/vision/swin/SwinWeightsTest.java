package io.vitrail.vision.swin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vitrail.nn.StateDict;
import io.vitrail.tensor.Mode;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.testkit.Formula;
import io.vitrail.testkit.TensorAssertions;
import io.vitrail.vision.KeyList;
import io.vitrail.vision.TimmParity;
import io.vitrail.vision.swin.Swin.Config;
import io.vitrail.vision.swin.Swin.MaskToken;
import io.vitrail.weights.StoredTensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SwinWeightsTest {
  private static final Config SMALL =
      new Config(32, 2, 3, 5, 16, List.of(2, 2), List.of(2, 4), 4, 0, MaskToken.NONE);

  @Test
  void official_form_has_the_keys_and_shapes_of_masksubs_authors() throws IOException {
    try (Swin net = Formula.fill(new Swin(Config.TINY.withMaskToken(MaskToken.LEARNT)))) {
      StateDict official = SwinWeights.toOfficial(net);
      Map<String, String> shapes = new LinkedHashMap<>();
      official.keys().forEach(key -> shapes.put(key, KeyList.describe(official.shape(key))));
      assertThat(shapes)
          .containsExactlyInAnyOrderEntriesOf(KeyList.read("official_swin_tiny_augsub"))
          .hasSize(191);
      assertThat(KeyList.of(net).keySet()).isEqualTo(SwinWeights.toTimm(official).keys());
    }
  }

  @Test
  void official_form_and_back_is_the_same_network() {
    try (Swin net = Formula.fill(new Swin(SMALL.withMaskToken(MaskToken.LEARNT)));
        Swin other = new Swin(net.config());
        Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      List<String> notes = new ArrayList<>();
      StateDict official = SwinWeights.toOfficial(net);
      assertThat(SwinWeights.isOfficial(official)).isTrue();
      assertThat(SwinWeights.isOfficial(StateDict.of(net))).isFalse();
      other.load(SwinWeights.fit(official, other, notes::add));
      assertThat(notes).containsExactly("tensors have the names of Swin's authors");
      net.state()
          .forEach(
              (key, param) ->
                  TensorAssertions.assertSame(key, other.state().get(key).value(), param.value()));
    }
  }

  @Test
  void a_plain_network_leaves_the_mask_token_out() {
    try (Swin masked = Formula.fill(new Swin(SMALL.withMaskToken(MaskToken.LEARNT)));
        Swin plain = new Swin(SMALL)) {
      List<String> notes = new ArrayList<>();
      plain.load(SwinWeights.fit(StateDict.of(masked), plain, notes::add));
      assertThat(notes)
          .containsExactly("left out 'mask_token', which only training with masks uses");
    }
  }

  @Test
  void a_masked_network_starts_its_token_on_a_plain_file() {
    try (Swin plain = Formula.fill(new Swin(SMALL));
        Swin masked = new Swin(SMALL.withMaskToken(MaskToken.LEARNT));
        Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      List<String> notes = new ArrayList<>();
      masked.load(SwinWeights.fit(StateDict.of(plain), masked, notes::add));
      assertThat(notes).containsExactly("started 'mask_token', which the file has not");
      assertThat(masked.maskToken().orElseThrow().value().abs().max().item()).isBetween(0.01, 0.12);
      Tensor images = Formula.given("image", 1, 3, 32, 32);
      TensorAssertions.assertSame("scores", masked.forward(images), plain.forward(images));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 6})
  void bias_tables_are_resized_as_the_authors_do(int window) {
    Config config = new Config(24, 2, 3, 5, 12, List.of(1), List.of(3), window, 0, MaskToken.NONE);
    String key = "layers.0.blocks.0.attn.relative_position_bias_table";
    try (Swin model = Formula.fill(new Swin(config.withWindow(4, 24)));
        Swin resized = new Swin(config);
        TimmParity timm = new TimmParity("goldens/swin.safetensors", "table");
        Scope scope = Scope.open()) {
      Map<String, StoredTensor> file = new LinkedHashMap<>(StateDict.of(model).tensors());
      file.put(key, StoredTensor.of(key, Formula.given("table", 49, 3).toFloats(), 49, 3));
      List<String> notes = new ArrayList<>();
      resized.load(SwinWeights.fit(StateDict.of("file", file), resized, notes::add));
      timm.assertClose(String.valueOf(window), resized.state().get(key).value(), 1e-5);
      assertThat(notes)
          .containsExactly("resized 1 tables of position biases to windows of at most " + window);
    }
  }

  @Test
  void tables_that_are_no_square_are_refused() {
    String key = "layers.0.blocks.0.attn.relative_position_bias_table";
    try (Swin model = new Swin(SMALL)) {
      StateDict file =
          StateDict.of("file", Map.of(key, StoredTensor.of(key, new float[48], 24, 2)));
      assertThatThrownBy(() -> SwinWeights.fit(file, model, note -> {}))
          .hasMessage("'" + key + "' has shape [24, 2], which is no square of distances");
    }
  }
}
