package io.vitrail.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NpyTest {
  private static final List<ElementType> TYPES =
      Goldens.TYPES.stream().filter(t -> t != ElementType.BF16).toList();

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"arrays.npz", "arrays-compressed.npz"})
  void every_type_and_order_is_read(String name) throws IOException {
    try (Weights weights = Weights.open(Goldens.path(name))) {
      assertThat(weights).isInstanceOf(Npz.class);
      Goldens.assertTypes(weights, TYPES);
      float[] counted = new float[24];
      for (int i = 0; i < 24; i++) {
        counted[i] = i;
      }
      assertThat(weights.get("fortran").shape()).containsExactly(2, 3, 4);
      assertThat(weights.get("fortran").toFloats()).isEqualTo(counted);
      assertThat(weights.get("big_endian").toFloats()).containsExactly(0, 1, 2, 3, 4, 5);
      assertThat(weights.get("big_endian_fortran").toLongs()).containsExactly(0, 1, 2, 3, 4, 5);
      assertThat(weights.get("scalar").shape()).isEmpty();
      assertThat(weights.get("scalar").toFloats()).containsExactly(2.5f);
      assertThat(weights.get("empty").shape()).containsExactly(0, 4);
      assertThat(weights.get("vector").shape()).containsExactly(3);
    }
  }

  @Test
  void stored_arrays_are_mapped() throws IOException {
    try (Weights weights = Weights.open(Goldens.path("arrays.npz"))) {
      assertThat(weights.get("f32").data().isDirect()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"version1", "version2", "version3"})
  void every_format_version_is_read(String name) throws IOException {
    try (Weights weights = Weights.open(Goldens.path(name + ".npy"))) {
      assertThat(weights).isInstanceOf(Npy.class);
      assertThat(weights.names()).containsExactly(name);
      assertThat(weights.get(name).toFloats()).containsExactly(-2, -1.5f, -1, -0.5f, 0, 0.5f);
    }
  }

  @Test
  void what_is_written_is_read_back_equal_and_the_bytes_are_numpys() throws IOException {
    try (Weights original = Weights.open(Goldens.path("arrays.npz"))) {
      Path npz = folder.resolve("copy.npz");
      Npz.write(npz, original.tensorList());
      Goldens.assertSame(Weights.open(npz), original);
      byte[] once = Files.readAllBytes(npz);
      Npz.write(npz, original.tensorList());
      assertThat(npz).hasBinaryContent(once);

      Path npy = folder.resolve("version1.npy");
      Npy.write(npy, original.get("f32"));
      assertThat(npy).hasSameBinaryContentAs(Goldens.path("version1.npy"));
      for (StoredTensor tensor : original.tensorList()) {
        Npy.write(npy, tensor);
        StoredTensor copy = Weights.open(npy).get("version1");
        assertThat(copy.shape()).isEqualTo(tensor.shape());
        assertThat(Goldens.bytes(copy)).isEqualTo(Goldens.bytes(tensor));
      }
    }
  }

  @Test
  void bf16_and_repeated_names_cannot_be_written() {
    StoredTensor bf16 = StoredTensor.of("w", ElementType.BF16, new float[1], 1);
    assertThatThrownBy(() -> Npy.write(folder.resolve("x.npy"), bf16))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("NumPy has no BF16, but 'w' is BF16 [1]; convert it");
    assertThatThrownBy(() -> Npz.write(folder.resolve("x.npz"), List.of(bf16)))
        .hasMessageContaining("NumPy has no BF16");
    StoredTensor one = StoredTensor.of("w", new float[1], 1);
    assertThatThrownBy(() -> Npz.write(folder.resolve("x.npz"), List.of(one, one)))
        .hasMessage("npz needs one tensor to a name, got another 'w' is F32 [1]");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void arrays_of_objects_and_other_types_are_refused() throws IOException {
    assertThatThrownBy(() -> Weights.open(Goldens.path("objects.npy")))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessageContaining("NumPy type of 'objects', got '|O'")
        .hasMessageContaining("astype('float32')");
    refused("{'descr': '<c8', 'fortran_order': False, 'shape': (1,)}", "got '<c8'");
    refused("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", "not records");
    refused("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", "8 bytes for 'made'");
    refused("{'descr': '<f4', 'fortran_order': True, 'shape': (1 1,)}", "as numbers");
    refused("{'descr': '>', 'fortran_order': True, 'shape': (1,)}", "got '>'");
    refused("{'descr': '<f4', 'shape': (1,)}", "descr, fortran_order and shape");
  }

  @Test
  void files_cut_in_half_are_refused() throws IOException {
    for (String name : List.of("version1.npy", "arrays.npz", "arrays-compressed.npz")) {
      byte[] bytes = Files.readAllBytes(Goldens.path(name));
      Path half = Files.write(folder.resolve("half"), Arrays.copyOf(bytes, bytes.length / 2));
      assertThatThrownBy(() -> Weights.open(half))
          .isInstanceOf(MalformedWeightsException.class)
          .hasMessageContaining("cut off: fetch it again");
    }
  }

  @Test
  void a_header_longer_than_the_file_is_refused() throws IOException {
    byte[] bytes = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 2, 0, -1, -1, -1, -1, 0};
    Path path = Files.write(folder.resolve("x"), bytes);
    assertThatThrownBy(() -> Weights.open(path))
        .hasMessageContaining(
            "a NumPy header of at most 1 bytes, got one that claims 4,294,967,29");
    bytes[6] = 9;
    Files.write(path, bytes);
    assertThatThrownBy(() -> Weights.open(path)).hasMessageContaining("version 9");
  }

  @Test
  void a_zip_bomb_is_refused_before_it_is_inflated() throws IOException {
    Path path = folder.resolve("bomb.npz");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(path))) {
      zip.putNextEntry(new ZipEntry("zeros.npy"));
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 64; i++) {
        zip.write(zeros);
      }
    }
    assertThatThrownBy(() -> Weights.open(path))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessageContaining("at most 30 times the file, got 'zeros.npy' with 67,108,864 bytes")
        .hasMessageContaining("numpy.savez");
  }

  private void refused(String header, String message) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.US_ASCII);
    byte[] bytes = Arrays.copyOf(Npy.MAGIC, 10 + text.length + 4);
    bytes[6] = 1;
    bytes[8] = (byte) text.length;
    System.arraycopy(text, 0, bytes, 10, text.length);
    Path path = Files.write(folder.resolve("made.npy"), bytes);
    assertThatThrownBy(() -> Weights.open(path))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessageContaining(message);
  }
}
