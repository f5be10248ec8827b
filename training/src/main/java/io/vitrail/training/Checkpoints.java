package io.vitrail.training;

import io.vitrail.nn.StateDict;
import io.vitrail.tensor.Optimizer;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.training.optim.Ema;
import io.vitrail.training.recipe.CheckpointSettings;
import io.vitrail.vision.ImageModel;
import io.vitrail.weights.StoredTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Writes the state of a training to its folder. */
final class Checkpoints {
  static final String MODEL = "model"; // parts of a checkpoint
  static final String OPTIMIZER = "optimizer";
  static final String EMA = "ema";

  private final RunFolder folder;
  private final CheckpointSettings settings;
  private final ImageModel model;
  private final Optimizer optimizer;
  private final Optional<Ema> ema;
  private final Map<String, String> notes;
  private long lastSave = System.nanoTime();

  /**
   * @param notes what all files say about themselves
   */
  Checkpoints(
      RunFolder folder,
      CheckpointSettings settings,
      ImageModel model,
      Optimizer optimizer,
      Optional<Ema> ema,
      Map<String, String> notes) {
    this.folder = folder;
    this.settings = settings;
    this.model = model;
    this.optimizer = optimizer;
    this.ema = ema;
    this.notes = notes;
  }

  Path folder() {
    return folder.path();
  }

  /** Whether it is time for another one inside an epoch. */
  boolean isDue(TrainingState state) {
    int steps = settings.steps();
    double minutes = settings.minutes();
    return (steps > 0 && state.steps() % steps == 0)
        || (minutes > 0 && System.nanoTime() - lastSave > minutes * 60e9);
  }

  /** Writes the weights that the model has now, which are among the best. */
  void saveBest(TrainingState state, int epochs, boolean isBest) throws IOException {
    StateDict weights = forOthers(weights());
    if (isBest) {
      folder.saveWeights(RunFolder.BEST, weights, notesAt(state));
    }
    if (settings.best() > 1) {
      folder.saveWeights(RunFolder.bestOf(epochs), weights, notesAt(state));
    }
  }

  /** Writes everything. The state goes last: what it counts as done is on the disk then. */
  void save(TrainingState state) throws IOException {
    Map<String, String> now = notesAt(state);
    StateDict weights = weights();
    StateDict all = part(MODEL, weights).with(part(OPTIMIZER, copyOf(optimizer.state())));
    folder.saveWeights(RunFolder.LAST, forOthers(weights), now);
    if (ema.isPresent()) {
      StateDict averages = copyOf(ema.get().state());
      folder.saveWeights(RunFolder.LAST_EMA, forOthers(averages), now);
      all = all.with(part(EMA, averages));
    }
    folder.saveState(state, all, now);
    lastSave = System.nanoTime();
  }

  private StateDict weights() {
    try (Scope scope = Scope.open()) {
      return StateDict.of(model);
    }
  }

  private static StateDict copyOf(Map<String, Tensor> tensors) {
    try (Scope scope = Scope.open()) {
      return StateDict.copyOf("a checkpoint", tensors);
    }
  }

  private static StateDict part(String name, StateDict tensors) {
    return tensors.renamed(key -> name + "/" + key);
  }

  /** Without the mask token of a Swin, which only training uses and timm does not know. */
  private static StateDict forOthers(StateDict weights) {
    Map<String, StoredTensor> kept = new LinkedHashMap<>(weights.tensors());
    kept.remove("mask_token");
    return StateDict.of(weights.name(), kept);
  }

  private Map<String, String> notesAt(TrainingState state) {
    Map<String, String> all = new LinkedHashMap<>(notes);
    all.put("epoch", String.valueOf(state.epoch()));
    state.best().stream()
        .findFirst()
        .ifPresent(best -> all.put("best_top1", String.valueOf(best.top1())));
    return all;
  }
}
