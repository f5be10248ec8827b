package io.vitrail.vision.vit;

import static io.vitrail.testkit.TensorAssertions.assertSame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vitrail.nn.StateDict;
import io.vitrail.nn.StateDictException;
import io.vitrail.tensor.Scope;
import io.vitrail.testkit.Formula;
import io.vitrail.vision.vit.VitWeights.Naming;
import io.vitrail.vision.zoo.Models;
import io.vitrail.weights.ElementType;
import io.vitrail.weights.StoredTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class VitWeightsTest {

  /** The keys and shapes of a list as a file, whose numbers are never looked at. */
  private static StateDict file(String list) throws IOException {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    ByteBuffer zeros = ByteBuffer.allocateDirect(4 * 4 * 1024 * 1024);
    for (Map.Entry<String, String> entry : KeysTest.listed(list).entrySet()) {
      String[] sizes = entry.getValue().split("x");
      long[] shape = new long[sizes.length];
      long count = 1;
      for (int i = 0; i < shape.length; i++) {
        shape[i] = Long.parseLong(sizes[i]);
        count *= shape[i];
      }
      ByteBuffer data = zeros.duplicate().limit(Math.toIntExact(4 * count));
      tensors.put(entry.getKey(), StoredTensor.of(entry.getKey(), ElementType.F32, data, shape));
    }
    return StateDict.of(list, tensors);
  }

  private static Map<String, String> shapes(StateDict file) {
    Map<String, String> shapes = new TreeMap<>();
    file.keys().forEach(key -> shapes.put(key, KeysTest.shape(file.shape(key))));
    return shapes;
  }

  @Test
  void official_files_become_timms_and_timms_become_official() throws IOException {
    Map<String, String> networks =
        Map.of(
            "official_deit_small_patch16_LS", "deit3_small_patch16_224",
            "official_mae_vit_base_patch16_finetune", "mae_vit_base_patch16",
            "official_clip_vit_b16_visual", "vit_base_patch16_clip_quickgelu_224");
    Map<String, Naming> namings =
        Map.of(
            "official_deit_small_patch16_LS", Naming.DEIT3,
            "official_mae_vit_base_patch16_finetune", Naming.TIMM,
            "official_clip_vit_b16_visual", Naming.CLIP);
    for (String list : networks.keySet()) {
      StateDict official = file(list);
      Naming naming = namings.get(list);
      assertThat(Naming.of(official)).isEqualTo(naming);
      StateDict timm = VitWeights.toTimm(official);
      assertThat(shapes(timm)).isEqualTo(KeysTest.shapes(Models.create(networks.get(list))));
      assertThat(shapes(VitWeights.fromTimm(timm, naming))).isEqualTo(KeysTest.listed(list));
    }
  }

  @Test
  void there_and_back_changes_no_number() {
    for (Naming naming : new Naming[] {Naming.DEIT3, Naming.CLIP}) {
      try (Scope scope = Scope.open();
          VisionTransformer model =
              new VisionTransformer(naming == Naming.CLIP ? Forms.CLIP : Forms.DEIT3)) {
        Map<String, StoredTensor> numbers = new LinkedHashMap<>(Formula.state(model).tensors());
        numbers.put("head.bias", StoredTensor.of("head.bias", new float[5], 5));
        StateDict timm = StateDict.of("timm", numbers);
        StateDict official = VitWeights.fromTimm(timm, naming);
        assertThat(official.keys()).isNotEqualTo(timm.keys());
        assertThat(Naming.of(official)).isEqualTo(naming);
        StateDict back = VitWeights.toTimm(official);
        assertThat(back.keys()).containsExactlyInAnyOrderElementsOf(timm.keys());
        timm.keys().forEach(key -> assertSame(key, back.tensor(key), timm.tensor(key)));
      }
    }
  }

  @Test
  void what_clip_has_no_place_for_is_not_written() {
    try (VisionTransformer clip = new VisionTransformer(Forms.CLIP);
        VisionTransformer deit3 = new VisionTransformer(Forms.DEIT3)) {
      assertThatThrownBy(() -> VitWeights.fromTimm(Formula.state(clip), Naming.CLIP))
          .isInstanceOf(StateDictException.class)
          .hasMessage(
              "'formula' has a head with a bias, which CLIP's projection has not: write it under"
                  + " timm's names");
      assertThatThrownBy(() -> VitWeights.fromTimm(Formula.state(deit3), Naming.CLIP))
          .hasMessage("'patch_embed.proj.bias' in 'formula' is no tensor of CLIP's image encoder");
    }
  }
}
