package io.vitrail.training.reproduce;

import io.vitrail.tensor.Engine;
import io.vitrail.training.reproduce.Arm.Branches;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** The report in Markdown: tables, every seed, and what the numbers allow to say. */
final class Report {
  /** What is compared. Higher is better where {@code sign} is 1. */
  private enum Measure {
    TOP1("top-1, %", "top-1", "points", 100, 2, 1, RunResult::top1),
    NLL("NLL, nats", "NLL", "nats", 1, 3, -1, RunResult::nll),
    HIDDEN("half-hidden top-1, %", "half-hidden top-1", "points", 100, 2, 1, RunResult::hiddenTop1),
    TRAIN_NLL("train NLL", "train NLL", "nats", 1, 4, -1, RunResult::trainNll);

    final String title;
    final String word;
    final String unit;
    final int digits;
    final int sign;
    final ToDoubleFunction<RunResult> value;

    Measure(
        String title,
        String word,
        String unit,
        double scale,
        int digits,
        int sign,
        ToDoubleFunction<RunResult> value) {
      this.title = title;
      this.word = word;
      this.unit = unit;
      this.digits = digits;
      this.sign = sign;
      this.value = result -> scale * value.applyAsDouble(result);
    }

    String number(double x) {
      return Double.isNaN(x) ? "-" : String.format(Locale.ROOT, "%." + digits + "f", x);
    }

    String signed(double x) {
      return (x > 0 ? "+" : "") + number(x);
    }
  }

  private static final List<Measure> COMPARED = List.of(Measure.TOP1, Measure.NLL, Measure.HIDDEN);

  private final StringBuilder text = new StringBuilder();

  private Report() {}

  /**
   * The report.
   *
   * @param command that made it
   * @param picture name of the file with the curves
   */
  static String of(
      List<Study> studies, RunStore store, StepTimes times, String command, String picture) {
    Report report = new Report();
    report.head(command);
    for (Study study : studies) {
      report.study(study, new Results(study, store), times);
    }
    report.line("![Curves](%s)", picture);
    report.line("");
    report.line(
        "*Means over seeds in bands of one standard error: scores of the first 1,000 test images on the"
            + " way, against the time that the steps take. The curves decided nothing.*");
    return report.text.toString();
  }

  private void head(String command) {
    Engine.Info engine = Engine.info();
    line("# MaskSub against plain training");
    line("");
    line("Made by `%s`; the page is written by the command.", command);
    line("");
    line(
        "One network, one optimiser, one schedule; arms differ in what a step computes and in the"
            + " number of epochs. *Plain* learns from whole images. *MaskSub* also sees them half"
            + " hidden, and there learns from its own answer to the whole image. *Both from labels*"
            + " sees the same two, and learns from the label in both. MaskSub is trained for as many"
            + " products as plain (two thirds of the epochs), for as much time (fewer still, for"
            + " networks so small are held up by the number of operators more than by products), and"
            + " for as many epochs.");
    line("");
    line(
        "Each seed draws its own training images, initial weights, order and masks, the same in all"
            + " arms. The seed of the draw (%d plus the run's) was fixed before any result was seen;"
            + " the settings for digits come from a pilot on other draws of the same images, and"
            + " nothing was tuned here. Test images are scored once, with the last weights.",
        Study.SPLIT_SEED);
    line("");
    line(
        "A difference is called better or worse if its mean over three or more paired seeds is more"
            + " than twice its standard error; with three seeds that is a weak test. Float32 on %s with %s, one thread for each training;"
            + " the time of a step is that of the processor.",
        engine.platform(), engine.instructions());
    line("");
  }

  private void study(Study study, Results results, StepTimes times) {
    line("## %s", study.title());
    line("");
    line("%s", study.description());
    line("");
    if (trained(study, results).isEmpty()) {
      line("Not trained yet.");
      line("");
      return;
    }
    means(study, results, times);
    differences(study, results);
    verdicts(study, results);
    everySeed(study, results);
  }

  // ---- tables

