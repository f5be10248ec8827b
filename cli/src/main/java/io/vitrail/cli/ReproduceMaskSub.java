package io.vitrail.cli;

import io.vitrail.training.reproduce.MaskSubReproduction;
import io.vitrail.training.reproduce.MaskSubReproduction.Config;
import io.vitrail.training.reproduce.MaskSubReproduction.Length;
import io.vitrail.training.reproduce.MaskSubReproduction.Listener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Compares MaskSub with plain training. */
@Command(
    name = "masksub",
    sortOptions = false,
    header = "Compare MaskSub with plain training at desk scale.",
    description = {
      "",
      "Trains small vision transformers with several seeds, at equal compute and at equal epochs,"
          + " on digits, which are part of Vitrail, and on Fashion-MNIST where its files are."
          + " Writes masksub.md, masksub.csv and masksub.png, and keeps finished trainings in"
          + " masksub.jsonl: stopped and started again, it goes on from there.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  vitrail reproduce masksub --quick     five minutes: digits, short",
      "  vitrail reproduce masksub             the report, into docs/results",
      "  vitrail reproduce masksub --measure   time the steps anew, when quiet"
    })
final class ReproduceMaskSub implements Callable<Integer> {
  /** Where Debian's package dataset-fashion-mnist puts its files. */
  private static final Path DEBIAN = Path.of("/usr/share/datasets/fashion-mnist");

  private final Io io;

  @Spec private CommandSpec spec;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FOLDER",
      defaultValue = "docs/results",
      description = "Where results go. Default: ${DEFAULT-VALUE}.")
  private Path output;

  @Option(
      names = "--quick",
      description = "Two seeds and a quarter of the epochs, on digits alone (masksub-quick.md).")
  private boolean quick;

  @Option(
      names = "--fashion",
      paramLabel = "FOLDER",
      description =
          "The four files of Fashion-MNIST. Default: where Debian's package"
              + " dataset-fashion-mnist puts them; if they are not there, digits alone.")
  private @Nullable Path fashion;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "Trainings side by side, one thread each. Default: one per core.")
  private @Nullable Integer workers;

  @Option(
      names = "--measure",
      description = "Only time the steps anew and write the report of what is trained.")
  private boolean measure;

  ReproduceMaskSub(Io io) {
    this.io = io;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Config config = new Config(output, quick ? Length.QUICK : Length.FULL, fashion(), workers());
    MaskSubReproduction reproduction = new MaskSubReproduction(config, progress());
    if (measure) {
      reproduction.measure();
    } else {
      reproduction.run();
    }
    return 0;
  }

  private Optional<Path> fashion() {
    if (quick) {
      return Optional.empty();
    }
    if (fashion != null && !Files.isDirectory(fashion)) {
      throw new ParameterException(
          spec.commandLine(),
          "'" + fashion + "' is not a folder; --fashion takes the one with the four IDX files");
    }
    Path folder = fashion == null ? DEBIAN : fashion;
    if (Files.isDirectory(folder)) {
      return Optional.of(folder);
    }
    io.say(
        "no Fashion-MNIST at %s: digits alone (install dataset-fashion-mnist, or --fashion)",
        folder);
    return Optional.empty();
  }

  private int workers() {
    int count = workers == null ? Runtime.getRuntime().availableProcessors() : workers;
    if (count < 1) {
      throw new ParameterException(
          spec.commandLine(), "--workers must be at least 1, got " + count);
    }
    return count;
  }

  private Listener progress() {
    return new Listener() {
      @Override
      public void planned(int runs, int done) {
        io.say(done == 0 ? "%d trainings" : "%d trainings, %d of them done already", runs, done);
      }

      @Override
      public void finished(int done, int runs, String line) {
        io.say("[%d/%d] %s", done, runs, line);
      }

      @Override
      public void written(Path report) {
        io.say("%s", report);
      }
    };
  }
}
