package io.vitrail.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {
  @TempDir Path folder;

  @Test
  void every_type_of_the_reference_writer_is_read() throws IOException {
    try (Weights weights = Safetensors.open(Goldens.path("types.safetensors"))) {
      Goldens.assertTypes(weights, Goldens.TYPES);
      assertThat(weights.get("scalar").shape()).isEmpty();
      assertThat(weights.get("scalar").toFloats()).containsExactly(2.5f);
      assertThat(weights.get("empty").shape()).containsExactly(0, 4);
      assertThat(weights.metadata()).isEqualTo(Map.of("format", "pt", "note", "grün"));
      assertThat(weights.get("f64").data().isDirect()).isTrue();
    }
  }

  @Test
  void what_is_written_is_read_back_equal_and_aligned() throws IOException {
    Path path = folder.resolve("new/copy.safetensors");
    try (Weights original = Safetensors.open(Goldens.path("types.safetensors"))) {
      Safetensors.write(path, original.tensorList(), Map.of("b", "2", "a", "ü"));
      Weights copy = Safetensors.open(path);
      assertThat(copy.names()).containsExactlyInAnyOrderElementsOf(original.names());
      for (String name : original.names()) {
        assertThat(Goldens.bytes(copy.get(name))).isEqualTo(Goldens.bytes(original.get(name)));
        assertThat(copy.get(name).toString()).isEqualTo(original.get(name).toString());
        assertThat(copy.get(name).data().alignmentOffset(0, copy.get(name).type().bytes()))
            .as("%s stands at a multiple of its width", name)
            .isZero();
      }
      assertThat(copy.metadata()).isEqualTo(Map.of("b", "2", "a", "ü"));
    }
  }

  @Test
  void the_same_tensors_in_any_order_give_the_same_bytes() throws IOException {
    List<StoredTensor> tensors = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      tensors.add(StoredTensor.of("t" + i, new float[] {i, -i}, 2));
      tensors.add(StoredTensor.of("n" + i, new long[] {i}, 1));
    }
    Safetensors.write(folder.resolve("a"), tensors);
    Collections.reverse(tensors);
    Safetensors.write(folder.resolve("b"), tensors);
    assertThat(folder.resolve("b")).hasSameBinaryContentAs(folder.resolve("a"));
  }

  @Test
  void a_file_may_be_empty_of_tensors() throws IOException {
    Safetensors.write(folder.resolve("none"), List.of());
    assertThat(Weights.open(folder.resolve("none")).names()).isEmpty();
  }

  @Test
  void a_failed_write_leaves_the_old_file_and_nothing_else() throws IOException {
    Path path = folder.resolve("w.safetensors");
    Safetensors.write(path, List.of(StoredTensor.of("old", new float[1], 1)));
    StoredTensor broken =
        new StoredTensor(
            "new",
            ElementType.F32,
            new long[] {1},
            () -> {
              throw new IllegalStateException("disk full");
            });
    assertThatThrownBy(() -> Safetensors.write(path, List.of(broken))).hasMessage("disk full");
    assertThat(Weights.open(path).names()).containsExactly("old");
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(path);
    }
  }

  @Test
  void names_must_be_unique_and_not_reserved() {
    StoredTensor one = StoredTensor.of("w", new float[1], 1);
    assertThatThrownBy(() -> Safetensors.write(folder.resolve("x"), List.of(one, one)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "safetensors needs one tensor to a name, and none called __metadata__;"
                + " got another 'w' is F32 [1]");
    List<StoredTensor> reserved = List.of(one.withName("__metadata__"));
    assertThatThrownBy(() -> Safetensors.write(folder.resolve("x"), reserved))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_header_that_claims_more_than_the_file_is_refused_at_once() throws IOException {
    Path path = file(1L << 60, "{}", 0);
    assertThatThrownBy(() -> Weights.open(path))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessage(
            "'"
                + path
                + "': expected a safetensors header of at most 2 bytes, got one that claims"
                + " 1152921504606846976; the file is damaged or cut off: fetch it again");
  }

  @Test
  void an_exception_has_its_parts() throws IOException {
    Path path = file(-1, "{}", 0);
    assertThatThrownBy(() -> Weights.open(path))
        .isInstanceOfSatisfying(
            MalformedWeightsException.class,
            e -> {
              assertThat(e.path()).isEqualTo(path);
              assertThat(e.expected()).isEqualTo("a safetensors header of at most 2 bytes");
              assertThat(e.got()).isEqualTo("one that claims 18446744073709551615");
              assertThat(e.nextMove()).contains("fetch it again");
            });
  }

  @Test
  void a_file_cut_in_half_is_refused() throws IOException {
    Safetensors.write(
        folder.resolve("whole"), List.of(StoredTensor.of("w", new float[1000], 1000)));
    byte[] bytes = Files.readAllBytes(folder.resolve("whole"));
    Path half = folder.resolve("half");
    Files.write(half, java.util.Arrays.copyOf(bytes, bytes.length / 2));
    assertThatThrownBy(() -> Weights.open(half))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessageContaining("'w' within the 2,064 bytes of the file")
        .hasMessageContaining("4,000 bytes from 128")
        .hasMessageContaining("cut off: fetch it again");
  }

  @Test
  void overlaps_holes_and_leftovers_are_refused() throws IOException {
    refused(two("[0,4]", "[2,6]"), 6, "'b' from byte 4, got it from 2 (overlap)");
    refused(two("[0,4]", "[5,9]"), 9, "'b' from byte 4, got it from 5 (hole)");
    refused(two("[0,4]", "[4,8]"), 9, "126 bytes in all, got 127");
    refused(two("[4,8]", "[4,8]"), 8, "'a' from byte 0, got it from 4 (hole)");
  }

  @Test
  void shapes_that_do_not_fit_the_bytes_are_refused() throws IOException {
    refused(one("F32", "[2]", "[0,4]"), 4, "8 bytes for 'w' F32 [2], got 4");
    refused(one("F32", "[-1]", "[0,4]"), 4, "a possible shape for tensor 'w', got F32 [-1]");
    refused(one("F32", "[4294967296,4294967296]", "[0,4]"), 4, "a possible shape");
    refused(one("F32", "[4294967296]", "[0,4]"), 4, "at most 2,147,483,647");
    refused(one("F32", "[1.5]", "[0,4]"), 4, "a list of whole numbers");
    refused(one("F32", "[99999999999999999999]", "[0,4]"), 4, "a list of whole numbers");
    refused(one("F32", "1", "[0,4]"), 4, "the shape of 'w' as a list");
    refused(one("F32", "[1]", "[4,0]"), 4, "a begin and an end for 'w', got '[4, 0]'");
    refused(one("F32", "[1]", "[0]"), 4, "a begin and an end for 'w'");
  }

  @Test
  void headers_that_are_no_header_are_refused() throws IOException {
    refused(one("F8_E4M3", "[4]", "[0,4]"), 4, "for 'w', got 'F8_E4M3'; convert that tensor");
    refused("{\"w\":{},\"w\":{}}", 0, "Duplicate field 'w'");
    refused("{\"w\":", 0, "the safetensors header in valid JSON");
    refused("{\"w\":" + "[".repeat(3000), 0, "in valid JSON");
  }

  @Test
  void an_index_opens_its_shards() throws IOException {
    try (Weights sharded = Weights.open(Goldens.path("model.safetensors.index.json"))) {
      assertThat(sharded).isInstanceOf(ShardedSafetensors.class);
      Goldens.assertTypes(sharded, Goldens.TYPES);
      assertThat(sharded.names()).startsWith("f64", "f32").endsWith("scalar", "empty");
      assertThat(sharded.metadata()).containsEntry("total_size", "1");
    }
  }

  @Test
  void an_index_that_leads_out_of_its_folder_is_refused() throws IOException {
    for (String name : List.of("../x.safetensors", "/etc/hostname", "", ".", "a\\u0000b")) {
      Path index = folder.resolve("index.json");
      Files.writeString(index, "{\"weight_map\":{\"w\":\"" + name + "\"}}");
      assertThatThrownBy(() -> Weights.open(index))
          .isInstanceOf(MalformedWeightsException.class)
          .hasMessageContaining("names of files in its own folder")
          .hasMessageContaining("do not trust this file");
    }
  }

  @Test
  void an_index_with_a_missing_shard_or_tensor_is_refused() throws IOException {
    Path index = folder.resolve("index.json");
    Files.writeString(index, "{\"weight_map\":{\"w\":\"part.safetensors\"}}");
    assertThatThrownBy(() -> Weights.open(index))
        .hasMessageContaining("expected the file 'part.safetensors' beside it, got none")
        .hasMessageContaining("fetch all parts into one folder");
    Safetensors.write(folder.resolve("part.safetensors"), List.of());
    assertThatThrownBy(() -> Weights.open(index))
        .hasMessageContaining("expected tensor 'w' in 'part.safetensors', got none there");
  }

  private void refused(String header, int bytes, String message) throws IOException {
    Path path = file(header.length(), header, bytes);
    assertThatThrownBy(() -> Weights.open(path))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessageContaining(message);
  }

  private static String one(String dtype, String shape, String offsets) {
    return "{\"w\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}}"
        .formatted(dtype, shape, offsets);
  }

  private static String two(String first, String second) {
    String entry = "\"%s\":{\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":%s}";
    return "{" + entry.formatted("a", first) + "," + entry.formatted("b", second) + "}     ";
  }

  private Path file(long claimed, String header, int bytes) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer file = ByteBuffer.allocate(8 + text.length + bytes).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(claimed).put(text);
    return Files.write(folder.resolve("made.safetensors"), file.array());
  }
}
