package io.vitrail.cli;

import io.vitrail.imaging.ImageFormat;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Predicate;

/** Finds the photos that a command line names: files as they are, folders all the way down. */
final class Inputs {
  /**
   * A photo.
   *
   * @param file where it lies
   * @param relative its place in the folder that was named; the file's name if it was named itself
   */
  record Photo(Path file, Path relative) {}

  private final List<Photo> photos = new ArrayList<>();
  private final List<Failure> failures = new ArrayList<>();
  private final Predicate<Path> ignored;

  /**
   * @param ignored files and folders that are passed over inside folders
   */
  Inputs(Predicate<Path> ignored) {
    this.ignored = ignored;
  }

  List<Photo> photos() {
    return photos;
  }

  /** What was named and is not there, and folders without any photo. */
  List<Failure> failures() {
    return failures;
  }

  void add(Path input) {
    if (Files.isDirectory(input)) {
      addFolder(input);
    } else if (Files.exists(input)) {
      photos.add(new Photo(input, input.getFileName()));
    } else {
      fail(input, "does not exist (looked for " + input.toAbsolutePath() + "); check the path");
    }
  }

  private void addFolder(Path folder) {
    List<Path> found = new ArrayList<>();
    try {
      Files.walkFileTree(
          folder,
          EnumSet.of(FileVisitOption.FOLLOW_LINKS),
          Integer.MAX_VALUE,
          new Visitor(folder, found));
    } catch (IOException e) {
      fail(folder, ErrorLine.of(e));
    }
    if (found.isEmpty()) {
      fail(folder, "has no image files; looked for names ending in " + suffixes());
    }
    found.sort(null);
    found.forEach(file -> photos.add(new Photo(file, folder.relativize(file))));
  }

  private static String suffixes() {
    List<String> all = new ArrayList<>();
    for (ImageFormat format : ImageFormat.values()) {
      format.suffixes().forEach(suffix -> all.add("." + suffix));
    }
    return String.join(" ", all);
  }

  private void fail(Path path, String reason) {
    failures.add(new Failure(path.toString(), reason));
  }

  /** Collects image files; hidden ones and what cannot be opened are left out. */
  private final class Visitor extends SimpleFileVisitor<Path> {
    private final Path top;
    private final List<Path> found;

    Visitor(Path top, List<Path> found) {
      this.top = top;
      this.found = found;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      boolean skip = !folder.equals(top) && (isHidden(folder) || ignored.test(folder));
      return skip ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (!isHidden(file) && ImageFormat.ofName(file).isPresent() && !ignored.test(file)) {
        found.add(file);
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      fail(file, ErrorLine.of(e)); // such as a folder without permission, or links in a circle
      return FileVisitResult.CONTINUE;
    }

    private static boolean isHidden(Path path) {
      return path.getFileName().toString().startsWith(".");
    }
  }
}
