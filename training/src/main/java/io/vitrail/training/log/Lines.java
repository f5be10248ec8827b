package io.vitrail.training.log;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Text files that grow by lines, and what a killed process leaves of them. */
final class Lines {
  /** Whether a line stays when the file is opened again. */
  interface Keep {
    boolean test(String line) throws IOException;
  }

  private Lines() {}

  /** Lines that end with a line feed; none of a file that does not exist. */
  static List<String> complete(Path file) throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    String text = Files.readString(file);
    int end = text.lastIndexOf('\n');
    return end < 0 ? List.of() : List.of(text.substring(0, end).split("\n"));
  }

  /** Opens a file at its end, after cutting off an incomplete line and those not to be kept. */
  static OutputStream open(Path file, Keep keep) throws IOException {
    List<String> kept = new ArrayList<>();
    for (String line : complete(file)) {
      if (keep.test(line)) {
        kept.add(line);
      }
    }
    rewrite(file, kept);
    return append(file);
  }

  static OutputStream append(Path file) throws IOException {
    return Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** Replaces the whole file at once. */
  static void rewrite(Path file, List<String> lines) throws IOException {
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(line).append('\n'));
    WholeFile.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
  }
}
