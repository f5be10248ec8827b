package io.vitrail.training.recipe;

/**
 * What is kept, and how often. The state to resume from is written each time.
 *
 * @param epochs between checkpoints
 * @param steps between checkpoints inside an epoch; 0 for none
 * @param minutes between checkpoints inside an epoch; 0 for none
 * @param best how many of the best are kept
 */
public record CheckpointSettings(int epochs, int steps, double minutes, int best) {
  static final CheckpointSettings DEFAULT = new CheckpointSettings(1, 0, 30, 1);

  public CheckpointSettings {
    Check.that(epochs >= 1, "checkpoints.epochs is at least 1, got %d", epochs);
    Check.that(steps >= 0, "checkpoints.steps is at least 1, or 0 for none, got %d", steps);
    Check.that(minutes >= 0, "checkpoints.minutes is above 0, or 0 for none, got %s", minutes);
    Check.that(best >= 1, "checkpoints.best is at least 1, got %d", best);
  }
}
