package io.vitrail.training;

import io.vitrail.tensor.DType;
import io.vitrail.tensor.Device;
import io.vitrail.tensor.Engine;
import io.vitrail.training.RunFolder.Saved;
import io.vitrail.training.augment.Mixing;
import io.vitrail.training.data.Dataset;
import io.vitrail.training.data.Loader;
import io.vitrail.training.data.LoaderConfig.LastBatch;
import io.vitrail.training.distributed.Distributed;
import io.vitrail.training.objective.Objective;
import io.vitrail.training.optim.NoDecay;
import io.vitrail.training.optim.ParamGroups;
import io.vitrail.training.recipe.OptimizerSettings;
import io.vitrail.training.recipe.Recipe;
import io.vitrail.training.recipe.Recipes;
import io.vitrail.vision.ImageModel;
import io.vitrail.vision.zoo.WeightNotes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sets up a {@link Trainer}. What is left out is: no validation, no files, one process. */
public final class TrainerBuilder {
  static final String RECIPE = "vitrail.recipe";
  private static final String DATA = "vitrail.data";
  private static final String ARITHMETIC = "vitrail.arithmetic";

  private static final Logger LOG = LoggerFactory.getLogger(TrainerBuilder.class);

  /** Values of a recipe that do not change what training does. */
  private static final List<String> FREE = List.of("name:", "note:", "checkpoints.", "evaluation.");

  final ImageModel model;
  final Recipe recipe;
  final Loader images;
  Optional<Loader> validation = Optional.empty();
  Optional<Path> folder = Optional.empty();
  TrainingListener listener = TrainingListener.NONE;
  Distributed peers = Distributed.single();
  Objective objective;
  private Start start = Start.NEW;
  private Map<String, String> description = Map.of();

  /** What to do about a checkpoint in the folder. */
  public enum Start {
    /** There must be none. */
    NEW,
    /** Go on from it; begin if there is none. */
    RESUME
  }

  TrainerBuilder(ImageModel model, Recipe recipe, Loader images) {
    this.model = model;
    this.recipe = recipe;
    this.images = images;
    this.objective = recipe.objective();
  }

  /** Images to judge by, none of which is left out. */
  public TrainerBuilder validation(Loader loader) {
    validation = Optional.of(loader);
    return this;
  }

  /** Where checkpoints and logs go. */
  public TrainerBuilder folder(Path path, Start start) {
    folder = Optional.of(path);
    this.start = start;
    return this;
  }

  /** Who hears how it gets on. */
  public TrainerBuilder listener(TrainingListener value) {
    listener = value;
    return this;
  }

  /** An objective of one's own in place of the recipe's. */
  public TrainerBuilder objective(Objective value) {
    objective = value;
    return this;
  }

  /** The processes to train with; each has its part of the images in its loaders. */
  public TrainerBuilder peers(Distributed value) {
    peers = value;
    return this;
  }

  /** What weight files say about themselves. */
  public TrainerBuilder describedBy(WeightNotes value) {
    description = value.toMetadata();
    return this;
  }

  /**
   * The trainer; if it resumes, with the checkpoint's weights in the model.
   *
   * @throws TrainingException if the parts do not fit each other or the checkpoint
   * @throws IOException if the folder or the checkpoint cannot be used
   */
  public Trainer build() throws IOException {
    int share = recipe.batch() / recipe.accumulation() / peers.world();
    if (recipe.batch() % (recipe.accumulation() * peers.world()) != 0
        || images.config().batchSize() != share) {
      throw new TrainingException(
          String.format(
              Locale.ROOT,
              "a batch of %d in %d parts on %d processes is %.4g images at once; the loader gives %d",
              recipe.batch(),
              recipe.accumulation(),
              peers.world(),
              (double) recipe.batch() / recipe.accumulation() / peers.world(),
              images.config().batchSize()));
    }
    if (images.data().classes().size() != model.classes()) {
      throw new TrainingException(
          "the data have %d classes, the network gives %d scores; build it with as many"
              .formatted(images.data().classes().size(), model.classes()));
    }
    if (stepsPerEpoch() == 0) {
      throw new TrainingException(
          "%d images make no batch of %d; lower batch, or set data.lastBatch=keep"
              .formatted(images.data().size(), recipe.batch()));
    }
    recipe.model().freeze().forEach(model::freeze);
    return new Trainer(this);
  }

