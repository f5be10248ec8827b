package io.vitrail.training.reproduce;

import io.vitrail.tensor.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * MaskSub against plain training at desk scale: several seeds of each, at equal compute and at
 * equal epochs, on digits and on Fashion-MNIST. It writes a report, a table of all runs, curves,
 * and the runs themselves, from which a stopped reproduction goes on.
 */
public final class MaskSubReproduction {

  /**
   * What to do.
   *
   * @param folder for the results
   * @param length of the trainings
   * @param fashion folder with the files of Fashion-MNIST; without it, digits alone
   * @param workers trainings at a time, each on a thread of its own
   */
  public record Config(Path folder, Length length, Optional<Path> fashion, int workers) {
    public Config {
      if (workers < 1) {
        throw new IllegalArgumentException("workers must be at least 1, got " + workers);
      }
    }
  }

  /** How much to train. */
  public enum Length {
    /** As in the report. */
    FULL("masksub", "vitrail reproduce masksub"),
    /** Minutes, on digits alone: to see that it works. */
    QUICK("masksub-quick", "vitrail reproduce masksub --quick");

    private final String fileName;
    private final String command;

    Length(String fileName, String command) {
      this.fileName = fileName;
      this.command = command;
    }
  }

  /** Told about progress, by the thread that runs the reproduction. */
  public interface Listener {
    /** Before anything is trained: how many runs there are, and how many are done already. */
    void planned(int runs, int done);

    /** A run is done: {@code line} says what it gave. */
    void finished(int done, int runs, String line);

    /** The report is written. */
    void written(Path report);
  }

  private record Task(Study study, Arm arm, int seed) {}

  private final Config config;
  private final Listener listener;

  public MaskSubReproduction(Config config, Listener listener) {
    this.config = config;
    this.listener = listener;
  }

  /** Measures a step if it was not yet, trains what is not trained yet, and writes the report. */
  public void run() throws IOException, InterruptedException {
    List<Study> studies = prepare();
    RunStore store = RunStore.open(file(".jsonl"));
    StepTimes times = StepTimes.open(file("-steps.json"));
    if (!times.cover(studies)) {
      times.measure(studies);
    }
    train(studies, store);
    write(studies, store, times);
  }

  /** Measures steps anew, on a quiet machine best, and writes the report of what is trained. */
  public void measure() throws IOException {
    List<Study> studies = prepare();
    StepTimes times = StepTimes.open(file("-steps.json"));
    times.measure(studies);
    write(studies, RunStore.open(file(".jsonl")), times);
  }

  private List<Study> prepare() throws IOException {
    Engine.setThreads(1); // operators are too small to share, and trainings run side by side
    Files.createDirectories(config.folder());
    return studies();
  }

  private void write(List<Study> studies, RunStore store, StepTimes times) throws IOException {
    Path picture = file(".png");
    Curves.of(studies, store, times).write(picture);
    RunTable.write(studies, store, file(".csv"));
    String text =
        Report.of(studies, store, times, config.length().command, picture.getFileName().toString());
    Files.writeString(file(".md"), text);
    listener.written(file(".md"));
  }

  private List<Study> studies() {
    if (config.length() == Length.QUICK) {
      return List.of(Study.quickDigits());
    }
    List<Study> studies = new ArrayList<>(List.of(Study.digits()));
    config.fashion().map(Study::fashion).ifPresent(studies::add);
    return studies;
  }

  private Path file(String suffix) {
    return config.folder().resolve(config.length().fileName + suffix);
  }

  private void train(List<Study> studies, RunStore store) throws IOException, InterruptedException {
    List<Task> tasks = tasks(studies);
    List<Task> open = new ArrayList<>(tasks);
    open.removeIf(task -> store.find(task.study, task.arm, task.seed).isPresent());
    listener.planned(tasks.size(), tasks.size() - open.size());
    ExecutorService workers = Executors.newFixedThreadPool(config.workers());
    try {
      var results = new ExecutorCompletionService<RunResult>(workers);
      open.forEach(task -> results.submit(() -> train(task)));
      for (int done = tasks.size() - open.size() + 1; done <= tasks.size(); done++) {
        RunResult result = results.take().get();
        store.add(result);
        listener.finished(done, tasks.size(), result.line());
      }
    } catch (ExecutionException e) {
      throw unwrapped(e);
    } finally {
      workers.shutdownNow();
    }
  }

  /** The main comparison of all studies first, so that a stopped reproduction has it. */
  private static List<Task> tasks(List<Study> studies) {
    List<Task> first = new ArrayList<>();
    List<Task> later = new ArrayList<>();
    for (Study study : studies) {
      for (int seed = 0; seed < study.seeds(); seed++) {
        for (int a = 0; a < study.arms().size(); a++) {
          (a < 2 ? first : later).add(new Task(study, study.arms().get(a), seed));
        }
      }
    }
    first.addAll(later);
    return first;
  }

  private static RunResult train(Task task) throws IOException, InterruptedException {
    Study.Images images = task.study.images(task.seed);
    try (TrainingRun run = new TrainingRun(task.study, task.arm, task.seed, images)) {
      return run.run();
    }
  }

  private static IOException unwrapped(ExecutionException e) {
    if (e.getCause() instanceof IOException failure) {
      return failure;
    }
    throw new IllegalStateException("a training failed: " + e.getCause(), e.getCause());
  }
}
