package io.vitrail.cli;

import io.vitrail.cli.Inputs.Photo;
import io.vitrail.hub.HubException;
import io.vitrail.hub.UnknownModelException;
import io.vitrail.tensor.Engine;
import io.vitrail.tensor.Precision;
import io.vitrail.vision.classification.ClassifierOptions;
import io.vitrail.vision.classification.ClassifierSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what photos show. */
@Command(
    name = "classify",
    sortOptions = false,
    header = "Say what photos show.",
    description = {
      "",
      "Prints the likeliest labels of each photo with their probabilities. One bad file does not"
          + " stop a batch: failures are listed at the end, and the exit code is then 1.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  vitrail classify photo.jpg                   the five likeliest labels",
      "  vitrail classify photos/ --top 1 --csv       a folder, as a table",
      "  vitrail classify photos/ --json > labels.jsonl",
      "  vitrail classify photo.jpg --model runs/flowers/best.safetensors",
      "  cat photo.jpg | vitrail classify -           in a pipe"
    })
final class ClassifyCommand implements Callable<Integer> {
  private static final Path STDIN = Path.of("-");

  private final Io io;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "IN",
      arity = "1..*",
      description =
          "Photos, or folders with photos (all the way down, hidden files left out), or - for"
              + " standard input. Reads PNG, JPEG, WebP, TIFF, BMP, GIF.")
  private List<Path> inputs;

  @Option(
      names = "--model",
      paramLabel = "NAME|FILE",
      defaultValue = "resnet50.a1_in1k",
      description =
          "A name of 'vitrail models list', or weights of your own (.safetensors, .pth), such as"
              + " 'vitrail train' writes. Default: ${DEFAULT-VALUE}.")
  private String model;

  @Option(
      names = "--architecture",
      paramLabel = "NAME",
      description =
          "Which network a weight file is of, where it does not say so itself, such as"
              + " resnet50.")
  private @Nullable String architecture;

  @Option(
      names = "--top",
      paramLabel = "K",
      defaultValue = "5",
      description = "How many labels to print. Default: ${DEFAULT-VALUE}.")
  private int top;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "Names of the classes, one a line, in the order of the network's scores.")
  private @Nullable Path labels;

  /** How to print; one of the two, or text. */
  static final class Format {
    @Option(names = "--json", description = "Print one JSON object a line.")
    private boolean json;

    @Option(names = "--csv", description = "Print a table: file,rank,index,label,probability.")
    private boolean csv;
  }

  @ArgGroup private @Nullable Format format;

  @Option(
      names = "--size",
      paramLabel = "N",
      description = "Side in pixels of what the network sees. Default: what it was trained at.")
  private @Nullable Integer size;

  @Option(
      names = "--precision",
      paramLabel = "auto|f32|bf16",
      defaultValue = "auto",
      description =
          "Numbers of the network; auto is bf16 where the processor has it. Default:"
              + " ${DEFAULT-VALUE}.")
  private Precision precision;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of the network. Default: one for each core.")
  private @Nullable Integer threads;

  @Option(
      names = {"-q", "--quiet"},
      description = "Show labels and failures only.")
  private boolean quiet;

  ClassifyCommand(Io io) {
    this.io = io;
  }

  @Override
  public Integer call() throws IOException {
    ClassifierOptions options = options();
    ModelChoice choice = model();
    Inputs found = inputs();
    if (threads != null) {
      Engine.setThreads(threads);
    }
    List<Path> photos = found.photos().stream().map(Photo::file).toList();
    Progress progress = new Progress(io, quiet, photos.size(), System::nanoTime);
    LabelPrinter printer = printer();
    found.failures().forEach(printer::failed);
    ClassifyBatch batch =
        new ClassifyBatch(io, () -> open(choice, options), top, printer, progress);
    List<Failure> failures = new ArrayList<>(found.failures());
    failures.addAll(batch.run(photos));
    return summary(photos.size() + found.failures().size(), failures, progress.seconds());
  }

  private ClassifierOptions options() throws IOException {
    if (threads != null && threads < 1) {
      throw misused("--threads must be at least 1, got " + threads);
    }
    if (top < 1) {
      throw misused("--top must be at least 1, got " + top);
    }
    if (size != null && size < 1) {
      throw misused("--size must be at least 1, got " + size);
    }
    ClassifierOptions options = ClassifierOptions.DEFAULT.withPrecision(precision);
    if (size != null) {
      options = options.withImageSize(size);
    }
    return labels == null ? options : options.withLabels(Files.readAllLines(labels));
  }

  private ModelChoice model() throws HubException {
    try {
      ModelChoice choice =
          ModelChoice.parse(
              model, "classify", io.hub(), new PullProgress(io, quiet, System::nanoTime));
      if (architecture != null && !(choice instanceof ModelChoice.OwnFile)) {
        throw misused("--architecture is for a weight file; '" + model + "' says what it is");
      }
      return choice;
    } catch (UnknownModelException e) {
      throw misused("--model: " + e.getMessage());
    }
  }

  private ClassifierSession open(ModelChoice choice, ClassifierOptions options) throws IOException {
    return choice.open(options, Optional.ofNullable(architecture));
  }

  private Inputs inputs() {
    Inputs found = new Inputs(path -> false);
    if (inputs.contains(STDIN)) {
      if (inputs.size() > 1) {
        throw misused("'-' (standard input) is one image and cannot be mixed with other inputs");
      }
      found.photos().add(new Photo(STDIN, STDIN));
    } else {
      inputs.forEach(found::add);
    }
    return found;
  }

  private LabelPrinter printer() {
    if (format == null) {
      return new LabelPrinter.Text(io.out());
    }
    return format.json ? new LabelPrinter.Json(io.out()) : new LabelPrinter.Csv(io.out());
  }

  private int summary(int total, List<Failure> failures, double seconds) {
    if (total == 1 && failures.size() == 1) {
      io.say("vitrail: %s", failures.get(0));
    } else if (total > 1) {
      if (!quiet) {
        io.say(
            "%d classified, %d failed, in %s",
            total - failures.size(), failures.size(), Amounts.seconds(seconds));
      }
      failures.forEach(failure -> io.say("failed: %s", failure));
    }
    return failures.isEmpty() ? 0 : 1;
  }

  private ParameterException misused(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