  // ---- for Trainer

  Device device() {
    return model.state().values().iterator().next().value().device();
  }

  DType precision() {
    return recipe.precision().onCpu();
  }

  int stepsPerEpoch() {
    int parts = recipe.accumulation();
    return images.config().lastBatch() == LastBatch.DROP
        ? images.batches() / parts
        : (images.batches() + parts - 1) / parts;
  }

  Optional<Mixing> mixing() {
    return recipe.mixing().isActive()
        ? Optional.of(
            new Mixing(
                recipe.mixing(),
                Math.toIntExact(model.classes()),
                recipe.loss().smoothing(),
                recipe.augment().normalisation()))
        : Optional.empty();
  }

  ParamGroups groups() {
    OptimizerSettings optimizer = recipe.optimizer();
    return ParamGroups.of(
        model,
        new ParamGroups.Policy(optimizer.weightDecay(), NoDecay.ALL, optimizer.layerDecay()));
  }

  Map<String, String> notes() {
    Map<String, String> notes = new LinkedHashMap<>(description);
    notes.put(RECIPE, Recipes.json(recipe));
    notes.put(DATA, describe(images.data()));
    notes.put(ARITHMETIC, arithmetic());
    return notes;
  }

  /** What roundings depend on. */
  private String arithmetic() {
    Engine.Info engine = Engine.info();
    return "%s, %d threads, %d processes, %s"
        .formatted(precision(), engine.threads(), peers.world(), engine.instructions());
  }

  /** The checkpoint to go on from, after a look at whether it is of this training. */
  Optional<Saved> saved() throws IOException {
    if (folder.isEmpty()) {
      return Optional.empty();
    }
    RunFolder run = new RunFolder(folder.get());
    if (start == Start.NEW && run.hasCheckpoint()) {
      throw new TrainingException(
          "'%s' holds a training already; go on with it by --resume, or name another folder"
              .formatted(folder.get()));
    }
    if (peers.isFirst()) {
      run.prepare();
    }
    Optional<Saved> saved = run.load();
    if (saved.isPresent()) {
      checkSame(saved.get());
    }
    return saved;
  }

  private void checkSame(Saved saved) {
    Recipe before = Recipes.fromJson(saved.notes().getOrDefault(RECIPE, "{}"));
    List<String> differences =
        Recipes.differences(before, recipe).stream()
            .filter(difference -> FREE.stream().noneMatch(difference::startsWith))
            .toList();
    if (!differences.isEmpty()) {
      throw new TrainingException(
          "cannot resume in '%s' with another recipe: %s; set these back, or name another folder"
              .formatted(folder.orElseThrow(), String.join(", ", differences)));
    }
    String data = describe(images.data());
    if (!data.equals(saved.notes().get(DATA))) {
      throw new TrainingException(
          "cannot resume in '%s' with other data: it was %s, now %s; give the same --data, or name another folder"
              .formatted(folder.orElseThrow(), saved.notes().get(DATA), data));
    }
    if (!arithmetic().equals(saved.notes().get(ARITHMETIC))) {
      LOG.warn(
          "resumed with {}, before with {}: roundings differ from those of an uninterrupted run",
          arithmetic(),
          saved.notes().get(ARITHMETIC));
    }
  }

  /** Enough to notice other data, wherever they lie. */
  private static String describe(Dataset data) {
    int labels = 1;
    for (int i = 0; i < data.size(); i++) {
      labels = 31 * labels + data.label(i);
    }
    return "%d images of %d classes (%08x)"
        .formatted(data.size(), data.classes().size(), 31 * labels + data.classes().hashCode());
  }
}
