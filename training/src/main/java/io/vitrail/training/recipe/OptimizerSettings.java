package io.vitrail.training.recipe;

import io.vitrail.tensor.Optimizer;
import java.util.Set;

/**
 * How weights change.
 *
 * @param type the rule
 * @param lr highest learning rate, for a batch of {@code lrPer} images
 * @param lrPer images that {@code lr} is meant for, as 256 or 512; 0 for a rate that does not grow
 *     with the batch
 * @param weightDecay how much weights shrink; not those of one dimension, and not those the model
 *     names, such as position embeddings
 * @param beta1 decay of the mean of gradients; SGD's momentum
 * @param beta2 decay of the mean of their squares
 * @param eps added to the denominator
 * @param layerDecay factor of the learning rate from each block to the one before; 1 for none
 */
public record OptimizerSettings(
    Type type,
    double lr,
    int lrPer,
    double weightDecay,
    double beta1,
    double beta2,
    double eps,
    double layerDecay) {
  /** The rules. */
  public enum Type {
    /** With Nesterov's momentum. */
    SGD,
    ADAM,
    ADAMW,
    /** As timm and apex have it, gradients cut to a length of 1. */
    LAMB
  }

  private static final double LAMB_NORM = 1;

  static final OptimizerSettings DEFAULT =
      new OptimizerSettings(Type.ADAMW, 5e-4, 512, 0.05, 0.9, 0.999, 1e-8, 1);

  public OptimizerSettings {
    Check.that(lr > 0, "optimizer.lr is above 0, got %s", lr);
    Check.that(lrPer >= 0, "optimizer.lrPer is a number of images, or 0, got %d", lrPer);
    Check.that(weightDecay >= 0, "optimizer.weightDecay is at least 0, got %s", weightDecay);
    Check.rate("optimizer.beta1", beta1);
    Check.rate("optimizer.beta2", beta2);
    Check.that(eps > 0, "optimizer.eps is above 0, got %s", eps);
    Check.that(
        layerDecay > 0 && layerDecay <= 1,
        "optimizer.layerDecay is in (0, 1], 1 for none, got %s",
        layerDecay);
  }

  /** The rule, at this learning rate. */
  public Optimizer.Config rule(double learningRate) {
    return switch (type) {
      case SGD -> new Optimizer.Sgd(learningRate, beta1, beta1 > 0, weightDecay);
      case ADAM -> new Optimizer.Adam(learningRate, beta1, beta2, eps, weightDecay);
      case ADAMW -> new Optimizer.AdamW(learningRate, beta1, beta2, eps, weightDecay);
      case LAMB ->
          new Optimizer.Lamb(learningRate, beta1, beta2, eps, weightDecay, LAMB_NORM, Set.of());
    };
  }
}
