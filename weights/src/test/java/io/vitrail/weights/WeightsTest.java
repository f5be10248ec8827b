package io.vitrail.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightsTest {
  @TempDir Path folder;
  private Path path;

  @BeforeEach
  void writeSome() throws IOException {
    path = folder.resolve("w.safetensors");
    StoredTensor one = StoredTensor.of("", new float[] {7}, 1);
    Safetensors.write(
        path,
        List.of(
            one.withName("model.conv.weight"),
            one.withName("model.conv.bias"),
            one.withName("ema.conv.bias")));
  }

  @ParameterizedTest
  @CsvSource({
    "types.safetensors, SAFETENSORS",
    "model.safetensors.index.json, SAFETENSORS_INDEX",
    "types.pth, TORCH_ZIP",
    "types-legacy.pth, TORCH_LEGACY",
    "raw.onnx, ONNX",
    "tfjs-model.json, TFJS",
    "version1.npy, NPY",
    "arrays.npz, NPZ"
  })
  void the_kind_is_told_by_the_content(String name, WeightsFormat format) throws IOException {
    Path renamed = Files.copy(Goldens.path(name), folder.resolve("no-suffix"));
    assertThat(WeightsFormat.of(renamed)).isEqualTo(format);
    assertThat(Weights.open(Goldens.path(name)).path()).isEqualTo(Goldens.path(name));
  }

  @Test
  void a_missing_name_lists_the_nearest() throws IOException {
    try (Weights weights = Weights.open(path)) {
      assertThatThrownBy(() -> weights.get("conv.weight"))
          .isInstanceOf(NoSuchElementException.class)
          .hasMessage(
              "no tensor 'conv.weight' among the 3 of '" + path + "'; near: model.conv.weight");
      assertThatThrownBy(() -> weights.get("model.conv.wieght"))
          .hasMessageContaining("near: model.conv.weight, model.conv.bias");
      assertThatThrownBy(() -> weights.get("zzz"))
          .hasMessageEndingWith(
              "; it begins with: ema.conv.bias, model.conv.bias, model.conv.weight");
      assertThat(weights.find("zzz")).isEmpty();
      assertThat(weights.find("ema.conv.bias")).isPresent();
    }
  }

  @Test
  void views_rename_and_select() throws IOException {
    try (Weights weights = Weights.open(path)) {
      assertThat(weights.withoutPrefix("model.").names())
          .containsExactly("ema.conv.bias", "conv.bias", "conv.weight");
      assertThat(weights.under("model.").names()).containsExactly("conv.bias", "conv.weight");
      StoredTensor bias = weights.under("ema.").get("conv.bias");
      assertThat(bias.name()).isEqualTo("conv.bias");
      assertThat(bias.toFloats()).containsExactly(7);
      assertThatThrownBy(() -> weights.renamed(n -> n.replaceFirst("^[a-z]*\\.", "")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "renaming would give 'ema.conv.bias' and 'model.conv.bias' of '"
                  + path
                  + "' one name, 'conv.bias'; take one part of the file with under(...) first");
    }
  }

  @Test
  void tensors_outlive_their_weights_and_closed_weights_say_so() throws IOException {
    Weights weights = Weights.open(path);
    StoredTensor tensor = weights.get("ema.conv.bias");
    weights.close();
    weights.close();
    assertThat(tensor.toFloats()).containsExactly(7);
    assertThatThrownBy(weights::names)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the weights of '" + path + "' were closed; open them again");
  }

  @Test
  void files_that_are_no_weights_say_what_they_are() throws IOException {
    assertThatThrownBy(() -> Weights.open(folder.resolve("none")))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("there is no such weight file");
    assertThatThrownBy(() -> Weights.open(folder))
        .hasMessageContaining("expected a weight file, got a folder; name the file in it");
    says("", "got an empty file");
    says("hello\nworld", "got one that begins with 'hello\\u000aworld'");
    says("<!DOCTYPE html>", "got an HTML or XML page; fetch the file itself");
    says("version https://git-lfs", "a git LFS pointer to one; run 'git lfs pull'");
    says("{\"a\": 1}", "a JSON file without either; name the weight file itself");
    says("{\"a\": ", "in valid JSON");
    says("PK\u0003\u0004 and nothing more", "a zip directory at the end of the file, got none");
  }

  private void says(String content, String message) throws IOException {
    Path file = folder.resolve("some");
    Files.writeString(file, content);
    assertThatThrownBy(() -> Weights.open(file))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessageContaining(message);
  }
}