  private void means(Study study, Results results, StepTimes times) {
    line(
        "| arm | seeds | products, of plain | step, ms | training, s | %s |",
        join(List.of(Measure.values()), m -> m.title));
    line("| --- | --- | --- | --- | --- | %s |", join(List.of(Measure.values()), m -> "---"));
    for (Arm arm : trained(study, results)) {
      double millis = times.of(study, arm);
      double seconds = millis / 1000 * arm.epochs() * study.stepsPerEpoch();
      line(
          "| %s | %d | %.2f | %.1f | %.0f | %s |",
          arm.label(),
          results.seeds(arm).size(),
          study.cost(arm) / study.cost(study.arms().get(0)),
          millis,
          seconds,
          join(
              List.of(Measure.values()),
              m -> {
                Sample sample = results.sample(arm, m.value);
                return m.number(sample.mean()) + " ± " + m.number(sample.error());
              }));
    }
    line("");
    line("Means over seeds, ± one standard error of the mean.");
    study.arms().stream()
        .filter(arm -> results.seeds(arm).size() < study.seeds())
        .forEach(
            arm ->
                line(
                    "Of %s, %d of %d seeds are trained.",
                    arm.label(), results.seeds(arm).size(), study.seeds()));
    line("");
  }

  private void differences(Study study, Results results) {
    Arm plain = study.arms().get(0);
    line(
        "| less %s, seed by seed | %s |", plain.label(), join(COMPARED, m -> m.word + " (better)"));
    line("| --- | %s |", join(COMPARED, m -> "---"));
    for (Arm arm : compared(study, results)) {
      line(
          "| %s | %s |",
          arm.label(),
          join(
              COMPARED,
              m -> {
                Sample difference = results.difference(arm, plain, m.value);
                return "%s ± %s (%d of %d)"
                    .formatted(
                        m.signed(difference.mean()),
                        m.number(difference.error()),
                        better(difference, m),
                        difference.values().length);
              }));
    }
    line("");
  }

  private static List<Arm> trained(Study study, Results results) {
    return study.arms().stream().filter(arm -> !results.seeds(arm).isEmpty()).toList();
  }

  /** The arms that share seeds with the first one. */
  private static List<Arm> compared(Study study, Results results) {
    Arm plain = study.arms().get(0);
    return study.arms().stream()
        .filter(arm -> arm != plain && !results.seeds(arm, plain).isEmpty())
        .toList();
  }

  private void verdicts(Study study, Results results) {
    List<Arm> arms = study.arms();
    for (Arm arm : compared(study, results)) {
      line("- %s", verdict(results, arm, arms.get(0), COMPARED));
    }
    compared(study, results).stream()
        .filter(arm -> arm.branches() == Branches.MAIN_AND_LABELLED)
        .forEach(
            arm ->
                line(
                    "- Soft targets: %s",
                    verdict(results, arms.get(1), arm, List.of(Measure.TOP1, Measure.NLL))));
    line("");
  }

  /** What the numbers allow to say about {@code arm}, compared with {@code other}. */
  private static String verdict(Results results, Arm arm, Arm other, List<Measure> measures) {
    List<String> parts = new ArrayList<>();
    for (Measure m : measures) {
      Sample difference = results.difference(arm, other, m.value);
      String numbers =
          "%s %s, standard error %s"
              .formatted(m.signed(difference.mean()), m.unit, m.number(difference.error()));
      if (difference.values().length < 3) {
        parts.add("too few seeds to tell %s".formatted(m.word));
      } else if (!difference.isClear()) {
        parts.add("no clear difference in %s (%s)".formatted(m.word, numbers));
      } else if (difference.mean() * m.sign > 0) {
        parts.add("**better %s** (%s)".formatted(m.word, numbers));
      } else {
        parts.add("**worse %s** (%s)".formatted(m.word, numbers));
      }
    }
    return "%s against %s: %s.".formatted(arm.label(), other.label(), String.join("; ", parts));
  }

  private static long better(Sample difference, Measure m) {
    return m.sign > 0 ? difference.positive() : difference.values().length - difference.positive();
  }

  private void everySeed(Study study, Results results) {
    line("Every seed, as top-1 / NLL / half-hidden top-1:");
    line("");
    line("| seed | %s |", join(trained(study, results), Arm::label));
    line("| --- | %s |", join(trained(study, results), arm -> "---"));
    for (int seed = 0; seed < study.seeds(); seed++) {
      int s = seed;
      line(
          "| %d | %s |",
          seed,
          join(
              trained(study, results),
              arm -> {
                if (!results.seeds(arm).contains(s)) {
                  return "-";
                }
                RunResult result = results.of(arm, s);
                return COMPARED.stream()
                    .map(m -> m.number(m.value.applyAsDouble(result)))
                    .collect(Collectors.joining(" / "));
              }));
    }
    line("");
  }

  private static <T> String join(List<T> items, java.util.function.Function<T, String> cell) {
    return items.stream().map(cell).collect(Collectors.joining(" | "));
  }

  private void line(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
