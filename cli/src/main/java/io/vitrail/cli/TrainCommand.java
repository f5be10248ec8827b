package io.vitrail.cli;

import io.vitrail.tensor.Device;
import io.vitrail.tensor.Engine;
import io.vitrail.tensor.PlatformThreads;
import io.vitrail.tensor.Precision;
import io.vitrail.training.Trainer;
import io.vitrail.training.TrainerBuilder.Start;
import io.vitrail.training.TrainingJob;
import io.vitrail.training.data.DataSets;
import io.vitrail.training.data.LoaderConfig;
import io.vitrail.training.data.Splits;
import io.vitrail.training.distributed.Distributed;
import io.vitrail.training.distributed.DistributedException;
import io.vitrail.training.distributed.Launcher;
import io.vitrail.training.distributed.Rendezvous;
import io.vitrail.training.recipe.MaskSubSettings;
import io.vitrail.training.recipe.Recipe;
import io.vitrail.training.recipe.RecipeException;
import io.vitrail.training.recipe.Recipes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Trains a network on images. */
@Command(
    name = "train",
    sortOptions = false,
    header = "Train a network on a folder of images.",
    description = {
      "",
      "Writes checkpoints, logs and curves into RUN. Ctrl-C saves; --resume goes on from there, and"
          + " from a crash, as if nothing had happened. 'vitrail classify --model"
          + " RUN/best.safetensors' uses the result.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  vitrail train --recipe tiny-vit --data photos/ -o run   from scratch, on a CPU",
      "  vitrail train --recipe transfer --init CARD --data photos/ -o run",
      "  vitrail train --recipe deit3-small --masksub 0.5 --data imagenet/ -o run",
      "  vitrail train --recipe mine.yaml --set epochs=20 --set lr=1e-4 ...",
      "  vitrail train --resume -o run                           goes on",
      "  vitrail train recipes                                   which there are"
    })
final class TrainCommand implements Callable<Integer> {
  private static final String DEFAULT_RECIPE = "tiny-vit";

  private final Io io;

  @Spec private CommandSpec spec;

  @Option(
      names = "--recipe",
      paramLabel = "NAME|FILE",
      description =
          "A name of 'vitrail train recipes', or a YAML or JSON file. Default: "
              + DEFAULT_RECIPE
              + ", or with --resume that of RUN.")
  private @Nullable String recipe;

