package io.vitrail.training;

import io.vitrail.nn.ParamReport;
import io.vitrail.tensor.Rng;
import io.vitrail.training.augment.AugmentConfig;
import io.vitrail.training.augment.Interpolation;
import io.vitrail.training.augment.Preparation;
import io.vitrail.training.data.Dataset;
import io.vitrail.training.data.Loader;
import io.vitrail.training.data.LoaderConfig;
import io.vitrail.training.data.LoaderConfig.LastBatch;
import io.vitrail.training.data.Sampler;
import io.vitrail.training.data.Sampler.Remainder;
import io.vitrail.training.data.Splits;
import io.vitrail.training.distributed.Distributed;
import io.vitrail.training.optim.ParamGroups;
import io.vitrail.training.recipe.MaskSubSettings;
import io.vitrail.training.recipe.OptimizerSettings;
import io.vitrail.training.recipe.Recipe;
import io.vitrail.vision.ImageModel;
import io.vitrail.vision.swin.Swin.MaskToken;
import io.vitrail.vision.zoo.LoadedModel;
import io.vitrail.vision.zoo.Models;
import io.vitrail.vision.zoo.Overrides;
import io.vitrail.vision.zoo.WeightNotes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A recipe made real on data: the network of the zoo, the batches, and a {@link Trainer} of them.
 *
 * <pre>{@code
 * Splits data = DataSets.open("photos/", recipe.data().holdOut(), recipe.seed());
 * try (TrainingJob job = TrainingJob.of(recipe, data)) {
 *   job.trainer().folder(Path.of("run"), Start.NEW).build().fit();
 * }
 * }</pre>
 */
public final class TrainingJob implements AutoCloseable {
  private final Recipe recipe;
  private final Splits data;
  private final Distributed peers;
  private final int workers;
  private final ImageModel model;
  private final List<String> notes;

  private TrainingJob(
      Recipe recipe,
      Splits data,
      Distributed peers,
      int workers,
      ImageModel model,
      List<String> notes) {
    this.recipe = recipe;
    this.data = data;
    this.peers = peers;
    this.workers = workers;
    this.model = model;
    this.notes = notes;
  }

  /** From random weights, in one process. */
  public static TrainingJob of(Recipe recipe, Splits data) throws IOException {
    return of(recipe, data, Optional.empty(), Distributed.single(), LoaderConfig.defaultWorkers());
  }

  /**
   * A job as one of several processes.
   *
   * @param weights to start from: a file that fits the recipe's network, whatever its head
   * @param workers threads that prepare images; results do not depend on it
   * @throws IOException if the weights cannot be read or do not fit
   * @throws IllegalArgumentException if there is no network of the recipe's name
   */
  public static TrainingJob of(
      Recipe recipe, Splits data, Optional<Path> weights, Distributed peers, int workers)
      throws IOException {
    String name = recipe.model().name();
    Overrides overrides =
        Overrides.NONE
            .withClasses(data.train().classes().size())
            .withImageSize(recipe.augment().imageSize())
            .withChannels(recipe.augment().channels())
            .withDropPath(recipe.model().dropPath())
            .withMaskToken(
                recipe.masksub().mode() == MaskSubSettings.Mode.MASKING
                    ? MaskToken.LEARNT
                    : MaskToken.NONE);
    try (Rng rng = Rng.seeded(recipe.seed())) {
      if (weights.isPresent()) {
        LoadedModel loaded = Models.open(name, weights.get(), overrides, rng);
        return new TrainingJob(recipe, data, peers, workers, loaded.model(), loaded.notes());
      }
      ImageModel model = Models.create(name, overrides);
      model.init(rng);
      return new TrainingJob(recipe, data, peers, workers, model, List.of());
    }
  }

  /** The network; closed with the job. */
  public ImageModel model() {
    return model;
  }

  /** What had to be done to make the first weights fit. */
  public List<String> notes() {
    return notes;
  }

  /** A trainer of the network, to be told where to write and whom to tell. */
  public TrainerBuilder trainer() {
    return Trainer.builder(model, recipe, images())
        .validation(judging(recipe.augment(), data.val()))
        .peers(peers)
        .describedBy(describe());
  }

  /** What weights say about themselves. */
  public WeightNotes describe() {
    AugmentConfig input = recipe.augment();
    return new WeightNotes(
        recipe.model().name(),
        data.train().classes(),
        input.imageSize(),
        input.mean(),
        input.std(),
        input.cropRatio(),
        input.interpolation() == Interpolation.BILINEAR ? "bilinear" : "bicubic");
  }

  private Loader images() {
    Dataset train = data.train();
    long seed = recipe.seed();
    Sampler all =
        recipe.data().repeats() > 1
            ? Sampler.repeated(train.size(), recipe.data().repeats(), seed)
            : Sampler.shuffled(train.size(), seed);
    if (train.size() < recipe.batch() && recipe.data().lastBatch() == LastBatch.DROP) {
      throw new TrainingException(
          "%d images make no batch of %d; set a smaller batch, or data.lastBatch=keep"
              .formatted(train.size(), recipe.batch()));
    }
    int batch = recipe.batch() / recipe.accumulation() / peers.world();
    if (batch == 0) {
      throw new TrainingException(
          "a batch of %d cannot be shared by %d processes in %d parts; raise batch"
              .formatted(recipe.batch(), peers.world(), recipe.accumulation()));
    }
    return new Loader(
        train,
        all.shard(peers.rank(), peers.world(), Remainder.DROP),
        Preparation.training(recipe.augment()),
        LoaderConfig.training(batch, seed)
            .withLastBatch(recipe.data().lastBatch())
            .withBadFiles(recipe.data().badFiles())
            .withWorkers(workers));
  }

  private Loader judging(AugmentConfig input, Dataset images) {
    return new Loader(
        images,
        Sampler.sequential(images.size()).shard(peers.rank(), peers.world(), Remainder.KEEP),
        Preparation.evaluation(input),
        LoaderConfig.evaluation(recipe.evaluation().batch())
            .withBadFiles(recipe.data().badFiles())
            .withWorkers(workers));
  }

  /**
   * What the training will be.
   *
   * @param parameters of the network
   * @param trainable of them
   * @param stepsPerEpoch of the optimiser
   * @param groups a line for each group of parameters
   * @param bytes for weights, gradients, running averages; activations come on top
   */
  public record Plan(
      long parameters, long trainable, int stepsPerEpoch, List<String> groups, long bytes) {}

  /** What the training will be, before any of it. */
  public Plan plan() {
    recipe.model().freeze().forEach(model::freeze);
    ParamReport report = model.report();
    TrainerBuilder builder = trainer();
    ParamGroups groups = builder.groups();
    long copies =
        (recipe.optimizer().type() == OptimizerSettings.Type.SGD ? 1 : 2) + 1; // and the gradient
    long weights = report.total();
    long averages = recipe.ema().decay() > 0 ? weights : 0;
    return new Plan(
        report.total(),
        report.trainable(),
        builder.stepsPerEpoch(),
        groups.report().lines().toList(),
        Float.BYTES * (weights + averages + copies * report.trainable()));
  }

  /** A line: network, data, schedule. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s on %d images of %d classes, %d to judge by",
        recipe.model().name(),
        data.train().size(),
        data.train().classes().size(),
        data.val().size());
  }

  @Override
  public void close() {
    model.close();
  }
}
