package io.vitrail.training.recipe;

import io.vitrail.training.objective.BinaryCrossEntropy;
import io.vitrail.training.objective.BinaryCrossEntropy.Mixed;
import io.vitrail.training.objective.CrossEntropy;
import io.vitrail.training.objective.Loss;

/**
 * What is made small.
 *
 * @param type cross-entropy over the classes, or binary cross-entropy of each
 * @param smoothing share of the target spread over all classes, in [0, 1)
 * @param mixed what binary cross-entropy makes of mixed targets
 */
public record LossSettings(Type type, double smoothing, Mixed mixed) {
  /** Which cross-entropy. */
  public enum Type {
    CE,
    BCE
  }

  static final LossSettings DEFAULT = new LossSettings(Type.CE, 0.1, Mixed.SHARES);

  public LossSettings {
    Check.rate("loss.smoothing", smoothing);
  }

  /** The loss itself. */
  public Loss create() {
    return type == Type.CE ? new CrossEntropy(smoothing) : new BinaryCrossEntropy(mixed);
  }
}
