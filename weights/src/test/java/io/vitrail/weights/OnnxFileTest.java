package io.vitrail.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxFileTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"raw.onnx", "typed.onnx"})
  void every_type_is_read_from_raw_bytes_and_from_typed_lists(String name) throws IOException {
    try (Weights weights = Weights.open(Goldens.path(name))) {
      assertThat(weights).isInstanceOf(OnnxFile.class);
      assertThat(weights.names()).hasSize(10);
      Goldens.assertTypes(weights, Goldens.TYPES);
    }
  }

  @Test
  void raw_bytes_are_mapped() throws IOException {
    try (Weights weights = OnnxFile.open(Goldens.path("raw.onnx"))) {
      assertThat(weights.get("f16").data().isDirect()).isTrue();
    }
  }

  @Test
  void the_graph_says_which_operation_uses_which_weight() throws IOException {
    try (OnnxFile file = OnnxFile.open(Goldens.path("raw.onnx"))) {
      assertThat(file.inputs()).containsExactly("input");
      assertThat(file.outputs()).containsExactly("u");
      assertThat(file.metadata())
          .containsEntry("producer_name", "goldens")
          .containsEntry("opset", "15")
          .containsEntry("ir_version", "8")
          .containsEntry("author", "vitrail");
      OnnxNode conv = file.nodes().get(0);
      assertThat(conv.name()).isEqualTo("/stage1/conv/Conv");
      assertThat(conv.opType()).isEqualTo("Conv");
      assertThat(conv.inputs()).containsExactly("input", "f32", "");
      assertThat(conv.outputs()).containsExactly("output");
      assertThat(conv.attribute("kernel_shape").ints()).containsExactly(3L, 3L);
      assertThat(conv.attribute("group").ints()).containsExactly(1L);
      assertThat(conv.attribute("auto_pad").strings()).containsExactly("SAME_UPPER");
      assertThat(file.nodes().get(1).attribute("value").tensors().get(0).toLongs())
          .containsExactly(1, 2);
      assertThat(file.nodes().get(2).attribute("alpha").floats()).containsExactly(0.25f);
      assertThat(file.nodes().get(3).attribute("scales").floats()).containsExactly(1f, 2f);
      assertThatThrownBy(() -> conv.attribute("pads"))
          .isInstanceOf(NoSuchElementException.class)
          .hasMessage(
              "node '/stage1/conv/Conv' (Conv) has no attribute 'pads';"
                  + " it has [auto_pad, group, kernel_shape]");
    }
  }

  @Test
  void weights_in_other_files_are_refused() {
    assertThatThrownBy(() -> Weights.open(Goldens.path("external.onnx")))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessageContaining("expected weights inside the ONNX file, got 'w' in a file beside it")
        .hasMessageContaining("save_as_external_data=False");
  }

  @Test
  void a_file_cut_in_half_is_refused() throws IOException {
    byte[] bytes = Files.readAllBytes(Goldens.path("raw.onnx"));
    Path half = Files.write(folder.resolve("half"), Arrays.copyOf(bytes, bytes.length / 2));
    assertThatThrownBy(() -> Weights.open(half))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessageContaining("a field within the")
        .hasMessageContaining("cut off: fetch it again");
  }

  @Test
  void tensors_that_do_not_fit_their_shape_are_refused() throws IOException {
    // A TensorProto of: dims 3, data type, values, name "w".
    refused("8 bytes for 'w' F32 [2], got 4", 8, 2, 16, 1, 74, 4, 0, 0, 0, 0, 66, 1, 'w');
    refused("values for 'w' I64 [3], got 2 of them", 8, 3, 16, 7, 58, 2, 1, 2, 66, 1, 'w');
    refused("floats for 'w'", 8, 1, 16, 1, 40, 1, 66, 1, 'w');
    refused("both a list and raw", 8, 1, 16, 3, 40, 1, 74, 1, 0, 66, 1, 'w');
    refused("'w' of ONNX data type 8", 8, 1, 66, 1, 'w', 16, 8);
    refused("a number of at most 10 bytes", 8, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1);
    refused("wire type 0, 1, 2 or 5, got 3", 11);
    refused("wire type 2 in field 8, got 0", 64, 1);
    refused("a field number, got 0", 0, 0);
  }

  @Test
  void two_weights_of_one_name_are_refused() throws IOException {
    int[] tensor = {42, 7, 16, 1, 8, 0, 66, 1, 'w'};
    Path path = model(List.of(tensor, tensor));
    assertThatThrownBy(() -> Weights.open(path))
        .hasMessageContaining("expected one tensor to a name, got two called 'w'");
  }

  @Test
  void a_model_without_a_graph_is_refused() throws IOException {
    Path path = Files.write(folder.resolve("x"), new byte[] {8, 8});
    assertThatThrownBy(() -> Weights.open(path))
        .hasMessageContaining("expected an ONNX model with a graph, got none");
  }

  private void refused(String message, int... tensor) throws IOException {
    int[] field = new int[tensor.length + 2];
    field[0] = 42; // field 5 of the graph: initializer
    field[1] = tensor.length;
    System.arraycopy(tensor, 0, field, 2, tensor.length);
    Path path = model(List.of(field));
    assertThatThrownBy(() -> Weights.open(path))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessageContaining(message);
  }

  private Path model(List<int[]> graphFields) throws IOException {
    byte[] bytes = new byte[128];
    int size = 4;
    for (int[] field : graphFields) {
      for (int value : field) {
        bytes[size++] = (byte) value;
      }
    }
    bytes[0] = 8; // field 1: IR version
    bytes[1] = 8;
    bytes[2] = 58; // field 7: graph
    bytes[3] = (byte) (size - 4);
    return Files.write(folder.resolve("made.onnx"), Arrays.copyOf(bytes, size));
  }
}
