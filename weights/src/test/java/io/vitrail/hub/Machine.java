package io.vitrail.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A pretended machine in a temporary folder: environment, programs, pauses. */
final class Machine {
  final Path root;
  final Map<String, String> variables = new HashMap<>();
  final List<Long> pauses = new ArrayList<>();
  final List<String> events = new ArrayList<>();

  Machine(Path root) {
    this.root = root;
    variables.put("VITRAIL_HOME", root.resolve("vitrail").toString());
    variables.put("HF_HOME", root.resolve("hf").toString());
    variables.put("PATH", programs().toString());
    variables.put("NO_PROXY", "127.0.0.1,localhost");
  }

  Path home() {
    return root.resolve("vitrail");
  }

  Path hubCache() {
    return root.resolve("hf").resolve("hub");
  }

  private Path programs() {
    return root.resolve("bin");
  }

  /** Puts a shell script on the PATH. */
  void install(String program, String script) throws IOException {
    Files.createDirectories(programs());
    Path file = programs().resolve(program);
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    if (!file.toFile().setExecutable(true)) {
      throw new IOException("cannot make " + file + " executable");
    }
  }

  Environment environment() {
    return new Environment(variables, root, Environment.Platform.UNIX, pauses::add);
  }

  Hub hub(ModelCard... cards) {
    return Hub.builder()
        .cards(List.of(cards))
        .environment(environment())
        .stallLimit(Duration.ofSeconds(20))
        .build();
  }

  /** Writes down what happens. */
  FetchEvents listener() {
    return new FetchEvents() {
      @Override
      public void starting(ModelCard card, Source source) {
        events.add("starting " + card.licence() + " " + source.getClass().getSimpleName());
      }

      @Override
      public void failed(ModelCard card, Source source, HubException reason) {
        events.add("failed " + source.getClass().getSimpleName());
      }

      @Override
      public void finished(CachedFile file) {
        events.add("finished " + file.file().name());
      }
    };
  }
}
