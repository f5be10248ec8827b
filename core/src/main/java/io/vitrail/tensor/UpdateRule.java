package io.vitrail.tensor;

import java.util.Collection;
import java.util.Set;

/** How an {@link Optimizer} changes tensors. Runs in a scope of its own, without recording. */
interface UpdateRule {
  void step(Collection<Tracked> all, double learningRate);

  /** Names of what it remembers of each tensor. */
  Set<String> averages();

  static UpdateRule of(Optimizer.Config config) {
    if (config instanceof Optimizer.Sgd sgd) {
      return new SgdRule(sgd);
    } else if (config instanceof Optimizer.Adam adam) {
      return new AdamRule(adam.beta1(), adam.beta2(), adam.eps(), AdamRule.Decay.OF_GRADIENT);
    } else if (config instanceof Optimizer.AdamW adam) {
      return new AdamRule(adam.beta1(), adam.beta2(), adam.eps(), AdamRule.Decay.OF_TENSOR);
    }
    return new LambRule((Optimizer.Lamb) config);
  }
}
