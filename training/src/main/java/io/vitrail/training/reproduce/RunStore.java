package io.vitrail.training.reproduce;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The finished runs, a JSON object a line, so that a stopped command goes on where it was. A line
 * that a stopped command left unfinished is skipped.
 */
final class RunStore {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private final List<RunResult> results = new ArrayList<>();

  private RunStore(Path file) {
    this.file = file;
  }

  static RunStore open(Path file) throws IOException {
    RunStore store = new RunStore(file);
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        parse(line).ifPresent(store.results::add);
      }
    }
    return store;
  }

  private static Optional<RunResult> parse(String line) {
    try {
      return Optional.of(JSON.readValue(line, RunResult.class));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /** The result of a run of these settings, if there is one. */
  synchronized Optional<RunResult> find(Study study, Arm arm, int seed) {
    return results.stream()
        .filter(
            result ->
                result.study().equals(study.name())
                    && result.settings().equals(study.settings())
                    && result.arm().equals(arm.name())
                    && result.epochs() == arm.epochs()
                    && result.seed() == seed)
        .findFirst();
  }

  synchronized void add(RunResult result) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    String line = JSON.writeValueAsString(result) + "\n";
    if (Files.exists(file) && Files.size(file) > 0 && !endsInNewline()) {
      line = "\n" + line;
    }
    Files.writeString(
        file, line, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    results.add(result);
  }

  private boolean endsInNewline() throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    return bytes[bytes.length - 1] == '\n';
  }
}
