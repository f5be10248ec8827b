package io.vitrail.cli;

import io.vitrail.cli.Inputs.Photo;
import io.vitrail.imaging.ImageFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Names the results. Without an output, a result lies beside its photo as {@code NAME-cutout.png};
 * with a folder, the tree of the input is mirrored there as {@code NAME.png}. Photos that would
 * share a result's name, such as {@code a.jpg} and {@code a.png}, keep their endings in it: {@code
 * a-jpg.png} and {@code a-png.png}, whichever of them is there on the next run.
 */
final class Planner {
  /** A command line that makes no sense. */
  static final class Misused extends Exception {
    private static final long serialVersionUID = 1L;

    Misused(String message) {
      super(message);
    }
  }

  private static final String MARK = "-cutout";

  private final List<Path> inputs;
  private final Optional<Path> output;
  private final OutputFormat format;
  private final boolean intoFolder;

  /**
   * @param inputs files, folders, or {@code -} alone
   * @param output a file, a folder, {@code -}, or nothing
   * @param asked the format, where one is asked for
   */
  Planner(List<Path> inputs, Optional<Path> output, Optional<OutputFormat> asked) throws Misused {
    this.inputs = inputs;
    this.output = output;
    boolean several = inputs.size() > 1 || Files.isDirectory(inputs.get(0));
    checkStdio(several);
    Optional<ImageFormat> named =
        output.filter(out -> !Files.isDirectory(out)).flatMap(ImageFormat::ofName);
    intoFolder = output.isPresent() && !writesStdout() && named.isEmpty();
    if (named.isPresent() && several) {
      throw new Misused(
          "several photos do not fit into one file '%s'; give a folder with -o"
              .formatted(output.get()));
    }
    format = format(named, asked);
  }

  private void checkStdio(boolean several) throws Misused {
    if (inputs.size() > 1 && inputs.contains(Task.STDIO)) {
      throw new Misused("'-' (standard input) is one image and cannot be mixed with other inputs");
    }
    if (writesStdout() && several) {
      throw new Misused("several photos do not fit into standard output; give a folder with -o");
    }
  }

  private OutputFormat format(Optional<ImageFormat> named, Optional<OutputFormat> asked)
      throws Misused {
    if (named.isEmpty()) {
      return asked.orElse(OutputFormat.PNG);
    }
    Optional<OutputFormat> byName = OutputFormat.of(named.get());
    if (byName.isEmpty()) {
      throw new Misused(
          "'%s' cannot be written: %s can only be read; end the name in .png, .jpg or .webp"
              .formatted(output.get(), named.get().label()));
    }
    if (asked.isPresent() && asked.get() != byName.get()) {
      throw new Misused(
          "--format %s and the name '%s' disagree; leave one of them out"
              .formatted(asked.get(), output.get()));
    }
    return byName.get();
  }

  OutputFormat format() {
    return format;
  }

  /** The folder that has to be there before anything can be written, where one is known. */
  Optional<Path> outputFolder() {
    if (writesStdout()) {
      return Optional.empty();
    }
    return intoFolder ? output : output.map(file -> file.toAbsolutePath().getParent());
  }

  /** Looks at the disk. */
  Plan plan(boolean resume) {
    if (inputs.get(0).equals(Task.STDIO)) {
      return new Plan(List.of(new Task(Task.STDIO, ofStdin())), List.of(), 0);
    }
    Inputs found = new Inputs(this::isResult);
    inputs.forEach(found::add);
    List<Failure> failures = new ArrayList<>(found.failures());
    List<Task> tasks = new ArrayList<>();
    int skipped = 0;
    for (Task task : named(found.photos(), failures)) {
      if (resume && isDone(task)) {
        skipped++;
      } else {
        tasks.add(task);
      }
    }
    return new Plan(tasks, failures, skipped);
  }

  private Path ofStdin() {
    return output.isEmpty()
        ? Task.STDIO
        : intoFolder ? output.get().resolve("stdin" + MARK + ending()) : output.get();
  }

  /** Results of an earlier run are no photos. */
  private boolean isResult(Path path) {
    if (output.isPresent()) {
      return path.toAbsolutePath().normalize().equals(output.get().toAbsolutePath().normalize());
    }
    return stem(path).endsWith(MARK);
  }

  private List<Task> named(List<Photo> photos, List<Failure> failures) {
    Map<Path, Integer> users = new HashMap<>();
    for (Photo photo : photos) {
      users.merge(result(photo, stem(photo.file())), 1, Integer::sum);
    }
    Set<Path> taken = new HashSet<>();
    photos.forEach(photo -> taken.add(key(photo.file())));
    List<Task> tasks = new ArrayList<>();
    for (Photo photo : photos) {
      Path result = result(photo, stem(photo.file()));
      if (users.get(result) > 1) {
        result = result(photo, photo.file().getFileName().toString().replace('.', '-'));
      }
      if (writesStdout() || taken.add(key(result))) {
        tasks.add(new Task(photo.file(), result));
      } else {
        failures.add(
            new Failure(
                photo.file().toString(),
                "its result '%s' would overwrite a photo or another result; give another folder with -o"
                    .formatted(result)));
      }
    }
    return tasks;
  }

  private Path result(Photo photo, String stem) {
    if (output.isEmpty()) {
      return photo.file().resolveSibling(stem + MARK + ending());
    }
    return intoFolder
        ? output.get().resolve(photo.relative()).resolveSibling(stem + ending())
        : output.get();
  }

  private boolean writesStdout() {
    return output.filter(Task.STDIO::equals).isPresent();
  }

  private String ending() {
    return "." + format.suffix();
  }

  private static Path key(Path path) {
    return path.toAbsolutePath().normalize();
  }

  private static String stem(Path file) {
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return dot <= 0 ? name : name.substring(0, dot);
  }

  private static boolean isDone(Task task) {
    try {
      return !task.writesStdout()
          && Files.exists(task.output())
          && Files.getLastModifiedTime(task.output())
                  .compareTo(Files.getLastModifiedTime(task.input()))
              >= 0;
    } catch (IOException e) {
      return false; // trying it will say why
    }
  }
}
