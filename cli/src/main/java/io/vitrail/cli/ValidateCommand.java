package io.vitrail.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vitrail.tensor.Engine;
import io.vitrail.tensor.PlatformThreads;
import io.vitrail.tensor.Precision;
import io.vitrail.training.Scores;
import io.vitrail.training.Scores.OfClass;
import io.vitrail.training.WeightFile;
import io.vitrail.training.data.LoaderConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Judges trained weights on labelled images. */
@Command(
    name = "validate",
    sortOptions = false,
    header = "Judge trained weights on a folder of images.",
    description = {
      "",
      "For weights of 'vitrail train', which know their network, classes and preparation. Data"
          + " without a part for validation are split as training split them.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  vitrail validate run/best.safetensors --data photos/",
      "  vitrail validate run/best.safetensors --data photos/ --per-class --json scores.json"
    })
final class ValidateCommand implements Callable<Integer> {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final Io io;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "WEIGHTS", description = "A weight file of 'vitrail train'.")
  private Path weights;

  @Option(
      names = "--data",
      paramLabel = "DATA",
      required = true,
      description = "Labelled images, as for 'vitrail train'.")
  private String data;

  @Option(
      names = "--part",
      paramLabel = "val|train",
      defaultValue = "val",
      description = "Which images. Default: ${DEFAULT-VALUE}.")
  private WeightFile.Part part;

  @Option(names = "--per-class", description = "Also a line for each class.")
  private boolean perClass;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write scores, classes and the confusion matrix as JSON.")
  private @Nullable Path json;

  @Option(names = "--csv", paramLabel = "FILE", description = "Write the scores of classes as CSV.")
  private @Nullable Path csv;

  @Option(
      names = "--confusion",
      paramLabel = "FILE",
      description = "Write the confusion matrix as CSV: a row for each class of the images.")
  private @Nullable Path confusion;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "64",
      description = "Images at once. Default: ${DEFAULT-VALUE}.")
  private int batch;

  @Option(
      names = "--precision",
      paramLabel = "auto|f32|bf16",
      defaultValue = "auto",
      description = "Numbers of the network. Default: ${DEFAULT-VALUE}.")
  private Precision precision;

  @Option(names = "--threads", paramLabel = "N", description = "Threads of the network.")
  private @Nullable Integer threads;

  @Option(names = "--workers", paramLabel = "N", description = "Threads that prepare images.")
  private @Nullable Integer workers;

  ValidateCommand(Io io) {
    this.io = io;
  }

  @Override
  public Integer call() throws IOException {
    checkAtLeastOne("--batch", batch);
    checkAtLeastOne("--threads", threads);
    checkAtLeastOne("--workers", workers);
    if (threads != null) {
      Engine.setThreads(threads);
    }
    int loaders = workers == null ? LoaderConfig.defaultWorkers() : workers;
    WeightFile file = WeightFile.open(weights);
    Scores scores =
        PlatformThreads.<Scores, IOException>call(
            () -> file.judge(data, part, batch, loaders, precision.onCpu()));
    io.out().println(TrainingProgress.of(scores));
    if (perClass) {
      io.out().println();
      Table.of(rows(file.classes(), scores)).forEach(io.out()::println);
    }
    if (json != null) {
      Files.writeString(json, JSON.writeValueAsString(tree(file.classes(), scores)) + "\n");
    }
    if (csv != null) {
      Files.writeString(csv, csv(rows(file.classes(), scores)));
    }
    if (confusion != null) {
      Files.writeString(confusion, csv(matrix(file.classes(), scores)));
    }
    return 0;
  }

  private static List<List<String>> rows(List<String> classes, Scores scores) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("class", "images", "recall", "precision"));
    List<OfClass> all = scores.perClass();
    for (int c = 0; c < classes.size(); c++) {
      OfClass one = all.get(c);
      rows.add(
          List.of(
              classes.get(c),
              String.valueOf(one.images()),
              share(one.recall()),
              share(one.precision())));
    }
    return rows;
  }

  private static List<List<String>> matrix(List<String> classes, Scores scores) {
    List<List<String>> rows = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("class"));
    head.addAll(classes);
    rows.add(head);
    for (int c = 0; c < classes.size(); c++) {
      List<String> row = new ArrayList<>(List.of(classes.get(c)));
      for (long count : scores.confusion()[c]) {
        row.add(String.valueOf(count));
      }
      rows.add(row);
    }
    return rows;
  }

  /** Empty where there is nothing to take a share of. */
  private static String share(double value) {
    return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.4f", value);
  }

  private static String csv(List<List<String>> rows) {
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      text.append(String.join(",", row.stream().map(ValidateCommand::quoted).toList()))
          .append('\n');
    }
    return text.toString();
  }

  private static String quoted(String cell) {
    return cell.matches("(?s).*[\",\r\n].*") ? '"' + cell.replace("\"", "\"\"") + '"' : cell;
  }

  private static ObjectNode tree(List<String> classes, Scores scores) {
    ObjectNode tree = JSON.createObjectNode();
    tree.put("images", scores.images()).put("loss", scores.loss());
    tree.put("top1", scores.top1()).put("top5", scores.top5());
    ArrayNode list = tree.putArray("classes");
    List<OfClass> all = scores.perClass();
    for (int c = 0; c < classes.size(); c++) {
      ObjectNode one = list.addObject();
      one.put("name", classes.get(c)).put("images", all.get(c).images());
      put(one, "recall", all.get(c).recall());
      put(one, "precision", all.get(c).precision());
    }
    ArrayNode counts = tree.putArray("confusion");
    for (long[] row : scores.confusion()) {
      ArrayNode line = counts.addArray();
      for (long count : row) {
        line.add(count);
      }
    }
    return tree;
  }

  private static void put(ObjectNode node, String name, double value) {
    if (Double.isNaN(value)) {
      node.putNull(name);
    } else {
      node.put(name, value);
    }
  }

  private void checkAtLeastOne(String name, @Nullable Integer value) {
    if (value != null && value < 1) {
      throw new ParameterException(
          spec.commandLine(), "%s must be at least 1, got %d".formatted(name, value));
    }
  }
}
