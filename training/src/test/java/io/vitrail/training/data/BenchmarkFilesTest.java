package io.vitrail.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** IDX files, CIFAR's binary files, and the digits. */
class BenchmarkFilesTest {
  private static final List<String> TWO = List.of("no", "yes");
  @TempDir Path folder;

  private static byte[] idx(int[] sizes, int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * sizes.length + values.length);
    bytes.putInt(0x0800 | sizes.length);
    Arrays.stream(sizes).forEach(bytes::putInt);
    Arrays.stream(values).forEach(value -> bytes.put((byte) value));
    return bytes.array();
  }

  private static int[] sizes(int... sizes) {
    return sizes;
  }

  private Path file(String name, byte[] content) throws IOException {
    return Files.write(folder.resolve(name), content);
  }

  private static byte[] packed(byte[] content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(content);
    }
    return out.toByteArray();
  }

  @Test
  void idx_files_are_read_packed_or_not() throws IOException {
    byte[] images = idx(sizes(2, 2, 3), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255);
    Path labels = file("labels", idx(sizes(2), 1, 0));
    for (Path file : List.of(file("images", images), file("images.gz", packed(images)))) {
      Dataset data = Idx.open(file, labels, TWO);
      assertThat(data.size()).isEqualTo(2);
      assertThat(List.of(data.label(0), data.label(1))).containsExactly(1, 0);
      assertThat(List.of(data.image(0).width(), data.image(0).height())).containsExactly(3, 2);
      assertThat(data.image(1).pixels()).containsExactly(7, 8, 9, 10, 11, 255);
      assertThat(data.name(1)).isEqualTo(file + ", image 1");
    }
  }

  @Test
  void wrong_idx_files_are_named() throws IOException {
    Path images = file("images", idx(sizes(1, 1, 1), 9));
    Path labels = file("labels", idx(sizes(1), 0));
    assertThatThrownBy(() -> Idx.open(labels, labels, TWO))
        .hasMessage(
            "'%s' is no IDX file of images: expected the first bytes 00000803, got 00000801",
            labels);
    assertThatThrownBy(() -> Idx.open(images, file("none", new byte[3]), TWO))
        .hasMessageEndingWith("of labels: expected the first bytes 00000801, got an end");
    assertThatThrownBy(() -> Idx.open(file("cut", idx(sizes(2, 1, 1), 9)), labels, TWO))
        .hasMessageEndingWith("should have 18 bytes by its head, it has 17; get it anew");
    assertThatThrownBy(
            () -> Idx.open(file("huge", idx(sizes(1 << 30, 1 << 30, 1 << 30), 9)), labels, TWO))
        .isInstanceOf(DatasetException.class);
    assertThatThrownBy(() -> Idx.open(file("neg", idx(sizes(-1, 1, 1), 9)), labels, TWO))
        .hasMessageEndingWith("states a size of -1; it has no images");
    assertThatThrownBy(() -> Idx.open(images, file("more", idx(sizes(2), 0, 0)), TWO))
        .hasMessageEndingWith("has 2 labels; they do not belong together");
    assertThatThrownBy(() -> Idx.open(images, file("five", idx(sizes(1), 5)), TWO))
        .hasMessage("%s, image 0 has label 5, but there are 2 classes", images);
    byte[] packed = packed(idx(sizes(1), 0));
    assertThatThrownBy(
            () -> Idx.open(images, file("l.gz", Arrays.copyOf(packed, packed.length - 9)), TWO))
        .hasMessageEndingWith("is a damaged gzip file; get it anew");
    assertThatThrownBy(() -> Idx.open(folder.resolve("no"), labels, TWO))
        .hasMessage("no file '%s'", folder.resolve("no"));
  }

  @Test
  void mnists_four_files_are_two_splits() throws IOException {
    file("train-images-idx3-ubyte", idx(sizes(3, 1, 1), 1, 2, 3));
    file("train-labels-idx1-ubyte.gz", packed(idx(sizes(3), 2, 0, 1)));
    file("t10k-images-idx3-ubyte", idx(sizes(1, 1, 1), 4));
    assertThatThrownBy(() -> Idx.splits(folder))
        .hasMessage("'%s' has no file t10k-labels-idx1-ubyte or t10k-labels-idx1-ubyte.gz", folder);
    file("t10k-labels-idx1-ubyte", idx(sizes(1), 1));
    Splits splits = DataSets.open(folder.toString(), 0.1, 0);
    assertThat(splits.train().classes()).containsExactly("0", "1", "2");
    assertThat(List.of(splits.train().size(), splits.val().size())).containsExactly(3, 1);
  }

  @Test
  void fashion_mnist_is_read_where_it_is_installed() throws IOException {
    Path installed = Path.of("/usr/share/datasets/fashion-mnist");
    assumeTrue(Files.exists(installed), "the package dataset-fashion-mnist is not installed");
    Splits splits = DataSets.open(installed.toString(), 0.1, 0);
    assertThat(List.of(splits.train().size(), splits.val().size())).containsExactly(60_000, 10_000);
    assertThat(splits.train().classes().get(splits.train().label(0))).isEqualTo("Ankle boot");
    double[] moments = moments(splits.train());
    assertThat(moments[0]).isCloseTo(0.286, within(0.0005));
    assertThat(moments[1]).isCloseTo(0.353, within(0.0005));
  }

  @Test
  void digits_are_complete() throws IOException {
    Dataset digits = Digits.load();
    assertThat(digits.size()).isEqualTo(1797);
    long[] counts = new long[10];
    IntStream.range(0, 1797).forEach(i -> counts[digits.label(i)]++);
    assertThat(counts).containsExactly(178, 182, 177, 183, 181, 182, 181, 179, 174, 180);
    // the first row of the file is 0, 0, 5, 13, 9, 1, 0, 0, in sixteenths
    assertThat(Arrays.copyOf(digits.image(0).pixels(), 8))
        .containsExactly(0, 0, 80, 207, 143, 16, 0, 0);
    double[] moments = moments(digits);
    assertThat(moments[0]).isCloseTo(0.305, within(0.0005));
    assertThat(moments[1]).isCloseTo(0.376, within(0.0005));
    Splits splits = DataSets.open("digits", 0.2, 1);
    assertThat(splits.val().size()).isBetween(350, 369);
  }

  private static double[] moments(Dataset data) throws IOException {
    double sum = 0;
    double squares = 0;
    long count = 0;
    for (int i = 0; i < data.size(); i++) {
      for (byte pixel : data.image(i).pixels()) {
        double value = (pixel & 0xff) / 255.0;
        sum += value;
        squares += value * value;
        count++;
      }
    }
    double mean = sum / count;
    return new double[] {mean, Math.sqrt(squares / count - mean * mean)};
  }

  private static byte[] cifar(int... head) {
    byte[] record = new byte[head.length + 3072];
    for (int i = 0; i < head.length; i++) {
      record[i] = (byte) head[i];
    }
    record[head.length] = 1; // red of the first pixel
    record[head.length + 1024] = 2;
    record[head.length + 2048] = 3;
    record[head.length + 1] = 4; // red of the second
    return record;
  }

  @Test
  void cifar_10_is_read_plane_by_plane() throws IOException {
    for (int i = 1; i <= 5; i++) {
      file("data_batch_" + i + ".bin", cifar(i % 2));
    }
    file("test_batch.bin", cifar(1));
    Files.writeString(folder.resolve("batches.meta.txt"), "no\nyes\n\n");
    Splits splits = DataSets.open(folder.toString(), 0.1, 0);
    assertThat(splits.train().classes()).isEqualTo(TWO);
    assertThat(splits.train().size()).isEqualTo(5);
    assertThat(splits.train().label(1)).isZero();
    assertThat(Arrays.copyOf(splits.val().image(0).pixels(), 6)).containsExactly(1, 2, 3, 4, 0, 0);
  }

  @Test
  void cifar_100_takes_fine_labels_and_wrong_files_are_named() throws IOException {
    file("train.bin", cifar(7, 1));
    file("test.bin", new byte[5]);
    assertThatThrownBy(() -> Cifar.splits(folder)).hasMessageContaining("is no binary CIFAR");
    Files.writeString(folder.resolve("fine_label_names.txt"), "no\nyes\n");
    assertThatThrownBy(() -> Cifar.splits(folder))
        .hasMessageEndingWith("has 5 bytes, expected a multiple of 3074; get it anew");
    file("test.bin", cifar(0, 2));
    assertThatThrownBy(() -> Cifar.splits(folder))
        .hasMessageEndingWith("image 0 has label 2, but there are 2 classes");
    file("test.bin", cifar(0, 0));
    assertThat(Cifar.splits(folder).train().label(0)).isEqualTo(1);
  }
}
