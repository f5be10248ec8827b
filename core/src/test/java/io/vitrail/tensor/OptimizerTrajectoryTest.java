package io.vitrail.tensor;

import static io.vitrail.testkit.TensorAssertions.assertClose;
import static io.vitrail.testkit.TensorAssertions.assertSame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vitrail.tensor.Optimizer.Lamb.Option;
import io.vitrail.testkit.Goldens;
import io.vitrail.testkit.Leaks;
import io.vitrail.testkit.Waves;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.TensorVector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Five steps in two groups, as {@code tools/goldens/optim/trajectories.py} takes them. */
class OptimizerTrajectoryTest {
  private static final int STEPS = 5;

  private static Optimizer.Config config(String name) {
    return switch (name) {
      case "sgd" -> new Optimizer.Sgd(0.1, 0, false, 0);
      case "momentum" -> new Optimizer.Sgd(0.1, 0.9, false, 0);
      case "nesterov" -> new Optimizer.Sgd(0.1, 0.9, true, 0);
      case "adam" -> Optimizer.Adam.withLearningRate(0.05);
      case "adamw" -> new Optimizer.AdamW(0.05, 0.8, 0.95, 1e-6, 0);
      case "lamb" -> Optimizer.Lamb.withLearningRate(0.05);
      case "lamb_unclipped" ->
          new Optimizer.Lamb(0.05, 0.9, 0.999, 1e-8, 0, Double.POSITIVE_INFINITY, Set.of());
      case "lamb_options" ->
          new Optimizer.Lamb(
              0.2, 0.9, 0.999, 1e-6, 0, 1, Set.of(Option.ALWAYS_ADAPT, Option.TRUST_CLIP));
      default -> throw new IllegalArgumentException(name);
    };
  }

