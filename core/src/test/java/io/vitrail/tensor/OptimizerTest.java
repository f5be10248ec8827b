package io.vitrail.tensor;

import static io.vitrail.testkit.TensorAssertions.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vitrail.testkit.Goldens;
import io.vitrail.testkit.Leaks;
import io.vitrail.testkit.Waves;
import java.util.List;
import org.junit.jupiter.api.Test;

class OptimizerTest {
  private static void parity(String name, Optimizer.Config config) {
    try (Scope scope = Scope.open();
        Goldens goldens = Goldens.open("goldens/ops.safetensors")) {
      Tensor x = Waves.of(41, 3, 4).requiresGrad(true);
      Tensor y = Waves.of(42, 5).requiresGrad(true);
      try (Optimizer optimizer = Optimizer.of(config, List.of(x, y))) {
        assertThat(optimizer.learningRate()).isEqualTo(0.1);
        for (int step = 0; step < 3; step++) {
          if (step == 2) {
            optimizer.setLearningRate(0.03);
          }
          optimizer.zeroGrad();
          x.exp().mul(Waves.of(43, 3, 4)).sum().add(y.pow(3).sum()).backward();
          optimizer.step();
          assertClose("x after " + step, x, goldens.tensor("optim_" + name + "/x." + step), 1e-5);
          assertClose("y after " + step, y, goldens.tensor("optim_" + name + "/y." + step), 1e-5);
        }
      }
    }
  }

  @Test
  void three_steps_are_those_of_pytorch() {
    parity("sgd", Optimizer.Sgd.withLearningRate(0.1));
    parity("sgd_momentum", new Optimizer.Sgd(0.1, 0.9, false, 0.05));
    parity("sgd_nesterov", new Optimizer.Sgd(0.1, 0.9, true, 0));
    parity("adam", new Optimizer.Adam(0.1, 0.9, 0.999, 1e-8, 0.05));
    parity("adamw", new Optimizer.AdamW(0.1, 0.8, 0.95, 1e-6, 0.2));
  }

  @Test
  void running_averages_outlive_the_scope_of_a_step_and_die_with_the_optimizer() {
    Tensor w = Scope.none(() -> Tensor.ones(1000)).requiresGrad(true);
    Leaks.flat(
        () -> {
          try (Scope outer = Scope.open();
              Optimizer adam = Optimizer.of(Optimizer.Adam.withLearningRate(0.1), List.of(w))) {
            for (int i = 0; i < 3; i++) {
              try (Scope scope = Scope.open()) {
                adam.zeroGrad();
                w.pow(2).sum().backward();
                adam.step();
              }
            }
          }
        },
        20);
    w.close();
  }

  @Test
  void wrong_numbers_are_refused() {
    assertThatThrownBy(() -> Optimizer.Sgd.withLearningRate(-1))
        .hasMessage("learning rate and weight decay must be at least 0, got -1.0 and 0.0");
    assertThatThrownBy(() -> new Optimizer.Sgd(0.1, 1, false, 0))
        .hasMessage("momentum must be in [0, 1), got 1.0");
    assertThatThrownBy(() -> new Optimizer.Sgd(0.1, 0, true, 0))
        .hasMessage("SGD: nesterov needs a momentum above 0");
    assertThatThrownBy(() -> new Optimizer.AdamW(0.1, 0.9, Double.NaN, 1e-8, 0))
        .hasMessage("beta2 must be in [0, 1), got NaN");
    assertThatThrownBy(() -> new Optimizer.Adam(0.1, 0.9, 0.9, -1, 0))
        .hasMessage("eps must be at least 0, got -1.0");
  }

  @Test
  void tensors_that_cannot_learn_are_refused() {
    Optimizer.Config config = Optimizer.Sgd.withLearningRate(0.1);
    try (Scope scope = Scope.open()) {
      assertThatThrownBy(() -> Optimizer.of(config, List.of()))
          .hasMessage("optimizer: no tensors to train; are all parameters frozen?");
      assertThatThrownBy(() -> Optimizer.of(config, List.of(Tensor.ones(2))))
          .hasMessage("optimizer: tensor '0' does not require gradients: [2] float32");
      Optimizer optimizer = Optimizer.of(config, List.of(Tensor.ones(2).requiresGrad(true)));
      optimizer.close();
      optimizer.close();
      assertThatThrownBy(optimizer::step).hasMessage("the optimizer was closed");
    }
  }
}
