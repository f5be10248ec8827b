package io.vitrail.cli;

import io.vitrail.cutout.isnet.IsNet;
import io.vitrail.hub.Environment;
import io.vitrail.hub.Environment.Platform;
import io.vitrail.hub.Hub;
import io.vitrail.hub.ModelCard;
import io.vitrail.nn.StateDict;
import io.vitrail.tensor.Rng;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs commands inside this process, on a machine without network and programs. */
final class Cli {
  /** What a command did. */
  record Result(int exit, byte[] bytes, String err) {
    String out() {
      return new String(bytes, StandardCharsets.UTF_8);
    }

    List<String> errLines() {
      return err.lines().toList();
    }
  }

  private final Map<String, String> variables = new HashMap<>();
  private final Path home;
  private List<ModelCard> cards;
  private byte[] stdin = new byte[0];
  private boolean terminal;

  Cli(Path home) {
    this.home = home;
    variables.put("VITRAIL_HOME", home.toString());
    variables.put("VITRAIL_OFFLINE", "1");
    variables.put("PATH", home.resolve("no-programs").toString());
    cards = Hub.standard().cards();
  }

  /** A command line whose default model is a tiny IS-Net with random weights. */
  static Cli withTinyModel(Path home) {
    Cli cli = new Cli(home);
    Result result =
        cli.run(
            "models",
            "import",
            "isnet-general-use",
            tinyWeights(home.resolve("tiny.safetensors")).toString(),
            "--accept-unknown");
    if (result.exit() != 0) {
      throw new AssertionError(result.err());
    }
    return cli;
  }

  /** Writes the weights of a tiny IS-Net. */
  static Path tinyWeights(Path file) {
    try (IsNet net = new IsNet(new IsNet.Config(3, 8));
        Rng rng = Rng.seeded(1)) {
      Files.createDirectories(file.getParent());
      net.init(rng);
      StateDict.of(net).save(file);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Cli with(String variable, String value) {
    variables.put(variable, value);
    return this;
  }

  Cli without(String variable) {
    variables.remove(variable);
    return this;
  }

  Cli withCards(List<ModelCard> value) {
    cards = value;
    return this;
  }

  Cli withStdin(byte[] value) {
    stdin = value;
    return this;
  }

  Cli onTerminal() {
    terminal = true;
    return this;
  }

  Result run(Object... args) {
    Environment environment = new Environment(variables, home, Platform.UNIX, millis -> {});
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Io io =
        new Io(
            new ByteArrayInputStream(stdin),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            terminal,
            environment,
            () -> Hub.builder().environment(environment).cards(cards).build());
    List<String> words = new ArrayList<>();
    for (Object arg : args) {
      words.add(arg.toString());
    }
    int exit = Main.run(io, words.toArray(String[]::new));
    return new Result(exit, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
  }
}
