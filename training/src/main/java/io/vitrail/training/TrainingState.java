package io.vitrail.training;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Where a training is: all of a checkpoint that is not a tensor. Random numbers are drawn from the
 * seed and the position, so that no state of theirs is in it.
 *
 * @param epoch the epoch in work, from 0; as many as there are when training is over
 * @param step steps of the optimiser done in it
 * @param steps steps done in all
 * @param means of the epoch in work
 * @param best the best validations, best first
 */
record TrainingState(int epoch, int step, long steps, Means means, List<Best> best) {

  /**
   * A validation that is among the best.
   *
   * @param epochs done when it was made
   * @param top1 share of images whose class came first
   * @param loss breaks ties
   */
  record Best(int epochs, double top1, double loss) {}

  private static final Comparator<Best> BEST_FIRST =
      Comparator.comparingDouble((Best b) -> -b.top1)
          .thenComparingDouble(Best::loss)
          .thenComparingInt(Best::epochs);

  static TrainingState start() {
    return new TrainingState(0, 0, 0, new Means(), List.of());
  }

  TrainingState afterStep() {
    return new TrainingState(epoch, step + 1, steps + 1, means, best);
  }

  TrainingState afterEpoch() {
    return new TrainingState(epoch + 1, 0, steps, new Means(), best);
  }

  /** With a validation, if it is among the {@code kept} best. */
  TrainingState withScores(Scores scores, int kept) {
    List<Best> all = new ArrayList<>(best);
    all.add(new Best(epoch + 1, scores.top1(), scores.loss()));
    all.sort(BEST_FIRST);
    return new TrainingState(
        epoch, step, steps, means, List.copyOf(all.subList(0, Math.min(kept, all.size()))));
  }
}
