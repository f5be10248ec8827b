package io.vitrail.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TorchFileTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"types.pth", "types-legacy.pth", "types-protocol4.pth"})
  void every_type_is_read(String name) throws IOException {
    try (Weights weights = Weights.open(Goldens.path(name))) {
      assertThat(weights).isInstanceOf(TorchFile.class);
      Goldens.assertTypes(weights, Goldens.TYPES);
      assertThat(weights.get("scalar").shape()).isEmpty();
      assertThat(weights.get("scalar").toFloats()).containsExactly(2.5f);
      assertThat(weights.get("empty").shape()).containsExactly(0, 4);
      assertThat(weights.get("f32").data().isDirect()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"types", "views", "checkpoint"})
  void both_formats_of_the_same_dict_are_equal(String name) throws IOException {
    try (Weights zip = Weights.open(Goldens.path(name + ".pth"));
        Weights legacy = Weights.open(Goldens.path(name + "-legacy.pth"))) {
      Goldens.assertSame(legacy, zip);
      assertThat(legacy.metadata()).isEqualTo(zip.metadata());
    }
  }

  @Test
  void views_of_one_storage_are_put_in_order() throws IOException {
    try (Weights weights = Weights.open(Goldens.path("views.pth"))) {
      assertThat(weights.get("base").toFloats()).hasSize(24).startsWith(0, 1, 2);
      assertThat(weights.get("matrix").shape()).containsExactly(4, 6);
      assertThat(weights.get("transposed").shape()).containsExactly(6, 4);
      assertThat(weights.get("transposed").toFloats()).startsWith(0, 6, 12, 18, 1, 7);
      assertThat(weights.get("column").toFloats()).containsExactly(2, 8, 14, 20);
      assertThat(weights.get("corner").toFloats()).containsExactly(8, 9, 10, 14, 15, 16);
      assertThat(weights.get("every_other").toFloats()).hasSize(12).endsWith(20, 22);
      assertThat(weights.get("expanded").toFloats()).hasSize(12).containsOnly(5);
      assertThat(weights.get("channels_last").shape()).containsExactly(1, 2, 3, 4);
      assertThat(weights.get("channels_last").toFloats()).isEqualTo(weights.get("base").toFloats());
      assertThat(weights.get("last").toFloats()).containsExactly(23);
      assertThat(weights.get("tied").toFloats()).isEqualTo(weights.get("matrix").toFloats());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"checkpoint.pth", "checkpoint-legacy.pth"})
  void a_checkpoint_lists_its_state_dict(String name) throws IOException {
    try (TorchFile file = TorchFile.open(Goldens.path(name))) {
      assertThat(file.listedSection()).isEqualTo("state_dict");
      assertThat(file.names())
          .containsExactly("model.conv.weight", "model.conv.bias", "ema_model.conv.bias");
      assertThat(file.get("model.conv.weight").toFloats()).containsExactly(0, 1, 2, 3, 4, 5);
      assertThat(file.under("ema_model.").get("conv.bias").toFloats()).containsExactly(1, -1);
      assertThat(file.metadata())
          .containsEntry("epoch", "3")
          .containsEntry("global_step", "12345678901")
          .containsEntry("pytorch-lightning_version", "1.4.5");
      Weights optimizer = file.section("optimizer_states");
      assertThat(optimizer.names()).containsExactly("0.state.0.exp_avg");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"checkpoint.pth", "checkpoint-legacy.pth"})
  void everything_else_of_a_checkpoint_is_plain_values_or_opaque(String name) throws IOException {
    try (TorchFile file = TorchFile.open(Goldens.path(name))) {
      Map<?, ?> root = (Map<?, ?>) file.root().orElseThrow();
      assertThat(root.get("big")).isEqualTo(BigInteger.TWO.pow(100));
      assertThat(root.get("size")).isEqualTo(List.of(1L, 2L));
      assertThat((byte[]) root.get("bytes")).containsExactly(0, 0xff);
      assertThat(root.get("set")).isEqualTo(Set.of(1L, 2L));
      assertThat(root.get("tuple")).isEqualTo(Arrays.asList(null, true, false, 0.5, -1L));
      assertThat(root.get("int_keys")).isEqualTo(Map.of(0L, "zero", List.of(1L, 2L), "pair"));

      Opaque args = (Opaque) root.get("args");
      assertThat(args.toString()).isEqualTo("argparse.Namespace(...)");
      assertThat(args.state().orElseThrow())
          .isEqualTo(Map.of("name", "x", "sizes", List.of(1L, 2L), "dtype", ElementType.F16));
      Opaque dict = (Opaque) root.get("hyper_parameters");
      assertThat(dict.name()).isEqualTo("ForeignDict");
      assertThat(dict.entries()).isEqualTo(Map.of("lr", 0.1));
      Opaque foreign = (Opaque) root.get("foreign");
      assertThat(foreign.state().orElseThrow()).isEqualTo(Map.of("answer", 42L));
      assertThat(((Opaque) root.get("numpy_scalar")).name()).isEqualTo("scalar");

      Opaque evil = (Opaque) root.get("evil");
      assertThat(evil.toString()).isEqualTo("posix.system(...)");
      assertThat(evil.isReference()).isFalse();
      assertThat(evil.args()).isEqualTo(List.of("echo this must never run"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"evil.pth", "evil-legacy.pth"})
  void a_pickle_that_is_a_call_is_named_and_not_run(String name) {
    assertThatThrownBy(() -> Weights.open(Goldens.path(name)))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessageEndingWith(
            "expected tensors, or dicts of them, got a pickle that is only the object or call"
                + " posix.system(...) (not run);"
                + " in Python, torch.save(model.state_dict(), ...) instead");
  }

  @Test
  void without_a_known_section_names_are_joined_by_dots() throws IOException {
    try (TorchFile file = TorchFile.open(Goldens.path("nested.pth"))) {
      assertThat(file.listedSection()).isEmpty();
      assertThat(file.names()).containsExactly("generator.w", "layers.0", "layers.1");
      assertThat(file.section("generator").get("w").toFloats()).containsExactly(1, 1);
      assertThatThrownBy(() -> file.section("generator.x"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no section 'generator.x'")
          .hasMessageContaining("'x' is not among w");
    }
  }

  @Test
  void tensors_of_unknown_types_do_not_hide_the_others() throws IOException {
    try (TorchFile file = TorchFile.open(Goldens.path("other-types.pth"))) {
      assertThat(file.names()).containsExactly("w");
      Map<?, ?> root = (Map<?, ?>) file.root().orElseThrow();
      assertThat(root.get("weird")).isInstanceOf(Opaque.class);
      assertThat(root.get("u16")).isInstanceOf(Opaque.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"types.pth", "types-legacy.pth"})
  void a_file_cut_in_half_is_refused(String name) throws IOException {
    byte[] bytes = Files.readAllBytes(Goldens.path(name));
    Path half = Files.write(folder.resolve("half"), Arrays.copyOf(bytes, bytes.length / 2));
    assertThatThrownBy(() -> Weights.open(half))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessageContaining("cut off: fetch it again");
  }

  @Test
  void a_big_endian_file_is_refused() throws IOException {
    Path path = zip(ZipEntry.STORED, "a/data.pkl", pickle("}."), "a/byteorder", "big");
    assertThatThrownBy(() -> Weights.open(path))
        .hasMessageContaining("expected a file from a little-endian machine, got byte order 'big'");
  }

  @Test
  void a_compressed_file_is_refused() throws IOException {
    Path path = zip(ZipEntry.DEFLATED, "a/data.pkl", pickle("}."));
    assertThatThrownBy(() -> Weights.open(path))
        .hasMessageContaining("'a/data.pkl' stored as it is, as torch.save does")
        .hasMessageContaining("zip -0");
  }

  @Test
  void a_file_without_tensors_is_refused() throws IOException {
    Path path = zip(ZipEntry.STORED, "a/data.pkl", pickle("}."));
    assertThatThrownBy(() -> Weights.open(path))
        .hasMessageContaining("expected tensors in it, got a dict without any");
  }

  @Test
  void another_pickle_is_refused() throws IOException {
    Path path = Files.write(folder.resolve("x.pkl"), new byte[] {(byte) 0x80, 2, '}', '.'});
    assertThatThrownBy(() -> Weights.open(path))
        .hasMessageContaining("expected a file of torch.save, got another pickle");
  }

  @Test
  void broken_pickles_are_refused() throws IOException {
    refused("]", "the rest of the pickle");
    refused(".", "1 values on the stack at byte 3 of the pickle");
    refused("t.", "a mark on the stack");
    refused("K\u0001K\u0001a.", "a list or set to add to");
    refused("h\u0005.", "a memo index below 0");
    refused("]r\u0000\u0000\u0000\u0010.", "a memo index below the bytes so far");
    refused("X\u007f\u007f\u007f\u007fabc.", "a value of at most 4 bytes");
    refused("\u0082\u0001.", "a pickle instruction of protocol 0 to 5");
    refused("}]]s.", "a text, a number or a flat tuple as key");
    refused("]Q.", "a persistent id");
    refused("I" + "9".repeat(5000) + "\n.", "a whole number");
    refused("K\u0001)R.", "a function or class to call");
  }

  @Test
  void a_dict_that_contains_itself_ends_in_an_error() throws IOException {
    refused("}q\u0000U\u0001ah\u0000s.", "nested at most 64 deep, got deeper ones, or a cycle");
  }

  @Test
  void one_list_in_very_many_places_ends_in_an_error() throws IOException {
    StringBuilder text = new StringBuilder("]q\u0000");
    for (int level = 1; level <= 40; level++) { // each list holds the one before ten times
      text.append("](").append(("h" + (char) (level - 1)).repeat(10)).append("eq");
      text.append((char) level);
    }
    refused(text + ".", "one list or dict in very many places");
  }

  @Test
  void tensors_that_leave_their_storage_are_refused() throws IOException {
    refused(tensor("K\u0000", "K\u0005\u0085", "K\u0001\u0085"), "within the 4 elements");
    refused(tensor("K\u0001", "K\u0004\u0085", "K\u0001\u0085"), "F32 [4] from element 1");
    refused(tensor("K\u0000", "K\u0002\u0085", "J\u00ff\u00ff\u00ff\u007f\u0085"), "within");
    refused(tensor("J\u00ff\u00ff\u00ff\u00ff", "K\u0001\u0085", "K\u0001\u0085"), "an offset");
    refused(tensor("K\u0000", "K\u0002\u0085", ")"), "as many strides as sizes");
    refused(tensor("K\u0000", "J\u00ff\u00ff\u00ff\u007f\u0085", "K\u0000\u0085"), "2 GiB");
    refused(tensor("K\u0000", "J\u0000\u0000\u0000\u0001\u0085", "K\u0000\u0085"), "contiguous()");
    refused(tensor("K\u0000", "K\u0001\u0085", "K\u0001\u0085"), "the bytes of storage 'k'");
  }

  /** A dict with one F32 tensor over a storage 'k' of 4 elements that is not in the file. */
  private static String tensor(String offset, String sizes, String strides) {
    return "}U\u0001wctorch._utils\n_rebuild_tensor_v2\n("
        + "(U\u0007storagectorch\nFloatStorage\nU\u0001kU\u0003cpuK\u0004tQ"
        + offset
        + sizes
        + strides
        + "\u0089}tRs.";
  }

  private void refused(String pickle, String message) throws IOException {
    Path path = zip(ZipEntry.STORED, "a/data.pkl", pickle(pickle));
    assertThatThrownBy(() -> Weights.open(path))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessageContaining(message);
  }

  private static String pickle(String instructions) {
    return "\u0080\u0002" + instructions;
  }

  private Path zip(int method, String... namesAndTexts) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (int i = 0; i < namesAndTexts.length; i += 2) {
        byte[] content = namesAndTexts[i + 1].getBytes(StandardCharsets.ISO_8859_1);
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry entry = new ZipEntry(namesAndTexts[i]);
        entry.setMethod(method);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
      }
    }
    return Files.write(folder.resolve("made.pth"), bytes.toByteArray());
  }
}
