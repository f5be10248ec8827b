package io.vitrail.vision.zoo;

import static io.vitrail.testkit.TensorAssertions.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vitrail.nn.StateDict;
import io.vitrail.nn.StateDictException;
import io.vitrail.tensor.Engine;
import io.vitrail.tensor.Mode;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.testkit.Formula;
import io.vitrail.testkit.Goldens;
import io.vitrail.vision.vit.Size;
import io.vitrail.vision.vit.Style;
import io.vitrail.vision.vit.VisionTransformer;
import io.vitrail.vision.vit.VisionTransformer.Config;
import io.vitrail.vision.vit.VitWeights;
import io.vitrail.weights.StoredTensor;
import io.vitrail.weights.TorchFile;
import io.vitrail.weights.Weights;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Small files that timm and the authors' formats wrote: they load, and give the logits of Python.
 */
class LoadingTest {
  private static final Config VIT = Config.of(new Size(16, 1, 2, 4), 4, 16).withClasses(5);
  private static final Config DEIT3 = VIT.withStyle(Style.DEIT3).withLayerScale(1e-4);
  private static final Config MAE = VIT.withStyle(Style.MAE);
  private static final Config CLIP =
      Config.of(new Size(16, 2, 2, 4), 4, 16).withStyle(Style.CLIP).withClasses(6);

  private static Path path(String file) {
    return Goldens.path("goldens/files/" + file);
  }

  /** What the zoo does for a registered name, for a network too small to be registered. */
  private static Architecture<VisionTransformer> small(Config config) {
    return VitModels.architecture("small", config);
  }

  private static LoadedModel load(Config config, String file) {
    return load(config, file, Overrides.NONE, null);
  }

