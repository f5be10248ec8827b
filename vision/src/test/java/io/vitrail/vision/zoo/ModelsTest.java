package io.vitrail.vision.zoo;

import static io.vitrail.testkit.TensorAssertions.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vitrail.tensor.Engine;
import io.vitrail.tensor.Mode;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.vision.ImageModel;
import io.vitrail.vision.swin.Swin.MaskToken;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelsTest {

  @Test
  void every_network_builds_without_taking_memory() {
    long before = Engine.livePointers();
    for (String name : Models.names()) {
      ImageModel model = Models.create(name);
      assertThat(model.classes()).as(name).isIn(1000L, 768L, 512L);
      assertThat(model.report().total()).as(name).isGreaterThan(1_000_000);
    }
    assertThat(Engine.livePointers())
        .isLessThanOrEqualTo(before); // the collector may free older ones
  }

  @Test
  void a_small_network_of_each_family_runs_with_everything_changed() {
    Map<String, Integer> sizes =
        Map.of(
            "vit_tiny_patch16_224", 96,
            "deit3_small_patch16_224", 96,
            "resnet18", 64,
            "swin_tiny_patch4_window7_224", 224);
    sizes.forEach(
        (name, pixels) -> {
          Overrides overrides =
              Overrides.NONE.withClasses(7).withImageSize(pixels).withChannels(1).withDropPath(0.1);
          try (Scope scope = Scope.open();
              Mode mode = Mode.noGrad();
              Rng rng = Rng.seeded(1);
              ImageModel model = Models.create(name, overrides)) {
            model.init(rng);
            for (int batch = 1; batch <= 2; batch++) {
              Tensor scores = model.forward(rng.normal(batch, 1, pixels, pixels));
              assertThat(scores.shape()).as(name).containsExactly(batch, 7);
              assertThat(scores.isFinite().all()).as(name).isTrue();
            }
          }
        });
  }

  @Test
  void a_swin_has_a_mask_token_on_demand() {
    String name = "swin_tiny_patch4_window7_224";
    Overrides masked = Overrides.NONE.withMaskToken(MaskToken.LEARNT);
    assertThat(Models.create(name, masked).state()).containsKey("mask_token");
    assertThat(Models.create(name).state()).doesNotContainKey("mask_token");
  }

  @Test
  void one_image_gives_the_same_alone_and_in_a_batch() {
    try (Scope scope = Scope.open();
        Mode mode = Mode.noGrad();
        Rng rng = Rng.seeded(1);
        ImageModel model =
            Models.create("vit_tiny_patch16_224", Overrides.NONE.withImageSize(64))) {
      model.init(rng);
      Tensor images = rng.normal(2, 3, 64, 64);
      assertClose(
          model.forward(images.narrow(0, 1, 1)), model.forward(images).narrow(0, 1, 1), 1e-5);
    }
  }

  @Test
  void an_unknown_name_gets_near_ones() {
    assertThatThrownBy(() -> Models.create("vit_smal_patch16_224"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "unknown network 'vit_smal_patch16_224'; near: vit_small_patch16_224, ");
  }
}
