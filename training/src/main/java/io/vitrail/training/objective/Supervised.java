package io.vitrail.training.objective;

import io.vitrail.tensor.Tensor;
import io.vitrail.vision.ImageModel;
import java.util.Map;

/** Plain training: one pass, one loss. */
public record Supervised(Loss loss) implements Objective {
  @Override
  public Outcome backward(ImageModel model, Batch batch) {
    Tensor logits = batch.forward(() -> model.forward(batch.images()));
    Tensor value = loss.of(logits, batch.targets());
    value.mul(batch.weight()).backward();
    return new Outcome(value.item(), logits.detach(), Map.of());
  }
}
