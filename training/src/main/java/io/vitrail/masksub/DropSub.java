package io.vitrail.masksub;

import io.vitrail.nn.Dropout;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Tensor;
import io.vitrail.vision.ImageModel;

/**
 * Drops elements in every block of a vision transformer: of the attention's projection, after the
 * activation of the MLP and at its end.
 *
 * @param p probability of an element to become 0, in (0, 1); the published code's default is 0.5,
 *     but 0.1 to 0.2 is wiser
 */
public record DropSub(double p) implements SubBranch {
  public DropSub {
    Switched.check("DropSub", p);
  }

  @Override
  public Tensor forward(ImageModel model, Tensor images, Rng rng) {
    return Switched.forward(
        "DropSub", model, images, Dropout.class, Dropout::probability, Dropout::setProbability, p);
  }
}
