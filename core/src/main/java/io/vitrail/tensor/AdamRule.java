package io.vitrail.tensor;

import java.util.Collection;
import java.util.Set;

/** Adam and AdamW, with the operators in PyTorch's order. */
record AdamRule(double beta1, double beta2, double eps, Decay decay) implements UpdateRule {
  static final String M = "exp_avg";
  static final String V = "exp_avg_sq";

  /** What weight decay acts on. */
  enum Decay {
    OF_GRADIENT,
    OF_TENSOR
  }

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
    Tensor p = t.tensor;
    Tensor g = gradient;
    if (t.weightDecay() != 0) {
      if (decay == Decay.OF_TENSOR) {
        p.mulInPlace(1 - lr * t.weightDecay());
      } else {
        g = g.add(p, t.weightDecay());
      }
    }
    t.step++;
    Tensor m = t.average(M).mulInPlace(beta1).addInPlace(g, 1 - beta1);
    Tensor v = t.average(V).mulInPlace(beta2).addcmulInPlace(g, g, 1 - beta2);
    double correction1 = 1 - Math.pow(beta1, t.step);
    double correction2 = 1 - Math.pow(beta2, t.step);
    Tensor root = v.sqrt().divInPlace(Math.sqrt(correction2)).addInPlace(eps);
    p.addcdivInPlace(m, root, -lr / correction1);
  }

  @Override
  public Set<String> averages() {
    return Set.of(M, V);
  }
}
