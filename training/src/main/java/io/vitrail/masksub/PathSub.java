package io.vitrail.masksub;

import io.vitrail.nn.DropPath;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Tensor;
import io.vitrail.vision.ImageModel;

/**
 * Drops whole residual branches of samples in a vision transformer, with the same probability in
 * every block.
 *
 * @param p probability of a sample to lose a branch, in (0, 1); the published code's default is 0.5
 */
public record PathSub(double p) implements SubBranch {
  public PathSub {
    Switched.check("PathSub", p);
  }

  @Override
  public Tensor forward(ImageModel model, Tensor images, Rng rng) {
    return Switched.forward(
        "PathSub",
        model,
        images,
        DropPath.class,
        DropPath::probability,
        DropPath::setProbability,
        p);
  }
}
