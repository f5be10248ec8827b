package io.vitrail.tensor;

import io.vitrail.tensor.Optimizer.Lamb.Option;
import java.util.Collection;
import java.util.Objects;
import java.util.Set;

/** LAMB, as {@link Optimizer.Lamb} says. */
record LambRule(Optimizer.Lamb config) implements UpdateRule {

  @Override
  public void step(Collection<Tracked> all, double learningRate) {
    double norm =
        Gradients.normOf(all.stream().map(t -> t.tensor.grad()).filter(Objects::nonNull).toList());
    double clip = Math.max(norm / config.maxGradNorm(), 1);
    for (Tracked t : all) {
      t.step++; // steps are counted for all tensors alike
      try (Scope scope = Scope.open()) {
        Tensor g = t.tensor.grad();
        if (g != null) {
          step(t, g, clip, t.scaled(learningRate));
        }
      }
    }
  }

  private void step(Tracked t, Tensor g, double clip, double lr) {
    Tensor p = t.tensor;
    // The cut gradient is g / clip; dividing the weights of both averages saves a pass over g.
    Tensor m =
        t.average(AdamRule.M).mulInPlace(config.beta1()).addInPlace(g, (1 - config.beta1()) / clip);
    Tensor v =
        t.average(AdamRule.V)
            .mulInPlace(config.beta2())
            .addcmulInPlace(g, g, (1 - config.beta2()) / (clip * clip));
    // u = a m / (sqrt(v) + e), with both corrections in a and e: fewer passes over the tensors.
    double correction1 = 1 - Math.pow(config.beta1(), t.step);
    double correction2 = Math.sqrt(1 - Math.pow(config.beta2(), t.step));
    double a = correction2 / correction1;
    Tensor root = v.sqrt().addInPlace(config.eps() * correction2);

    if (t.weightDecay() == 0 && !config.options().contains(Option.ALWAYS_ADAPT)) {
      p.addcdivInPlace(m, root, -lr * a);
      return;
    }
    Tensor u = Tensor.divInto(m, root); // u / a
    if (t.weightDecay() != 0) {
      u.addInPlace(p, t.weightDecay() / a);
    }
    p.addcmulInPlace(u, trustRatio(p, u, a), -lr * a);
  }

  /** |p| / |a u|, or 1 where one of them is 0; 0-dimensional, so that no GPU is waited for. */
  private Tensor trustRatio(Tensor p, Tensor u, double a) {
    Tensor pLength = p.norm();
    Tensor uLength = u.norm().mulInPlace(a);
    Tensor one = Tensor.full(1, p.dtype()).to(p.device());
    Tensor ratio = pLength.div(uLength).where(pLength.gt(0).and(uLength.gt(0)), one);
    return config.options().contains(Option.TRUST_CLIP) ? ratio.clampMax(1) : ratio;
  }

  @Override
  public Set<String> averages() {
    return Set.of(AdamRule.M, AdamRule.V);
  }
}
