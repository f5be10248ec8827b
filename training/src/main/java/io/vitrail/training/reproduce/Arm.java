package io.vitrail.training.reproduce;

import io.vitrail.masksub.MaskSub;
import io.vitrail.masksub.Masking;
import io.vitrail.training.objective.CrossEntropy;
import io.vitrail.training.objective.Objective;
import io.vitrail.training.objective.Supervised;

/**
 * One way to train in a comparison.
 *
 * @param name in files
 * @param branches what a step computes
 * @param epochs how often the images are gone through
 */
record Arm(String name, Branches branches, int epochs) {

  /** What a step computes. */
  enum Branches {
    MAIN("plain"),
    MAIN_AND_SUB("MaskSub"),
    /** Whole and half-hidden images, both learning from the label. */
    MAIN_AND_LABELLED("both from labels");

    private final String label;

    Branches(String label) {
      this.label = label;
    }
  }

  static final Masking HALF = new Masking(0.5);

  /** In tables and plots. */
  String label() {
    return branches.label + ", " + epochs + " epochs";
  }

  Objective objective() {
    CrossEntropy loss = new CrossEntropy(0);
    return switch (branches) {
      case MAIN -> new Supervised(loss);
      case MAIN_AND_SUB -> new MaskSub(loss, HALF);
      case MAIN_AND_LABELLED -> new LabelledBranches(loss, HALF);
    };
  }
}
