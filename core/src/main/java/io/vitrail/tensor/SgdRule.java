package io.vitrail.tensor;

import java.util.Collection;
import java.util.Set;

/** Stochastic gradient descent in PyTorch's form: the learning rate is not part of the momentum. */
record SgdRule(Optimizer.Sgd config) implements UpdateRule {
  private static final String MOMENTUM = "momentum_buffer";

  @Override
  public void step(Collection<Tracked> all, double learningRate) {
    for (Tracked t : all) {
      try (Scope scope = Scope.open()) {
        Tensor g = t.tensor.grad();
        if (g != null) {
          step(t, g, t.scaled(learningRate));
        }
      }
    }
  }

  private void step(Tracked t, Tensor gradient, double lr) {
    Tensor g = gradient;
    if (t.weightDecay() != 0) {
      g = g.add(t.tensor, t.weightDecay());
    }
    if (config.momentum() != 0) {
      // The first step starts from 0, which adds nothing: PyTorch's special case is this one.
      Tensor buffer = t.average(MOMENTUM);
      buffer.mulInPlace(config.momentum()).addInPlace(g);
      g = config.nesterov() ? g.add(buffer, config.momentum()) : buffer;
    }
    t.tensor.addInPlace(g, -lr);
    t.step++;
  }

  @Override
  public Set<String> averages() {
    return config.momentum() == 0 ? Set.of() : Set.of(MOMENTUM);
  }
}
