package io.vitrail.training.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Finds out what data a user named. */
public final class DataSets {
  private DataSets() {}

  /**
   * Opens, by what is there:
   *
   * <ul>
   *   <li>{@code digits}, if there is no folder of this name: {@link Digits}, split
   *   <li>a folder with {@code train/CLASS} and {@code val/CLASS}: {@link ImageFolder}
   *   <li>a folder with {@code train.csv} and {@code val.csv}: {@link CsvList}
   *   <li>a folder with MNIST's four files: {@link Idx}
   *   <li>an unpacked binary CIFAR: {@link Cifar}
   *   <li>a folder with a folder for each class, split
   *   <li>a file {@code *.csv}, split
   * </ul>
   *
   * @param valShare what val gets where data has to be split, in (0, 1)
   * @param seed of the split
   * @throws DatasetException if it is none of these, or something is wrong with it
   */
  public static Splits open(String where, double valShare, long seed) throws IOException {
    Path path = Path.of(where);
    if (where.equals("digits") && !Files.exists(path)) {
      return Splits.byClass(Digits.load(), valShare, seed);
    }
    if (where.toLowerCase(Locale.ROOT).endsWith(".csv")) {
      return split(CsvList.open(path), valShare, seed, where);
    }
    if (Files.exists(path.resolve("train.csv"))) {
      return CsvList.splits(path);
    }
    if (Idx.hasSplits(path)) {
      return Idx.splits(path);
    }
    if (Cifar.hasSplits(path)) {
      return Cifar.splits(path);
    }
    if (ImageFolder.hasSplits(path)) {
      return ImageFolder.splits(path);
    }
    return split(ImageFolder.open(path), valShare, seed, where);
  }

  private static Splits split(Dataset all, double valShare, long seed, String where)
      throws DatasetException {
    try {
      return Splits.byClass(all, valShare, seed);
    } catch (IllegalArgumentException e) {
      throw new DatasetException("cannot split '" + where + "': " + e.getMessage(), e);
    }
  }
}
