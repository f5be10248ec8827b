package io.vitrail.training.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * The binary version of CIFAR-10 and CIFAR-100 (Krizhevsky, 2009): 32 x 32 RGB. A record is one
 * byte of label (CIFAR-100: the coarse one, then the fine one, which is taken), then 1024 bytes
 * each of red, green and blue. Images are held in memory.
 */
public final class Cifar {
  private static final int SIDE = 32;
  private static final int PLANE = SIDE * SIDE;

  private Cifar() {}

  /** The files of one version. */
  private enum Version {
    TEN(
        List.of(
            "data_batch_1.bin",
            "data_batch_2.bin",
            "data_batch_3.bin",
            "data_batch_4.bin",
            "data_batch_5.bin"),
        "test_batch.bin",
        "batches.meta.txt",
        1),
    HUNDRED(List.of("train.bin"), "test.bin", "fine_label_names.txt", 2);

    final List<String> train;
    final String val;
    final String names;
    final int labelBytes;

    Version(List<String> train, String val, String names, int labelBytes) {
      this.train = train;
      this.val = val;
      this.names = names;
      this.labelBytes = labelBytes;
    }

    boolean isIn(Path folder) {
      return Files.exists(folder.resolve(train.get(0))) && Files.exists(folder.resolve(names));
    }
  }

  /**
   * Opens an unpacked folder, {@code cifar-10-batches-bin} or {@code cifar-100-binary}; val is the
   * test set.
   *
   * @throws DatasetException if files are missing, cut off, or have unknown labels
   */
  public static Splits splits(Path folder) throws IOException {
    for (Version version : Version.values()) {
      if (version.isIn(folder)) {
        List<String> classes = classes(folder.resolve(version.names));
        return new Splits(
            read(folder, version.train, version.labelBytes, classes),
            read(folder, List.of(version.val), version.labelBytes, classes));
      }
    }
    throw new DatasetException(
        "'"
            + folder
            + "' is no binary CIFAR: expected data_batch_1.bin and batches.meta.txt, or"
            + " train.bin and fine_label_names.txt");
  }

  static boolean hasSplits(Path folder) {
    return Version.TEN.isIn(folder) || Version.HUNDRED.isIn(folder);
  }

  private static List<String> classes(Path file) throws IOException {
    try {
      return Files.readAllLines(file).stream()
          .map(String::strip)
          .filter(s -> !s.isEmpty())
          .toList();
    } catch (NoSuchFileException e) {
      throw new DatasetException("no file '" + file + "'", e);
    }
  }

  private static Dataset read(Path folder, List<String> files, int labelBytes, List<String> classes)
      throws IOException {
    ByteArrayOutputStream pixels = new ByteArrayOutputStream();
    ByteArrayOutputStream labels = new ByteArrayOutputStream();
    int record = labelBytes + 3 * PLANE;
    for (String name : files) {
      byte[] bytes = Bytes.read(folder.resolve(name));
      if (bytes.length == 0 || bytes.length % record != 0) {
        throw new DatasetException(
            "'%s' has %d bytes, expected a multiple of %d; get it anew"
                .formatted(folder.resolve(name), bytes.length, record));
      }
      byte[] image = new byte[3 * PLANE];
      for (int at = 0; at < bytes.length; at += record) {
        labels.write(bytes[at + labelBytes - 1]);
        for (int i = 0; i < PLANE; i++) {
          for (int c = 0; c < 3; c++) {
            image[3 * i + c] = bytes[at + labelBytes + c * PLANE + i];
          }
        }
        pixels.write(image);
      }
    }
    PixelTable table =
        new PixelTable(
            folder.toString(), SIDE, SIDE, 3, pixels.toByteArray(), labels.toByteArray(), classes);
    table.checkLabels();
    return table;
  }
}
