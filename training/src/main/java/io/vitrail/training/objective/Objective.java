package io.vitrail.training.objective;

import io.vitrail.tensor.DType;
import io.vitrail.tensor.Mode;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Tensor;
import io.vitrail.vision.ImageModel;
import java.util.Map;
import java.util.function.Supplier;

/**
 * How a batch becomes gradients: {@link Supervised} training, or one with another branch beside it.
 */
public interface Objective {

  /**
   * Runs the model forward and backward on one batch in the open scope and adds {@code
   * batch.weight()} times the gradient of its loss to the model's parameters.
   */
  Outcome backward(ImageModel model, Batch batch);

  /**
   * One batch as an objective sees it.
   *
   * @param images [B, C, H, W] float32, normalised
   * @param targets class numbers [B] of int64, or shares [B, K]
   * @param weight what the gradient is multiplied by: 1 / steps when gradients are accumulated
   * @param precision the type of products: float32 or bfloat16, which autocasts
   * @param rng for masks and the like
   */
  record Batch(Tensor images, Tensor targets, double weight, DType precision, Rng rng) {

    /** Runs a forward pass in the batch's precision; its result is float32. */
    public Tensor forward(Supplier<Tensor> pass) {
      if (precision == DType.F32) {
        return pass.get();
      }
      try (Mode mode = Mode.autocast(images.device(), precision)) {
        return pass.get().to(DType.F32);
      }
    }
  }

  /**
   * What a batch gave, as plain numbers.
   *
   * @param loss of the full images
   * @param logits [B, K] of the full images, detached, in the open scope
   * @param others further numbers to log, by name
   */
  record Outcome(double loss, Tensor logits, Map<String, Double> others) {}
}
