package io.vitrail.training.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The IDX files of MNIST (LeCun et al., 1998) and its successors, packed by gzip or not: big-endian
 * sizes, then unsigned bytes. Images are held in memory.
 */
public final class Idx {
  /** Classes of Fashion-MNIST (Xiao et al., 2017, arXiv 1708.07747). */
  public static final List<String> FASHION =
      List.of(
          "T-shirt/top",
          "Trouser",
          "Pullover",
          "Dress",
          "Coat",
          "Sandal",
          "Shirt",
          "Sneaker",
          "Bag",
          "Ankle boot");

  private static final int UNSIGNED_BYTES = 0x08;

  private Idx() {}

  /**
   * Opens a file of images [N, H, W] and one of labels [N].
   *
   * @throws DatasetException if a file is none of these, is cut off, or they do not fit together
   */
  public static Dataset open(Path images, Path labels, List<String> classes) throws IOException {
    ByteBuffer pixels = content(images, 3, "images");
    int count = pixels.getInt(4);
    int height = pixels.getInt(8);
    int width = pixels.getInt(12);
    ByteBuffer numbers = content(labels, 1, "labels");
    if (numbers.getInt(4) != count) {
      throw new DatasetException(
          "'"
              + images
              + "' has "
              + count
              + " images, '"
              + labels
              + "' has "
              + numbers.getInt(4)
              + " labels; they do not belong together");
    }
    PixelTable table =
        new PixelTable(images.toString(), width, height, 1, rest(pixels), rest(numbers), classes);
    table.checkLabels();
    return table;
  }

  /**
   * Opens the four files of MNIST's layout, {@code train-images-idx3-ubyte[.gz]} and so on; val is
   * {@code t10k}. Classes are named after Fashion-MNIST if the folder is called {@code
   * fashion-mnist}, as Debian's package {@code dataset-fashion-mnist} installs it, else 0, 1, ...
   */
  public static Splits splits(Path folder) throws IOException {
    if (folder.endsWith("fashion-mnist")) {
      return splits(folder, FASHION);
    }
    ByteBuffer labels = content(file(folder, "train-labels-idx1-ubyte"), 1, "labels");
    int classes =
        1 + IntStream.range(8, labels.limit()).map(i -> labels.get(i) & 0xff).max().orElse(0);
    return splits(folder, IntStream.range(0, classes).mapToObj(Integer::toString).toList());
  }

  /** As {@link #splits(Path)}, with the names of the classes. */
  public static Splits splits(Path folder, List<String> classes) throws IOException {
    return new Splits(half(folder, "train", classes), half(folder, "t10k", classes));
  }

  private static Dataset half(Path folder, String half, List<String> classes) throws IOException {
    return open(
        file(folder, half + "-images-idx3-ubyte"),
        file(folder, half + "-labels-idx1-ubyte"),
        classes);
  }

  static boolean hasSplits(Path folder) {
    return Files.exists(packed(folder, "train-images-idx3-ubyte"))
        || Files.exists(folder.resolve("train-images-idx3-ubyte"));
  }

  private static Path file(Path folder, String name) throws DatasetException {
    Path plain = folder.resolve(name);
    Path packed = packed(folder, name);
    if (!Files.exists(plain) && !Files.exists(packed)) {
      throw new DatasetException("'" + folder + "' has no file " + name + " or " + name + ".gz");
    }
    return Files.exists(plain) ? plain : packed;
  }

  private static Path packed(Path folder, String name) {
    return folder.resolve(name + ".gz");
  }

  /** A whole file, checked against its head. */
  private static ByteBuffer content(Path file, int dims, String what) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Bytes.read(file));
    int magic = UNSIGNED_BYTES << 8 | dims;
    int head = 4 + 4 * dims;
    if (bytes.limit() < head || bytes.getInt(0) != magic) {
      throw new DatasetException(
          "'%s' is no IDX file of %s: expected the first bytes %08x, got %s"
              .formatted(
                  file,
                  what,
                  magic,
                  bytes.limit() < 4 ? "an end" : "%08x".formatted(bytes.getInt(0))));
    }
    long length = 1;
    for (int d = 0; d < dims; d++) {
      int size = bytes.getInt(4 + 4 * d);
      if (size <= 0) {
        throw new DatasetException(
            "'" + file + "' states a size of " + size + "; it has no " + what);
      }
      length = Math.min(length, Integer.MAX_VALUE) * size; // never more than a long holds
    }
    length += head;
    if (length != bytes.limit()) {
      throw new DatasetException(
          "'%s' should have %d bytes by its head, it has %d; get it anew"
              .formatted(file, length, bytes.limit()));
    }
    return bytes.position(head);
  }

  private static byte[] rest(ByteBuffer bytes) {
    byte[] rest = new byte[bytes.remaining()];
    bytes.get(rest);
    return rest;
  }
}
