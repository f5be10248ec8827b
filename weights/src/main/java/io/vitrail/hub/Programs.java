package io.vitrail.hub;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Finds and runs the user's own programs, such as npm and pip. */
final class Programs {
  private static final long MAX_MINUTES = 60;
  private static final int TAIL_LINES = 4;
  private static final int TAIL_BYTES = 8192;

  private final Environment environment;

  Programs(Environment environment) {
    this.environment = environment;
  }

  /** The program's file, looked for in the folders of {@code PATH}. */
  Optional<Path> find(String program) {
    boolean windows = environment.platform() == Environment.Platform.WINDOWS;
    String path = environment.variable("PATH").or(() -> environment.variable("Path")).orElse("");
    for (String folder : path.split(windows ? ";" : ":")) {
      if (folder.isBlank()) {
        continue;
      }
      for (String ending : windows ? List.of(".exe", ".cmd", ".bat") : List.of("")) {
        Path file = Path.of(folder).resolve(program + ending);
        if (Files.isRegularFile(file) && Files.isExecutable(file)) {
          return Optional.of(file);
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Runs a command to its end. Its output goes to a file in {@code folder}, so that it can never
   * block on a full pipe.
   *
   * @param name what the user calls the program, for messages
   * @throws HubException if it cannot start, fails (with its last lines), takes more than an hour,
   *     or this thread is interrupted; the program and its children are ended then
   */
  void run(String name, List<String> command, Path folder) throws HubException {
    Path log = folder.resolve(name + ".log");
    Process process;
    try {
      ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
      builder.environment().clear();
      builder.environment().putAll(environment.variables());
      builder.environment().remove("HF_TOKEN"); // it is for the hub only
      process =
          builder
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .redirectInput(ProcessBuilder.Redirect.PIPE)
              .start();
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new HubException("%s did not start: %s".formatted(name, e.getMessage()), e);
    }
    try {
      if (!process.waitFor(MAX_MINUTES, TimeUnit.MINUTES)) {
        throw new HubException(
            "%s was ended after %d minutes; is its registry reachable?"
                .formatted(name, MAX_MINUTES));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Interrupted.during(name);
    } finally {
      end(process);
    }
    if (process.exitValue() != 0) {
      throw new HubException(
          "%s failed (exit code %d): %s".formatted(name, process.exitValue(), tail(log)));
    }
  }

  private static void end(Process process) {
    if (process.isAlive()) {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroyForcibly();
    }
  }

  private static String tail(Path log) {
    try {
      byte[] bytes = Files.readAllBytes(log);
      int from = Math.max(0, bytes.length - TAIL_BYTES);
      String text = new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8);
      List<String> lines = new ArrayList<>(text.lines().filter(line -> !line.isBlank()).toList());
      if (lines.isEmpty()) {
        return "it printed nothing";
      }
      return String.join(
          "\n      ", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
    } catch (IOException e) {
      return "its output cannot be read (" + e.getMessage() + ")";
    }
  }
}
