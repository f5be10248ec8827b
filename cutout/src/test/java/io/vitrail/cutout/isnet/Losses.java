package io.vitrail.cutout.isnet;

import io.vitrail.tensor.F;
import io.vitrail.tensor.Tensor;

/** The two losses of IS-Net's training (arXiv 2203.03041, section 4.2). */
final class Losses {
  private Losses() {}

  /** Binary cross entropy of all six maps. */
  static Tensor maps(IsNet.Output output, Tensor labels) {
    Tensor loss = Tensor.scalar(0);
    for (Tensor map : output.maps()) {
      loss = loss.add(F.bce(map, labels));
    }
    return loss;
  }

  /** Squared distance of all six features to those of the ground-truth encoder. */
  static Tensor features(IsNet.Output output, IsNet.Output truth) {
    Tensor loss = Tensor.scalar(0);
    for (int i = 0; i < 6; i++) {
      loss = loss.add(F.mse(output.features().get(i), truth.features().get(i)));
    }
    return loss;
  }
}