  @Option(
      names = "--data",
      paramLabel = "DATA",
      description =
          "A folder with train/CLASS and val/CLASS; or with a folder for each class, of which a"
              + " part is kept for validation; a CSV list; a folder of MNIST's or CIFAR's files;"
              + " or 'digits'.")
  private @Nullable String data;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "RUN",
      description = "Folder for checkpoints and logs.")
  private @Nullable Path output;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "Changes a value of the recipe, such as optimizer.lr=1e-3, or lr=1e-3 where the last"
              + " name is enough. May come often.")
  private List<String> settings = List.of();

  @Option(
      names = "--masksub",
      paramLabel = "RATIO",
      description = "Trains with a masked sub-branch that lacks this share, 0.5 as published.")
  private @Nullable Double masksub;

  @Option(
      names = "--masksub-mode",
      paramLabel = "masking|dropout|droppath",
      description = "What the sub-branch lacks. Default: masking.")
  private MaskSubSettings.@Nullable Mode masksubMode;

  @Option(
      names = "--init",
      paramLabel = "FILE|CARD",
      description =
          "Weights to start from: a file, or a name of 'vitrail models list'. The head is new"
              + " where the classes differ.")
  private @Nullable String init;

  @Option(names = "--resume", description = "Go on from RUN's last checkpoint, if there is one.")
  private boolean resume;

  @Option(names = "--seed", paramLabel = "N", description = "Seed of everything random.")
  private @Nullable Long seed;

  @Option(
      names = "--precision",
      paramLabel = "auto|f32|bf16",
      description = "Numbers of the network's products; auto is bf16 where the processor has it.")
  private @Nullable Precision precision;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of the network. Default: one for each core.")
  private @Nullable Integer threads;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "Threads that prepare images; results do not depend on it.")
  private @Nullable Integer workers;

  @Option(
      names = "--nproc",
      paramLabel = "N",
      description = "Train in N processes of this machine, which share out each batch.")
  private @Nullable Integer processes;

  @Option(
      names = "--rendezvous",
      paramLabel = "HOST:PORT",
      description =
          "Train as one of several machines that meet at an address of rank 0; with --rank and"
              + " --world. All need DATA and RUN. The network must be one to trust.")
  private @Nullable String rendezvous;

  @Option(names = "--rank", paramLabel = "R", description = "Which of them this is, from 0.")
  private @Nullable Integer rank;

  @Option(names = "--world", paramLabel = "N", description = "How many there are.")
  private @Nullable Integer world;

  @Option(
      names = "--dry-run",
      description = "Show what would be trained: network, parameters, steps, memory.")
  private boolean dryRun;

  @Option(
      names = {"-q", "--quiet"},
      description = "Show failures only.")
  private boolean quiet;

  TrainCommand(Io io) {
    this.io = io;
  }

  @Override
  public Integer call() throws IOException {
    if (output == null && !dryRun) {
      throw misused("where to? give a folder for checkpoints and logs with -o RUN");
    }
    checkAtLeastOne("--threads", threads);
    checkAtLeastOne("--workers", workers);
    Optional<RunRecord> record = Optional.ofNullable(output).map(RunRecord::new);
    Recipe wanted = recipe(record);
    String where = data(record);
    if (threads != null) {
      Engine.setThreads(threads);
    }
    Optional<Rendezvous> place = place();
    if (place.isEmpty() && processes != null && processes > 1 && !dryRun) {
      return launch();
    }
    return PlatformThreads.<Integer, IOException>call(() -> train(wanted, where, place));
  }

  /** Starts this command in several processes. Ctrl-C and the like are theirs to obey. */
  private int launch() {
    List<String> words = spec.root().commandLine().getParseResult().originalArgs();
    try (Interrupts interrupts =
        Interrupts.firstRuns(
            () -> ProcessHandle.current().children().forEach(ProcessHandle::destroy))) {
      int exit = Launcher.run(processes, Main.class, words, Rendezvous.DEFAULT_TIMEOUT);
      return exit == 0 && interrupts.asked() ? Interrupts.EXIT : exit;
    }
  }

  /** Where the other processes are met, if there are any. */
  private Optional<Rendezvous> place() {
    boolean across = rendezvous != null || rank != null || world != null;
    if (across && (rendezvous == null || rank == null || world == null || processes != null)) {
      throw misused(
          "across machines give --rendezvous HOST:PORT, --rank R and --world N, without --nproc");
    }
    checkAtLeastOne("--nproc", processes);
    try {
      return rendezvous == null
          ? Rendezvous.given()
          : Optional.of(Rendezvous.at(rendezvous, rank, world));
    } catch (DistributedException e) {
      throw misused(e.getMessage());
    }
  }

  private int train(Recipe wanted, String where, Optional<Rendezvous> place) throws IOException {
    Splits splits = DataSets.open(where, wanted.data().holdOut(), wanted.seed());
    Optional<Path> file =
        weights().isPresent()
            ? Optional.of(weights().get().fetch(new PullProgress(io, quiet, System::nanoTime)))
            : Optional.empty();
    int loaders = workers == null ? LoaderConfig.defaultWorkers() : workers;
    try (Distributed peers =
            place.map(p -> Distributed.join(p, Device.CPU)).orElseGet(Distributed::single);
        TrainingJob job = TrainingJob.of(wanted, splits, file, peers, loaders)) {
      if (dryRun) {
        print(wanted, job);
        return 0;
      }
      return fit(wanted, where, job, peers);
    }
  }

  private int fit(Recipe wanted, String where, TrainingJob job, Distributed peers)
      throws IOException {
    boolean silent = quiet || !peers.isFirst();
    TrainingProgress progress = new TrainingProgress(io, silent, System::nanoTime);
    if (!silent) {
      io.say("%s: %s", wanted.name(), job);
      job.notes().forEach(note -> io.say("  %s", note));
    }
    try (Trainer trainer =
        job.trainer()
            .folder(output, resume ? Start.RESUME : Start.NEW)
            .listener(progress)
            .build()) {
      if (peers.isFirst()) {
        new RunRecord(output).write(wanted, where);
      }
      Trainer.Result result;
      try (Interrupts interrupts =
          Interrupts.firstRuns(() -> stop(trainer, progress, peers.isFirst()))) {
        result = trainer.fit();
      } finally {
        progress.erase();
      }
      boolean stopped = result.status() == Trainer.Result.Status.STOPPED;
      if (stopped && peers.isFirst()) {
        io.say("stopped and saved; go on with: vitrail train --resume -o %s", output);
      } else if (!silent) {
        io.say(
            "%d epochs done; the best weights are %s",
            result.epochs(), output.resolve("best.safetensors"));
      }
      return stopped && processes == null ? Interrupts.EXIT : 0; // else the launcher says it
    }
  }

  private void stop(Trainer trainer, TrainingProgress progress, boolean first) {
    trainer.stop();
    if (first) {
      progress.erase();
      io.say("stopping after this step, and saving; once more ends at once");
    }
  }

  private boolean resumes() {
    return resume && output != null && Files.exists(output.resolve("resume.safetensors"));
  }

  // ---- what to train

  /** A checkpoint to go on from has weights of its own. */
  private Optional<FirstWeights> weights() {
    return init == null || resumes()
        ? Optional.empty()
        : Optional.of(new FirstWeights(init, io.hub()));
  }

  private Recipe recipe(Optional<RunRecord> record) throws IOException {
    try {
      Recipe base = base(record);
      List<String> changes = new ArrayList<>();
      if (masksubMode != null || masksub != null) {
        MaskSubSettings.Mode mode =
            masksubMode == null ? MaskSubSettings.Mode.MASKING : masksubMode;
        changes.add("masksub.mode=" + mode);
      }
      if (masksub != null) {
        changes.add("masksub.ratio=" + masksub);
      }
      if (seed != null) {
        changes.add("seed=" + seed);
      }
      if (precision != null) {
        changes.add("precision=" + precision);
      }
      if (weights().isPresent()) {
        changes.addAll(weights().get().settings());
      }
      changes.addAll(settings);
      return base.with(changes.toArray(String[]::new));
    } catch (RecipeException e) {
      throw misused(e.getMessage());
    }
  }

  private Recipe base(Optional<RunRecord> record) throws IOException {
    if (recipe == null) {
      Optional<Recipe> before =
          resume && record.isPresent() ? record.get().recipe() : Optional.empty();
      return before.isPresent() ? before.get() : Recipes.named(DEFAULT_RECIPE);
    }
    Path file = Path.of(recipe);
    if (Files.isRegularFile(file)) {
      return Recipes.read(file);
    }
    if (recipe.toLowerCase(Locale.ROOT).matches(".*\\.(json|ya?ml)") || file.getNameCount() > 1) {
      throw misused("there is no recipe file '%s'; check the path".formatted(recipe));
    }
    return Recipes.named(recipe);
  }

  private String data(Optional<RunRecord> record) throws IOException {
    if (data != null) {
      return data;
    }
    Optional<String> before = resume && record.isPresent() ? record.get().data() : Optional.empty();
    return before.orElseThrow(
        () -> misused("on what? give a folder of images with --data DIR (see --help)"));
  }

  // ---- for people

  private void print(Recipe wanted, TrainingJob job) {
    TrainingJob.Plan plan = job.plan();
    long steps = (long) plan.stepsPerEpoch() * wanted.epochs();
    io.out().println("recipe      " + wanted.name());
    io.out().println("network     " + job);
    io.out()
        .printf(
            Locale.ROOT,
            "parameters  %,d, of which %,d are trained%n",
            plan.parameters(),
            plan.trainable());
    plan.groups().forEach(group -> io.out().println("            " + group));
    io.out()
        .printf(
            Locale.ROOT,
            "steps       %,d: %d epochs of %,d, each of %d images in %d parts%n",
            steps,
            wanted.epochs(),
            plan.stepsPerEpoch(),
            wanted.batch(),
            wanted.accumulation());
    io.out()
        .printf(
            Locale.ROOT,
            "rate        %.4g at most; masksub %s%n",
            wanted.learningRate(),
            wanted.masksub().mode().name().toLowerCase(Locale.ROOT));
    io.out()
        .println(
            "memory      "
                + Amounts.bytes(plan.bytes())
                + " for weights, gradients and averages; activations come on top");
  }

  private void checkAtLeastOne(String name, @Nullable Integer value) {
    if (value != null && value < 1) {
      throw misused("%s must be at least 1, got %d".formatted(name, value));
    }
  }

  private ParameterException misused(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
