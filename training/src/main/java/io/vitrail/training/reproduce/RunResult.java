package io.vitrail.training.reproduce;

import java.util.List;
import java.util.Locale;

/**
 * What one training gave. Shares are in [0, 1], losses are mean negative log-likelihoods in nats.
 *
 * @param study name of the study
 * @param settings of the study, see {@link Study#settings}
 * @param arm name of the arm
 * @param seed of everything random
 * @param epochs trained
 * @param top1 share of test images whose class scored highest
 * @param nll of test images
 * @param hiddenTop1 share of test images, with half of their patches hidden, that are told right
 * @param trainNll of training images, unchanged
 * @param stepMillis mean time of a training step; other work on the machine is in it
 * @param curve scores on the way, for plots alone
 */
record RunResult(
    String study,
    String settings,
    String arm,
    int seed,
    int epochs,
    double top1,
    double nll,
    double hiddenTop1,
    double trainNll,
    double stepMillis,
    List<Point> curve) {

  /**
   * A point of the curve.
   *
   * @param epochs done
   * @param trainLoss mean loss of whole images over the epoch
   * @param testTop1 of the first test images
   * @param testNll of the first test images
   */
  record Point(int epochs, double trainLoss, double testTop1, double testNll) {}

  RunResult {
    curve = List.copyOf(curve);
  }

  /** In a line, for people. */
  String line() {
    return String.format(
        Locale.ROOT,
        "%s %s %d epochs, seed %d: top-1 %.1f %%, NLL %.3f, half-hidden top-1 %.1f %%, %.1f ms a step",
        study,
        arm,
        epochs,
        seed,
        100 * top1,
        nll,
        100 * hiddenTop1,
        stepMillis);
  }
}