  /** The four tensors, where they start. */
  private static Map<String, Tensor> tensors() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("w", Waves.of(100, 4, 5));
    tensors.put("zero", Tensor.zeros(2, 3));
    tensors.put("late", Waves.of(102, 3));
    tensors.put("b", Waves.of(103, 5));
    tensors.values().forEach(t -> t.requiresGrad(true));
    return tensors;
  }

  private static Optimizer optimizer(String name, Map<String, Tensor> tensors) {
    Map<String, Tensor> decayed = new LinkedHashMap<>(tensors);
    Tensor plain = decayed.remove("b");
    return Optimizer.ofGroups(
        config(name),
        List.of(
            new Optimizer.Group(decayed, 1, 0.1),
            new Optimizer.Group(Map.of("b", plain), 0.25, 0)));
  }

  private static void step(Optimizer optimizer, Map<String, Tensor> tensors, double lr, int step) {
    optimizer.setLearningRate(lr * (STEPS - step) / STEPS);
    optimizer.zeroGrad();
    int i = 0;
    for (Map.Entry<String, Tensor> tensor : tensors.entrySet()) {
      if (!(tensor.getKey().equals("late") && step == 0)) {
        Tensor gradient = Waves.of(10 * step + i, tensor.getValue().shape()).mul(step + 1);
        tensor.getValue().mul(gradient).sum().backward();
      }
      i++;
    }
    optimizer.step();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sgd",
        "momentum",
        "nesterov",
        "adam",
        "adamw",
        "lamb",
        "lamb_unclipped",
        "lamb_options"
      })
  void five_steps_in_groups_are_those_of_pytorch_and_timm(String name) {
    try (Scope scope = Scope.open();
        Goldens goldens = Goldens.open("goldens/optim.safetensors")) {
      Map<String, Tensor> tensors = tensors();
      try (Optimizer optimizer = optimizer(name, tensors)) {
        for (int k = 0; k < STEPS; k++) {
          step(optimizer, tensors, config(name).learningRate(), k);
          for (String key : tensors.keySet()) {
            String at = name + "/" + key + "." + k;
            assertClose(at, tensors.get(key), goldens.tensor(at), 1e-6);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sgd", "momentum", "nesterov", "adam", "adamw", "lamb", "lamb_options"})
  void a_run_goes_on_from_its_state_to_the_bit(String name) {
    double lr = config(name).learningRate();
    try (Scope scope = Scope.open()) {
      Map<String, Tensor> whole = tensors();
      Map<String, Tensor> parted = tensors();
      Map<String, Tensor> stored = new HashMap<>();
      try (Optimizer first = optimizer(name, parted)) {
        for (int k = 0; k < 2; k++) {
          step(first, parted, lr, k);
        }
        first
            .state()
            .forEach(
                (key, value) ->
                    stored.put(
                        key, Tensor.copyOf(value.toByteBuffer(), value.dtype(), value.shape())));
      }
      try (Optimizer second = optimizer(name, parted);
          Optimizer uninterrupted = optimizer(name, whole)) {
        second.restore(stored);
        for (int k = 0; k < STEPS; k++) {
          step(uninterrupted, whole, lr, k);
          if (k >= 2) {
            step(second, parted, lr, k);
          }
        }
        whole.forEach((key, value) -> assertSame(name + "/" + key, parted.get(key), value));
        assertThat(second.state().keySet()).isEqualTo(uninterrupted.state().keySet());
      }
    }
  }

  @Test
  void the_state_has_the_names_of_pytorch_for_each_tensor() {
    try (Scope scope = Scope.open()) {
      Map<String, Tensor> tensors = tensors();
      try (Optimizer adam = optimizer("adamw", tensors)) {
        assertThat(adam.state()).isEmpty();
        step(adam, tensors, 0.05, 0);
        assertThat(adam.state().keySet())
            .containsExactlyInAnyOrder(
                "w/step",
                "w/exp_avg",
                "w/exp_avg_sq",
                "zero/step",
                "zero/exp_avg",
                "zero/exp_avg_sq",
                "b/step",
                "b/exp_avg",
                "b/exp_avg_sq");
        step(adam, tensors, 0.05, 1);
        assertThat(adam.state().get("w/step").item()).isEqualTo(2);
        assertThat(adam.state().get("late/step").item()).isEqualTo(1);
      }
    }
  }

  @Test
  void sgd_adam_and_adamw_are_those_of_the_engine_to_the_bit() {
    try (Scope scope = Scope.open()) {
      Tensor start = Waves.of(3, 37, 53);
      SGDOptions sgd = new SGDOptions(0.1);
      sgd.momentum().put(0.9);
      sgd.weight_decay().put(0.05);
      AdamOptions adam = new AdamOptions(0.01);
      adam.weight_decay().put(0.05);
      AdamWOptions adamW = new AdamWOptions(0.01);
      adamW.weight_decay().put(0.05);
      Tensor theirs = start.copy().requiresGrad(true);
      TensorVector all = new TensorVector(theirs.nat());
      same(
          start,
          theirs,
          new Optimizer.Sgd(0.1, 0.9, false, 0.05),
          new org.bytedeco.pytorch.SGD(all, sgd));
      same(
          start,
          theirs,
          new Optimizer.Adam(0.01, 0.9, 0.999, 1e-8, 0.05),
          new org.bytedeco.pytorch.Adam(all, adam));
      same(
          start,
          theirs,
          new Optimizer.AdamW(0.01, 0.9, 0.999, 1e-8, 0.05),
          new org.bytedeco.pytorch.AdamW(all, adamW));
    }
  }

  private static void same(
      Tensor start,
      Tensor theirs,
      Optimizer.Config config,
      org.bytedeco.pytorch.Optimizer reference) {
    Tensor ours = start.copy().requiresGrad(true);
    try (Mode mode = Mode.noGrad()) {
      theirs.copyInPlace(start);
    }
    try (Optimizer optimizer = Optimizer.of(config, List.of(ours))) {
      for (int k = 0; k < STEPS; k++) {
        for (Tensor tensor : List.of(ours, theirs)) {
          tensor.clearGrad();
          tensor.mul(Waves.of(k, 37, 53)).sin().sum().backward();
        }
        optimizer.step();
        reference.step();
        assertSame(config + " after " + k, ours, theirs);
      }
    }
  }

  @Test
  void a_state_that_does_not_fit_is_refused_and_changes_nothing() {
    try (Scope scope = Scope.open()) {
      Map<String, Tensor> tensors = tensors();
      try (Optimizer adam = optimizer("adamw", tensors);
          Optimizer sgd = optimizer("momentum", tensors)) {
        step(adam, tensors, 0.05, 0);
        Map<String, Tensor> good = new HashMap<>(adam.state());
        assertThatThrownBy(() -> sgd.restore(good))
            .hasMessageMatching(
                "optimizer state '\\w+/exp_avg\\w*' is of another rule; this one keeps"
                    + " \\[momentum_buffer\\]");
        refused(
            adam,
            good,
            "head/step",
            Tensor.scalar(1),
            "optimizer state 'head/step' belongs to no tensor of this optimizer, which has [w, zero, late]");
        refused(
            adam,
            good,
            "step",
            Tensor.scalar(1),
            "optimizer state 'step' belongs to no tensor of this optimizer, which has [w, zero, late]");
        refused(
            adam,
            good,
            "w/exp_avg",
            Tensor.zeros(5, 4),
            "optimizer state 'w/exp_avg' must be [4, 5] float32 as the tensor, got [5, 4] float32");
        refused(
            adam,
            good,
            "w/step",
            Tensor.zeros(2),
            "optimizer state of 'w' has no 'step' with one number");
        Map<String, Tensor> part = new HashMap<>(good);
        part.remove("w/exp_avg_sq");
        assertThatThrownBy(() -> adam.restore(part))
            .hasMessageStartingWith("optimizer state of 'w' is incomplete: expected ");
        assertThat(adam.state().keySet()).isEqualTo(good.keySet());
        assertThat(adam.state().get("w/step").item()).isEqualTo(1);
      }
    }
  }

  private static void refused(
      Optimizer optimizer, Map<String, Tensor> good, String key, Tensor value, String message) {
    Map<String, Tensor> bad = new HashMap<>(good);
    bad.put(key, value);
    assertThatThrownBy(() -> optimizer.restore(bad)).hasMessage(message);
  }

  @Test
  void lamb_leaks_nothing() {
    Leaks.flat(
        () -> {
          try (Scope scope = Scope.open()) {
            Map<String, Tensor> tensors = tensors();
            try (Optimizer lamb = optimizer("lamb", tensors)) {
              step(lamb, tensors, 0.05, 0);
              lamb.restore(Map.copyOf(lamb.state()));
              step(lamb, tensors, 0.05, 1);
            }
          }
        },
        20);
  }

  @Test
  void groups_with_wrong_numbers_or_one_name_twice_are_refused() {
    try (Scope scope = Scope.open()) {
      Tensor w = Tensor.ones(2).requiresGrad(true);
      assertThatThrownBy(() -> new Optimizer.Group(Map.of("w", w), -1, 0))
          .hasMessage("learning rate and weight decay must be at least 0, got -1.0 and 0.0");
      Optimizer.Group group = new Optimizer.Group(Map.of("w", w), 1, 0);
      assertThatThrownBy(() -> Optimizer.ofGroups(config("lamb"), List.of(group, group)))
          .hasMessage("optimizer: two tensors are called 'w'");
      assertThatThrownBy(() -> new Optimizer.Lamb(1, 0.9, 0.9, 1e-6, 0, 0, Set.of()))
          .hasMessage("maxGradNorm must be above 0, got 0.0");
    }
  }
}
