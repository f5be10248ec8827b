package io.vitrail.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TfjsWeightsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"tfjs-model.json", "tfjs-manifest.json"})
  void tensors_are_read_across_files_and_dequantized(String name) throws IOException {
    try (Weights weights = Weights.open(Goldens.path(name))) {
      assertThat(weights).isInstanceOf(TfjsWeights.class);
      assertThat(weights.names()).startsWith("conv/kernel", "q8", "q8int");
      assertThat(weights.get("conv/kernel").shape()).containsExactly(1, 1, 2, 3);
      assertThat(weights.get("conv/kernel").toFloats()).containsExactly(0, 1, 2, 3, 4, 5);
      assertThat(weights.get("q8").toFloats())
          .containsExactly(-3.7f, (float) (128 * 0.1 - 3.7), (float) (255 * 0.1 - 3.7));
      assertThat(weights.get("q8int").toLongs()).containsExactly(-4, 9, 22);
      assertThat(weights.get("q16").toFloats())
          .containsExactly(1, (float) (256 * 0.001 + 1), (float) (65535 * 0.001 + 1));
      assertThat(weights.get("half").type()).isEqualTo(ElementType.F32);
      assertThat(weights.get("half").toFloats()).containsExactly(0.5f, -2);
      assertThat(weights.get("i32").toLongs()).containsExactly(7, -7);
      assertThat(weights.get("flags").toLongs()).containsExactly(1, 0, 1);
    }
  }

  @Test
  void a_model_says_what_it_is() throws IOException {
    try (Weights weights = Weights.open(Goldens.path("tfjs-model.json"))) {
      assertThat(weights.metadata()).containsEntry("format", "graph-model");
    }
  }

  @Test
  void missing_short_and_long_binary_files_are_refused() throws IOException {
    refused("float32", "[2]", "the file 'w.bin' beside it, got none");
    Files.write(folder.resolve("w.bin"), new byte[6]);
    refused("float32", "[2]", "8 bytes for 'w', got 6 left in its binary files");
    refused("float32", "[1]", "4 bytes in 1 binary files, got 6");
    refused("string", "[1]", "float32, float16, int32, uint8 or bool for 'w', got 'string'");
    refused("float32\",\"quantization\":{\"dtype\":\"int4\"},\"x\":\"", "[1]", "got 'int4'");
    refused("float32", "[-1]", "a possible shape");
  }

  @Test
  void files_outside_the_folder_are_refused() throws IOException {
    Path path = folder.resolve("model.json");
    Files.writeString(path, "[{\"paths\":[\"../secret.bin\"],\"weights\":[]}]");
    assertThatThrownBy(() -> Weights.open(path))
        .hasMessageContaining("names of files in its own folder, got '../secret.bin'");
  }

  private void refused(String dtype, String shape, String message) throws IOException {
    Path path = folder.resolve("model.json");
    Files.writeString(
        path,
        "{\"weightsManifest\":[{\"paths\":[\"w.bin\"],\"weights\":[{\"name\":\"w\",\"dtype\":\""
            + dtype
            + "\",\"shape\":"
            + shape
            + "}]}]}");
    assertThatThrownBy(() -> Weights.open(path))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessageContaining(message);
  }
}