  private static LoadedModel load(
      Config config, String file, Overrides overrides, @Nullable Rng rng) {
    try (Weights weights = Weights.open(path(file))) {
      return Loading.load(small(config), weights, overrides, rng);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void checkLogits(LoadedModel loaded, String golden) {
    try (Scope scope = Scope.open();
        Mode mode = Mode.noGrad();
        Goldens goldens = Goldens.open("goldens/files/logits.safetensors")) {
      Tensor logits = loaded.model().forward(Formula.given("images", 2, 3, 16, 16));
      assertClose(golden, logits, goldens.tensor(golden), 1e-4);
    }
  }

  @Test
  void timms_safetensors_load_as_they_are() {
    try (LoadedModel loaded = load(VIT, "vit.safetensors")) {
      assertThat(loaded.notes()).isEmpty();
      checkLogits(loaded, "vit.safetensors");
    }
  }

  @Test
  void deit3s_checkpoints_load_under_their_authors_names() {
    try (LoadedModel loaded = load(DEIT3, "deit3.pth")) {
      assertThat(loaded.notes())
          .containsExactly(
              "read 'model' of the checkpoint", "tensors have the names of DEIT3's authors");
      checkLogits(loaded, "deit3.pth");
    }
  }

  @Test
  void data_parallel_checkpoints_load_and_so_do_their_averaged_weights() throws IOException {
    try (LoadedModel loaded = load(VIT, "ddp.pth.tar")) {
      assertThat(loaded.notes())
          .containsExactly(
              "read 'state_dict' of the checkpoint",
              "took 'module.' off all names, which data-parallel training puts there");
      checkLogits(loaded, "ddp.pth.tar");
    }
    try (TorchFile file = TorchFile.open(path("ddp.pth.tar"));
        Weights averaged = file.section("state_dict_ema");
        LoadedModel loaded = Loading.load(small(VIT), averaged, Overrides.NONE, null)) {
      checkLogits(loaded, "ddp.pth.tar/ema");
    }
  }

  @Test
  void maes_fine_tuned_files_load_and_pre_trained_ones_get_a_norm_and_a_head() {
    try (LoadedModel loaded = load(MAE, "mae-finetuned.pth")) {
      checkLogits(loaded, "mae-finetuned.pth");
    }
    try (Rng rng = Rng.seeded(1);
        LoadedModel loaded = load(MAE, "mae-pretrained.pth", Overrides.NONE.withClasses(3), rng)) {
      assertThat(loaded.notes())
          .containsExactly(
              "read 'model' of the checkpoint",
              "left out the norm of each token: norm.weight, norm.bias",
              "fc_norm starts anew",
              "new head for 3 classes, as the file has none");
      assertThat(loaded.model().classes()).isEqualTo(3);
    }
    assertThatThrownBy(() -> load(MAE, "mae-pretrained.pth"))
        .isInstanceOf(StateDictException.class)
        .hasMessage(
            "'mae-pretrained.pth' has no 'head.weight', so no class scores: open it with an Rng,"
                + " which starts a new head");
  }

  @Test
  void openais_clip_loads_from_its_script_archive() {
    try (LoadedModel loaded = load(CLIP, "clip.pt")) {
      assertThat(loaded.notes())
          .containsExactly(
              "tensors have the names of CLIP's authors",
              "left out 2 tensors of CLIP besides its image encoder");
      checkLogits(loaded, "clip.pt");
    }
  }

  @Test
  void a_head_for_other_classes_starts_anew_and_the_rest_stays() {
    try (Scope scope = Scope.open();
        Rng rng = Rng.seeded(1);
        LoadedModel old = load(VIT, "vit.safetensors");
        LoadedModel loaded = load(VIT, "vit.safetensors", Overrides.NONE.withClasses(9), rng)) {
      assertThat(loaded.notes())
          .containsExactly("new head for 9 classes, as the file has one for 5");
      Tensor images = Formula.given("images", 2, 3, 16, 16);
      assertThat(loaded.model().forward(images).shape()).containsExactly(2, 9);
      assertClose(
          loaded.model().encode(loaded.model().embed(images)),
          old.model().encode(old.model().embed(images)),
          0);
    }
  }

  @Test
  void positions_are_resized_for_images_of_another_size() {
    try (Scope scope = Scope.open();
        LoadedModel loaded = load(DEIT3, "deit3.pth", Overrides.NONE.withImageSize(24), null)) {
      assertThat(loaded.notes())
          .contains("position embeddings resized from [1, 16, 16] to [1, 36, 16]");
      assertThat(loaded.model().forward(Formula.given("x", 1, 3, 24, 24)).shape())
          .containsExactly(1, 5);
    }
  }

  @Test
  void the_layer_before_the_head_of_old_files_is_left_out() {
    try (VisionTransformer model = new VisionTransformer(VIT)) {
      Map<String, StoredTensor> tensors = new LinkedHashMap<>(Formula.state(model).tensors());
      tensors.put("pre_logits.fc.bias", StoredTensor.of("pre_logits.fc.bias", new float[16], 16));
      List<String> notes = new ArrayList<>();
      StateDict fitted = VitWeights.fit(StateDict.of("old", tensors), model, notes::add);
      assertThat(notes).containsExactly("left out the layer before the head: pre_logits.fc.bias");
      assertThat(fitted.keys()).isEqualTo(model.state().keySet());
    }
  }

  // ---- what does not fit

  @Test
  void a_file_of_another_form_is_refused_in_a_line_and_leaves_nothing_behind() {
    long before = Engine.livePointers();
    assertThatThrownBy(() -> load(VIT, "deit3.pth"))
        .isInstanceOf(StateDictException.class)
        .hasMessageContaining(
            "'deit3.pth': 15 positions after 1 of prefix tokens are no square grid");
    assertThatThrownBy(() -> load(MAE, "vit.safetensors", Overrides.NONE.withChannels(1), null))
        .hasMessageContaining("patch_embed.proj.weight expected [16, 1, 4, 4]")
        .hasMessageNotContaining("\n");
    assertThatThrownBy(
            () -> load(Config.of(new Size(32, 1, 2, 4), 4, 16).withClasses(5), "vit.safetensors"))
        .hasMessageContaining("misshapen (cls_token expected [1, 1, 32], file has [1, 1, 16])");
    assertThat(Engine.livePointers()).isLessThanOrEqualTo(before);
  }

  @Test
  void files_and_names_that_are_not_there_are_told() {
    assertThatThrownBy(() -> Models.open("vit_small_patch16_224", path("vit.safetensors")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("'vit.safetensors' does not fit VisionTransformer: ")
        .hasMessageNotContaining("\n");
    assertThatThrownBy(() -> Models.open("vit_small_patch16_224", Path.of("none.pth")))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> Models.open("resnet", path("vit.safetensors")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("unknown network 'resnet'; near: ");
  }
}
