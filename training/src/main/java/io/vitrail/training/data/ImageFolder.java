package io.vitrail.training.data;

import io.vitrail.imaging.Image;
import io.vitrail.imaging.ImageFormat;
import io.vitrail.imaging.Images;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder with a folder for each class: {@code root/CLASS/**}. Classes are sorted by name; images
 * lie at any depth below their class and are found by their names' endings, those that {@link
 * ImageFormat} can read. Names that begin with a dot do not count; links are followed.
 */
public final class ImageFolder implements Dataset {
  private static final Logger LOG = LoggerFactory.getLogger(ImageFolder.class);
  private static final List<String> VAL = List.of("val", "valid", "validation", "test");

  private final Path root;
  private final List<String> classes;
  private final String[] files; // relative to root: a million of them must fit into memory
  private final int[] labels;

  private ImageFolder(Path root, List<String> classes, List<String> files, List<Integer> labels) {
    this.root = root;
    this.classes = List.copyOf(classes);
    this.files = files.toArray(String[]::new);
    this.labels = labels.stream().mapToInt(i -> i).toArray();
  }

  /**
   * Opens a folder; its sub-folders are the classes.
   *
   * @throws DatasetException if it cannot be read, has fewer than two classes, or a class has no
   *     image
   */
  public static ImageFolder open(Path root) throws IOException {
    List<String> classes = folders(root);
    if (classes.isEmpty()) {
      throw new DatasetException(
          "'"
              + root
              + "' has no folders; expected a folder for each class, such as "
              + root.resolve("cat").resolve("1.jpg"));
    }
    if (classes.size() == 1) {
      throw new DatasetException(
          "'"
              + root
              + "' has one class, '"
              + classes.get(0)
              + "'; expected a folder for each of two or more classes");
    }
    ImageFolder folder = open(root, classes);
    int[] counts = new int[classes.size()];
    for (int label : folder.labels) {
      counts[label]++;
    }
    for (int label = 0; label < counts.length; label++) {
      if (counts[label] == 0) {
        throw new DatasetException(
            "class '"
                + classes.get(label)
                + "' has no images in "
                + root.resolve(classes.get(label))
                + "; add some or remove the folder");
      }
    }
    return folder;
  }

  /**
   * Opens a folder whose classes are known, such as those a model was trained on. Classes without a
   * folder have no images.
   *
   * @throws DatasetException if it cannot be read, has a folder of an unknown class, or no image
   */
  public static ImageFolder open(Path root, List<String> classes) throws IOException {
    List<String> files = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    for (String name : folders(root)) {
      int label = classes.indexOf(name);
      if (label < 0) {
        throw new DatasetException(
            "'"
                + root.resolve(name)
                + "' is of a class that is not among the "
                + classes.size()
                + " known ones ("
                + some(classes)
                + "); rename or remove it");
      }
      List<String> found = images(root, root.resolve(name));
      files.addAll(found);
      labels.addAll(Collections.nCopies(found.size(), label));
    }
    if (files.isEmpty()) {
      throw new DatasetException(
          "'"
              + root
              + "' has no images; expected files such as "
              + root.resolve(classes.get(0)).resolve("1.jpg"));
    }
    return new ImageFolder(root, classes, files, labels);
  }

  /**
   * Opens {@code root/train} and {@code root/val}, which may be called {@code valid}, {@code
   * validation} or {@code test} as well, the first of these that is there. The folders of {@code
   * train} are the classes.
   */
  public static Splits splits(Path root) throws IOException {
    ImageFolder train = open(root.resolve("train"));
    for (String val : VAL) {
      if (Files.isDirectory(root.resolve(val))) {
        return new Splits(train, open(root.resolve(val), train.classes));
      }
    }
    throw new DatasetException(
        "'"
            + root
            + "' has a folder train and none called val; add it, or name '"
            + root.resolve("train")
            + "' to have it split");
  }

  /** Whether {@code root} holds a train set, and not a class called train among others. */
  static boolean hasSplits(Path root) throws IOException {
    if (!Files.isDirectory(root.resolve("train"))) {
      return false;
    }
    List<String> folders = folders(root);
    return folders.size() == 1 || VAL.stream().anyMatch(folders::contains);
  }

  /** Names of the folders in {@code root}, sorted. */
  private static List<String> folders(Path root) throws IOException {
    if (!Files.exists(root)) {
      throw new DatasetException("no folder '" + root + "'; expected images in a folder per class");
    }
    if (!Files.isDirectory(root)) {
      throw new DatasetException(
          "'" + root + "' is a file; expected a folder with a folder per class");
    }
    try (Stream<Path> entries = Files.list(root)) {
      return entries
          .filter(entry -> Files.isDirectory(entry))
          .map(entry -> entry.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .sorted()
          .toList();
    } catch (AccessDeniedException e) {
      throw noPermission(root, e);
    }
  }

  /** The images below {@code folder}, relative to {@code root}, sorted. */
  private static List<String> images(Path root, Path folder) throws IOException {
    List<String> found = new ArrayList<>();
    List<Path> others = new ArrayList<>();
    Files.walkFileTree(
        folder,
        EnumSet.of(FileVisitOption.FOLLOW_LINKS),
        Integer.MAX_VALUE,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            return hidden(dir) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (!hidden(file)) {
              if (ImageFormat.ofName(file).isPresent()) {
                found.add(root.relativize(file).toString());
              } else {
                others.add(file);
              }
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof FileSystemLoopException) {
              throw new DatasetException("'" + file + "' is a link to a folder around it", e);
            }
            throw e instanceof AccessDeniedException ? noPermission(file, e) : e;
          }
        });
    if (!others.isEmpty()) {
      LOG.warn(
          "{} files in {} are no images by their names and are left out, such as {}",
          others.size(),
          folder,
          others.get(0).getFileName());
    }
    Collections.sort(found);
    return found;
  }

  private static boolean hidden(Path path) {
    return path.getFileName().toString().startsWith(".");
  }

  private static DatasetException noPermission(Path path, IOException e) {
    return new DatasetException("no permission to read '" + path + "'", e);
  }

  private static String some(List<String> names) {
    int shown = Math.min(5, names.size());
    return String.join(", ", names.subList(0, shown)) + (shown < names.size() ? ", ..." : "");
  }

  @Override
  public int size() {
    return files.length;
  }

  @Override
  public List<String> classes() {
    return classes;
  }

  @Override
  public int label(int index) {
    return labels[index];
  }

  @Override
  public Image image(int index) throws IOException {
    return Images.read(file(index)).dropAlpha();
  }

  @Override
  public String name(int index) {
    return file(index).toString();
  }

  /** The file of image {@code index}. */
  public Path file(int index) {
    return root.resolve(files[index]);
  }
}
