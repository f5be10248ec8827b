package io.vitrail.nn;

import io.vitrail.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Layers one after the other, under the names 0, 1, 2, ... */
public final class Sequential extends UnaryLayer {
  private final List<Slot> steps = new ArrayList<>();

  public Sequential(UnaryLayer... layers) {
    for (UnaryLayer layer : layers) {
      steps.add(slot(String.valueOf(steps.size()), layer));
    }
  }

  @Override
  public Tensor forward(Tensor x) {
    for (Slot step : steps) {
      x = step.forward(x);
    }
    return x;
  }
}
