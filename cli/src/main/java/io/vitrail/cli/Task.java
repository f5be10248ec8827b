package io.vitrail.cli;

import java.nio.file.Path;

/**
 * One image to make.
 *
 * @param input the photo's file, or {@link #STDIO} for standard input
 * @param output the result's file, or {@link #STDIO} for standard output
 */
record Task(Path input, Path output) {
  /** As everywhere on a command line. */
  static final Path STDIO = Path.of("-");

  boolean readsStdin() {
    return input.equals(STDIO);
  }

  boolean writesStdout() {
    return output.equals(STDIO);
  }
}
