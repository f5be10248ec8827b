package io.vitrail.cutout.isnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vitrail.nn.StateDict;
import io.vitrail.tensor.Mode;
import io.vitrail.tensor.Scope;
import io.vitrail.weights.Safetensors;
import io.vitrail.weights.StoredTensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IsNetWeightsTest {
  private static final String NEXT_MOVE =
      "give a state dict of IS-Net (.pth, safetensors) or an ONNX export of it by torch.onnx";

  private static final Goldens GOLDENS = Goldens.open("files");

  @TempDir Path folder;

  /** Weights of all forms of the file goldens. */
  private static StateDict sparse(IsNet net) {
    return Formula.state(net, 0.1);
  }

  private Path safetensors() throws IOException {
    Path file = folder.resolve("isnet-w4.safetensors");
    try (IsNet net = new IsNet(new IsNet.Config(3, 4))) {
      sparse(net).save(file);
    }
    return file;
  }

  private static void assertMap(Path file, double tolerance) throws IOException {
    try (IsNet net = IsNetWeights.open(file);
        Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      GOLDENS.assertClose("map", net.predict(Formula.given("input", 1, 3, 64, 64)), tolerance);
    }
  }

  @Test
  void a_safetensors_state_dict_opens() throws IOException {
    assertMap(safetensors(), 1e-4);
  }

  @Test
  void a_torch_state_dict_opens() throws IOException {
    assertMap(Goldens.unpack("isnet-w4.pth", folder), 1e-4);
  }

  @Test
  void an_onnx_export_opens() throws IOException {
    assertMap(Goldens.unpack("isnet-w4.onnx", folder), 1e-4);
  }

  /** Weights lose 13 of 24 bits there: 5e-4 each, and the map some of it. */
  @Test
  void a_half_precision_onnx_export_opens() throws IOException {
    assertMap(Goldens.unpack("isnet-w4-fp16.onnx", folder), 2e-3);
  }

  @Test
  void width_and_channels_are_read_from_the_file() throws IOException {
    Path file = folder.resolve("dis-sam.safetensors");
    try (IsNet net = Formula.fill(new IsNet(new IsNet.Config(5, 8)))) {
      StateDict.of(net).save(file);
    }
    try (IsNet net = IsNetWeights.open(file)) {
      assertThat(net.state().get("conv_in.weight").shape()).containsExactly(8, 5, 3, 3);
    }
  }

  @Test
  void another_network_is_refused() throws IOException {
    Path file = folder.resolve("gt-encoder.safetensors");
    try (GtEncoder net = Formula.fill(new GtEncoder(1))) {
      StateDict.of(net).save(file);
    }
    assertThatThrownBy(() -> IsNetWeights.open(file))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "'gt-encoder.safetensors' is not an IS-Net: expected tensors 'conv_in.weight', ..., it"
                + " has conv_in.bn.bias, conv_in.bn.num_batches_tracked, conv_in.bn.running_mean; "
                + NEXT_MOVE);
  }

  @Test
  void an_onnx_of_another_network_is_refused() throws IOException {
    Path file = folder.resolve("u2net.onnx");
    byte[] model = Files.readAllBytes(Goldens.unpack("isnet-w4.onnx", folder));
    Files.write(file, replaced(model, "/conv_in/Conv", "/inconv_/Conv"));
    assertThatThrownBy(() -> IsNetWeights.open(file))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(
            "'u2net.onnx' is not an IS-Net: expected tensors 'conv_in.weight', ..., it has"
                + " inconv_.bias, inconv_.weight, side1.bias; give");
  }

  @Test
  void an_onnx_with_an_initializer_missing_is_refused() throws IOException {
    Path file = folder.resolve("pruned.onnx");
    byte[] model = Files.readAllBytes(Goldens.unpack("isnet-w4.onnx", folder));
    // The name of the tensor: its last place in the file, where nodes stand before tensors.
    Files.write(file, replacedLast(model, "side3.weight", "side?.weight"));
    assertThatThrownBy(() -> IsNetWeights.open(file))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "'pruned.onnx' is not an ONNX export of IS-Net: expected an initializer 'side3.weight'"
                + " for 'side3.weight', there is none; "
                + NEXT_MOVE);
  }

  @Test
  void an_onnx_with_one_layer_less_is_refused() throws IOException {
    Path file = folder.resolve("other.onnx");
    byte[] model = Files.readAllBytes(Goldens.unpack("isnet-w4.onnx", folder));
    Files.write(file, replaced(model, "/side6/Conv", "/side9/Conv"));
    assertThatThrownBy(() -> IsNetWeights.open(file))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(
            "'other.onnx' does not fit IsNet: 2 missing (side6.weight, side6.bias)")
        .hasMessageContaining("2 unexpected (side9.weight, side9.bias)");
  }

  @Test
  void cut_files_are_refused_by_name() throws IOException {
    for (String name : List.of("isnet-w4.onnx", "isnet-w4.pth")) {
      Path whole = Goldens.unpack(name, folder);
      for (double share : new double[] {0, 0.01, 0.5, 0.999}) {
        Path file = folder.resolve("cut-" + share + name);
        byte[] bytes = Files.readAllBytes(whole);
        Files.write(file, java.util.Arrays.copyOf(bytes, (int) (share * bytes.length)));
        assertThatThrownBy(() -> IsNetWeights.open(file))
            .as("%s cut to %s", name, share)
            .isInstanceOf(IOException.class)
            .hasMessageContaining(file.getFileName().toString());
      }
    }
  }

  @Test
  void a_first_convolution_that_is_none_is_refused() throws IOException {
    assertRefused(
        List.of(StoredTensor.of("conv_in.weight", new float[12], 4, 3)),
        "'odd.safetensors' is not an IS-Net: expected 'conv_in.weight' of shape [width, channels,"
            + " 3, 3], it has [4, 3]; "
            + NEXT_MOVE);
    assertRefused(
        List.of(StoredTensor.of("conv_in.weight", new float[6 * 3 * 9], 6, 3, 3, 3)),
        "'odd.safetensors' is not an IS-Net: IS-Net needs input channels >= 1 and a width that is"
            + " a multiple of 4; got 3 and 6");
    assertRefused(
        List.of(),
        "'odd.safetensors' is not an IS-Net: expected tensors 'conv_in.weight', ..., it has none; "
            + NEXT_MOVE);
  }

  @Test
  void a_missing_file_is_named() {
    assertThatThrownBy(() -> IsNetWeights.open(folder.resolve("none.pth")))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("none.pth");
  }

  private void assertRefused(List<StoredTensor> tensors, String message) throws IOException {
    Path file = folder.resolve("odd.safetensors");
    Safetensors.write(file, tensors, Map.of());
    assertThatThrownBy(() -> IsNetWeights.open(file))
        .isInstanceOf(IOException.class)
        .hasMessage(message);
  }

  /** The bytes with one text for another of its length, at every place. */
  private static byte[] replaced(byte[] bytes, String text, String other) {
    String all = new String(bytes, StandardCharsets.ISO_8859_1);
    assertThat(all).contains(text);
    return all.replace(text, other).getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] replacedLast(byte[] bytes, String text, String other) {
    String all = new String(bytes, StandardCharsets.ISO_8859_1);
    int last = all.lastIndexOf(text);
    return (all.substring(0, last) + other + all.substring(last + text.length()))
        .getBytes(StandardCharsets.ISO_8859_1);
  }
}
