package io.vitrail.training.recipe;

/**
 * How weights are judged.
 *
 * @param weights which weights decide what is best
 * @param every epochs between validations
 * @param batch images at once; the result does not depend on it
 */
public record EvaluationSettings(Weights weights, int every, int batch) {
  /** Which weights: those that train (as DeiT judges), or their running average. */
  public enum Weights {
    RAW,
    EMA
  }

  static final EvaluationSettings DEFAULT = new EvaluationSettings(Weights.RAW, 1, 64);

  public EvaluationSettings {
    Check.that(every >= 1, "evaluation.every is at least 1, got %d", every);
    Check.that(batch >= 1, "evaluation.batch is at least 1, got %d", batch);
  }
}
