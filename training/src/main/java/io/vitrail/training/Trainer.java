package io.vitrail.training;

import io.vitrail.tensor.DType;
import io.vitrail.tensor.Device;
import io.vitrail.tensor.Gradients;
import io.vitrail.tensor.Optimizer;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.training.RunFolder.Saved;
import io.vitrail.training.augment.Mixing;
import io.vitrail.training.augment.Mixing.Mixed;
import io.vitrail.training.data.Batch;
import io.vitrail.training.data.Batches;
import io.vitrail.training.data.Loader;
import io.vitrail.training.data.Randomness;
import io.vitrail.training.distributed.Distributed;
import io.vitrail.training.log.Entry;
import io.vitrail.training.log.RunLog;
import io.vitrail.training.objective.Objective;
import io.vitrail.training.objective.Objective.Outcome;
import io.vitrail.training.optim.Ema;
import io.vitrail.training.optim.Schedule;
import io.vitrail.training.recipe.EvaluationSettings;
import io.vitrail.training.recipe.Recipe;
import io.vitrail.vision.ImageModel;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Trains a network by a {@link Recipe}:
 *
 * <pre>{@code
 * try (Trainer trainer = Trainer.builder(model, recipe, images).validation(others).build()) {
 *   Trainer.Result result = trainer.fit();
 * }
 * }</pre>
 *
 * <p>With a {@linkplain TrainerBuilder#folder folder} it writes checkpoints and logs. Killed at any
 * moment and run again, it goes on from the last checkpoint and ends with the weights of a run that
 * was not interrupted, bit for bit (float32, CPU, same number of threads). Random numbers are drawn
 * from the recipe's seed and the position of the step alone: there is no state of theirs to lose.
 *
 * <p>It belongs to the thread that made it, but for {@link #stop}. The model stays with its owner.
 */
public final class Trainer implements AutoCloseable {
  private static final int MODEL_RANDOM = 1; // streams of random numbers, apart from the loader's
  private static final int MIXING_RANDOM = 2;
  private static final int LOGGED_STEPS = 50;

  private final Recipe recipe;
  private final ImageModel model;
  private final Loader images;
  private final Optional<Evaluator> evaluator;
  private final Optional<Checkpoints> checkpoints; // of the process that writes
  private final TrainingListener listener;
  private final Objective objective;
  private final Optional<Mixing> mixing;
  private final Distributed peers;
  private final Device device;
  private final DType precision;
  private final Schedule schedule;
  private final Optimizer optimizer;
  private final Optional<Ema> ema;
  private final int stepsPerEpoch;

  private TrainingState state;
  private double imagesPerSecond; // of the epoch in work, in this process' life
  private @Nullable RunLog log;
  private volatile boolean stopped;

  Trainer(TrainerBuilder parts) throws IOException {
    recipe = parts.recipe;
    model = parts.model;
    images = parts.images;
    listener = parts.listener;
    objective = parts.objective;
    peers = parts.peers;
    device = parts.device();
    precision = parts.precision();
    evaluator = parts.validation.map(loader -> new Evaluator(loader, device, precision));
    mixing = parts.mixing();
    schedule = recipe.learningRates();
    stepsPerEpoch = parts.stepsPerEpoch();

    Optional<Saved> saved = parts.saved();
    saved.ifPresent(s -> model.load(s.tensors().under(Checkpoints.MODEL + "/")));
    model.channelsLast(); // as convolutions compute; before the optimiser takes the tensors
    state = saved.map(Saved::state).orElseGet(TrainingState::start);
    optimizer =
        Optimizer.ofGroups(recipe.optimizer().rule(recipe.learningRate()), parts.groups().groups());
    ema = recipe.ema().config().map(config -> new Ema(model, config));
    try (Scope scope = Scope.open()) {
      saved.ifPresent(s -> optimizer.restore(s.tensors(Checkpoints.OPTIMIZER)));
      saved.ifPresent(
          s -> ema.ifPresent(e -> e.restore(s.tensors(Checkpoints.EMA), state.steps())));
    }
    checkpoints =
        parts.folder.isPresent() && peers.isFirst()
            ? Optional.of(
                new Checkpoints(
                    new RunFolder(parts.folder.get()),
                    recipe.checkpoints(),
                    model,
                    optimizer,
                    ema,
                    parts.notes()))
            : Optional.empty();
  }

  /** A trainer of {@code model} on {@code images}, whose batches are those of the recipe. */
  public static TrainerBuilder builder(ImageModel model, Recipe recipe, Loader images) {
    return new TrainerBuilder(model, recipe, images);
  }

  /**
   * What came of it.
   *
   * @param status whether the recipe's epochs are done
   * @param epochs done
   * @param steps done
   * @param scores of the last validation made by this call; nothing if there was none
   */
  public record Result(Status status, int epochs, long steps, Optional<Scores> scores) {
    /** How a training ended. */
    public enum Status {
      FINISHED,
      /** By {@link Trainer#stop}; it can go on from its last checkpoint. */
      STOPPED
    }
  }

  /**
   * Trains to the end of the recipe, or until {@link #stop}.
   *
   * @throws TrainingException if the loss is no longer a finite number
   * @throws IOException if a checkpoint or a log cannot be written
   */
  public Result fit() throws IOException {
    peers.start(model);
    openLog();
    listener.started(state.epoch(), state.step());
    Optional<Scores> scores = Optional.empty();
    while (state.epoch() < recipe.epochs()) {
      trainEpoch();
      if (isStopped()) {
        return stoppedWith(scores);
      }
      peers.averageBatchNorms(model);
      if (isTimeToJudge()) {
        scores = judge();
        if (scores.isEmpty()) {
          return stoppedWith(scores);
        }
        finishEpoch(scores);
      } else {
        finishEpoch(Optional.empty());
      }
    }
    peers.barrier();
    return new Result(Result.Status.FINISHED, state.epoch(), state.steps(), scores);
  }

  private Result stoppedWith(Optional<Scores> scores) throws IOException {
    save();
    peers.barrier(); // nobody leaves before the first one has written
    return new Result(Result.Status.STOPPED, state.epoch(), state.steps(), scores);
  }

  /** Ends {@link #fit} after the step in work, with a checkpoint. From any thread. */
  public void stop() {
    stopped = true;
  }

  // ---- an epoch

  private void trainEpoch() throws IOException {
    int first = Math.min(state.step() * recipe.accumulation(), images.batches());
    long start = System.nanoTime();
    long seen = 0;
    try (Batches batches = images.epoch(state.epoch(), first)) {
      while (state.step() < stepsPerEpoch && !isStopped()) {
        seen += step(batches);
        imagesPerSecond = seen / ((System.nanoTime() - start) / 1e9);
        if (state.step() < stepsPerEpoch && checkpoints.map(c -> c.isDue(state)).orElse(false)) {
          save();
        }
      }
    }
  }

  /** One step of the optimiser, on as many batches as are accumulated; gives its images. */
  private int step(Batches batches) throws IOException {
    double learningRate = schedule.at(state.steps(), stepsPerEpoch);
    optimizer.setLearningRate(learningRate);
    optimizer.zeroGrad();
    Means means = new Means();
    int planned = imagesOfStep();
    int seen = 0;
    for (int part = 0; part < recipe.accumulation() && batches.hasNext(); part++) {
      seen += backward(batches, part, planned, means);
    }
    peers.averageGradients(optimizer.tensors());
    double norm = limitGradients();
    double loss = means.values().get("loss");
    checkFinite(loss, norm);
    optimizer.step();
    ema.ifPresent(Ema::update);

    means.values().forEach((name, value) -> state.means().add(name, value, 1));
    state.means().add("lr", learningRate, 1);
    state = state.afterStep();
    TrainingListener.Step done =
        new TrainingListener.Step(
            state.epoch(),
            state.step(),
            stepsPerEpoch,
            recipe.epochs(),
            seen * peers.world(),
            means.values(),
            learningRate,
            norm);
    logStep(done);
    listener.step(done);
    return done.images();
  }

  /** Adds the gradients of one batch, weighted by its share of the step; gives its images. */
  private int backward(Batches batches, int part, int planned, Means means) {
    long position = state.steps() * recipe.accumulation() + part;
    try (Scope scope = Scope.open();
        Rng rng = Rng.seeded(seed(MODEL_RANDOM, position))) {
      model.train(rng);
      Batch batch = batches.next();
      Mixed mixed = mix(batch, position);
      double weight = (double) batch.size() / planned;
      Outcome outcome =
          objective.backward(
              model, new Objective.Batch(mixed.images(), mixed.targets(), weight, precision, rng));
      means.add("loss", outcome.loss(), batch.size());
      outcome.others().forEach((name, value) -> means.add(name, value, batch.size()));
      return batch.size();
    }
  }

  private Mixed mix(Batch batch, long position) {
    Tensor inputs = batch.images().to(device);
    Tensor labels = batch.labels().to(device);
    return mixing
        .map(m -> m.mix(inputs, labels, new SplittableRandom(seed(MIXING_RANDOM, position))))
        .orElseGet(() -> new Mixed(inputs, labels));
  }

  private long seed(int stream, long position) {
    return Randomness.seed(recipe.seed(), stream, peers.rank(), position);
  }

  /** Images of the step to come, in this process; fewer only at the end of an epoch. */
  private int imagesOfStep() {
    int full = recipe.accumulation() * images.config().batchSize();
    return Math.min(full, images.samples() - state.step() * full);
  }

  private double limitGradients() {
    return recipe.clip() > 0
        ? Gradients.clipNorm(optimizer.tensors(), recipe.clip())
        : Gradients.norm(optimizer.tensors());
  }

  /** Before the step is taken: weights and checkpoints stay good. */
  private void checkFinite(double loss, double norm) {
    if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
      throw new TrainingException(
          ("step %d of epoch %d has loss %s and gradients of length %s: training has come apart;"
                  + " lower optimizer.lr, lengthen schedule.warmupEpochs, set clip=1%s%s")
              .formatted(
                  state.step() + 1,
                  state.epoch() + 1,
                  loss,
                  norm,
                  precision == DType.F32 ? "" : ", or train with precision=f32",
                  checkpoints.isPresent() ? "; the last checkpoint is good" : ""));
    }
  }

  // ---- the end of an epoch

  private boolean isTimeToJudge() {
    int done = state.epoch() + 1;
    return evaluator.isPresent()
        && (done % recipe.evaluation().every() == 0 || done == recipe.epochs());
  }

  /** Scores of the weights that decide; nothing if stopped meanwhile. */
  private Optional<Scores> judge() {
    try (Ema.@Nullable Swap swap = swapIn()) {
      Optional<Scores> mine =
          evaluator
              .orElseThrow()
              .run(model, listener::validating, () -> stopped && peers.world() == 1);
      return mine.map(scores -> scores.overAll(peers));
    }
  }

  /** Gives the network its averages, if they are what is judged. */
  private Ema.@Nullable Swap swapIn() {
    boolean averages = recipe.evaluation().weights() == EvaluationSettings.Weights.EMA;
    return averages && ema.isPresent() ? ema.get().swapIn() : null;
  }

  private void finishEpoch(Optional<Scores> scores) throws IOException {
    int done = state.epoch() + 1;
    Map<String, Double> train = state.means().values();
    if (scores.isPresent()) {
      state = state.withScores(scores.get(), recipe.checkpoints().best());
    }
    boolean isKept = state.best().stream().anyMatch(best -> best.epochs() == done);
    boolean isBest = isKept && state.best().get(0).epochs() == done;
    logEpoch(train, scores);
    listener.epoch(
        new TrainingListener.Epoch(state.epoch(), recipe.epochs(), train, scores, isBest));
    state = state.afterEpoch();
    if (isKept && checkpoints.isPresent()) {
      try (Ema.@Nullable Swap swap = swapIn()) {
        checkpoints.get().saveBest(state, done, isBest);
      }
    }
    if (done % recipe.checkpoints().epochs() == 0 || done == recipe.epochs()) {
      save();
    }
  }

  private void save() throws IOException {
    if (checkpoints.isPresent()) {
      checkpoints.get().save(state);
      listener.saved(checkpoints.get().folder());
    }
  }

  // ---- logs

  private void openLog() throws IOException {
    if (checkpoints.isPresent()) {
      log = RunLog.resume(checkpoints.get().folder(), state.steps() == 0 ? -1 : state.steps());
    }
  }

  private void logStep(TrainingListener.Step step) throws IOException {
    if (log != null && state.steps() % LOGGED_STEPS == 0) {
      Map<String, Double> numbers = new LinkedHashMap<>(step.means());
      numbers.put("lr", step.learningRate());
      numbers.put("grad_norm", step.gradientNorm());
      log.add(new Entry("step", state.steps(), epochs(), numbers));
    }
  }

  private void logEpoch(Map<String, Double> train, Optional<Scores> scores) throws IOException {
    if (log != null) {
      Map<String, Double> numbers = new LinkedHashMap<>(train);
      numbers.put("images_per_s", imagesPerSecond);
      log.add(new Entry("train", state.steps(), epochs(), numbers));
      if (scores.isPresent()) {
        Map<String, Double> judged = new LinkedHashMap<>();
        judged.put("loss", scores.get().loss());
        judged.put("top1", scores.get().top1());
        judged.put("top5", scores.get().top5());
        log.add(new Entry("val", state.steps(), epochs(), judged));
      }
    }
  }

  private double epochs() {
    return (double) state.steps() / stepsPerEpoch;
  }

  private boolean isStopped() {
    return peers.any(stopped);
  }

  /** Frees the optimiser and the running average; closes the logs. */
  @Override
  public void close() throws IOException {
    optimizer.close();
    ema.ifPresent(Ema::close);
    if (log != null) {
      log.close();
    }
  }
}
