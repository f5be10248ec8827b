package io.vitrail.training.reproduce;

import io.vitrail.masksub.Masking;
import io.vitrail.tensor.Tensor;
import io.vitrail.training.objective.Loss;
import io.vitrail.training.objective.Objective;
import io.vitrail.vision.ImageModel;
import java.util.Map;

/**
 * Whole and masked images, both learning from the labels, with half a weight each: what MaskSub is
 * without its soft targets.
 */
record LabelledBranches(Loss loss, Masking masking) implements Objective {
  @Override
  public Outcome backward(ImageModel model, Batch batch) {
    double half = batch.weight() / 2;
    Tensor main = batch.forward(() -> model.forward(batch.images()));
    Tensor mainLoss = loss.of(main, batch.targets());
    mainLoss.mul(half).backward();
    Tensor masked = batch.forward(() -> masking.forward(model, batch.images(), batch.rng()));
    Tensor maskedLoss = loss.of(masked, batch.targets());
    maskedLoss.mul(half).backward();
    return new Outcome(mainLoss.item(), main.detach(), Map.of("sub_loss", maskedLoss.item()));
  }
}
