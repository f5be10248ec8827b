package io.vitrail.tensor;

import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** A tensor of an {@link Optimizer}, and what the optimiser remembers of it. */
final class Tracked {
  static final String STEP = "step";

  final String name;
  final Tensor tensor;
  final Optimizer.Group group;

  /** Steps taken. */
  long step;

  private final Map<String, Tensor> averages = new LinkedHashMap<>();

  Tracked(String name, Tensor tensor, Optimizer.Group group) {
    this.name = name;
    this.tensor = tensor;
    this.group = group;
  }

  double weightDecay() {
    return group.weightDecay();
  }

  double scaled(double learningRate) {
    return learningRate * group.learningRateScale();
  }

  /** A running average of the gradient; it starts at 0. */
  Tensor average(String average) {
    return averages.computeIfAbsent(average, any -> Scope.none(() -> tensor.detach().zerosLike()));
  }

  void putInto(Map<String, Tensor> state) {
    if (step > 0) {
      state.put(name + "/" + STEP, Tensor.of(new long[] {step}));
      averages.forEach((average, value) -> state.put(name + "/" + average, value));
    }
  }

  void check(Map<String, Tensor> state, Set<String> names) {
    Tensor steps = state.get(STEP);
    if (steps == null || steps.count() != 1) {
      throw new TensorException(
          "optimizer state of '%s' has no '%s' with one number".formatted(name, STEP));
    }
    state.forEach(
        (average, value) -> {
          if (average.equals(STEP)) {
            return;
          }
          if (!names.contains(average)) {
            throw new TensorException(
                "optimizer state '%s/%s' is of another rule; this one keeps %s"
                    .formatted(name, average, names));
          }
          if (!Arrays.equals(value.shape(), tensor.shape()) || value.dtype() != tensor.dtype()) {
            throw new TensorException(
                "optimizer state '%s/%s' must be %s as the tensor, got %s"
                    .formatted(name, average, tensor.describe(), value.describe()));
          }
        });
    // LAMB counts steps of tensors that had no gradient yet; nobody else has a part only.
    if (state.size() > 1 && state.size() - 1 < names.size()) {
      throw new TensorException(
          "optimizer state of '%s' is incomplete: expected %s, got %s"
              .formatted(name, names, state.keySet()));
    }
  }

  void restore(Map<String, Tensor> state) {
    if (!averages.keySet().equals(averagesOf(state))) {
      forget();
    }
    step = 0;
    state.forEach(
        (average, value) -> {
          if (average.equals(STEP)) {
            step = (long) value.item();
          } else {
            // In the tensor's memory order, as it was: the order of sums can turn the last bit.
            average(average).copyInPlace(value);
          }
        });
  }

  private static Set<String> averagesOf(Map<String, Tensor> state) {
    Set<String> names = new HashSet<>(state.keySet());
    names.remove(STEP);
    return names;
  }

  void forget() {
    step = 0;
    averages.values().forEach(Tensor::close);
    averages.clear();
  }
}
