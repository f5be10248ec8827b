package io.vitrail.training;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Hears how a training gets on, on the thread that trains. */
public interface TrainingListener {

  /** Hears nothing. */
  TrainingListener NONE = new TrainingListener() {};

  /**
   * A step of the optimiser.
   *
   * @param epoch in work, from 0
   * @param step done in it, from 1
   * @param stepsPerEpoch how many an epoch has
   * @param epochs how many the training has
   * @param images of the step, over all processes
   * @param means of this process over the step, {@code loss} first
   * @param learningRate of the step
   * @param gradientNorm length of all gradients together, before clipping
   */
  record Step(
      int epoch,
      int step,
      int stepsPerEpoch,
      int epochs,
      int images,
      Map<String, Double> means,
      double learningRate,
      double gradientNorm) {
    public double loss() {
      return means.get("loss");
    }
  }

  /**
   * The end of an epoch.
   *
   * @param epoch from 0
   * @param epochs how many the training has
   * @param train means over the epoch, {@code loss} first
   * @param scores of the validation, if there was one
   * @param isBest whether they are the best so far
   */
  record Epoch(
      int epoch, int epochs, Map<String, Double> train, Optional<Scores> scores, boolean isBest) {}

  /** Training begins at, or after a resume goes on from, {@code step} of {@code epoch}. */
  default void started(int epoch, int step) {}

  default void step(Step step) {}

  /** {@code done} images of a validation are judged. */
  default void validating(int done) {}

  default void epoch(Epoch epoch) {}

  /** A checkpoint is on the disk, in {@code folder}. */
  default void saved(Path folder) {}
}
