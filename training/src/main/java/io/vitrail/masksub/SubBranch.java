package io.vitrail.masksub;

import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Tensor;
import io.vitrail.vision.ImageModel;
import java.util.Map;

/** A second view of the same images by the same network, with part of it taken away. */
public sealed interface SubBranch permits Masking, DropSub, PathSub {

  /**
   * Scores [B, K] of images [B, C, H, W] in this view. The model comes back as it was.
   *
   * @param rng for masks; what layers drop comes from the source that the model trains with
   * @throws IllegalArgumentException if it does not know this kind of model
   */
  Tensor forward(ImageModel model, Tensor images, Rng rng);

  /** What to log about this view of {@code images}, by name. */
  default Map<String, Double> numbers(ImageModel model, Tensor images) {
    return Map.of();
  }
}
