package io.vitrail.tensor;

import static io.vitrail.testkit.TensorAssertions.assertClose;
import static io.vitrail.testkit.TensorAssertions.assertSame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vitrail.testkit.Waves;
import java.util.List;
import java.util.Objects;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class GradientsTest {
  private static Tensor withGradient(Tensor gradient) {
    Tensor tensor = gradient.zerosLike().requiresGrad(true);
    tensor.mul(gradient).sum().backward();
    return tensor;
  }

  private static Tensor grad(Tensor tensor) {
    return Objects.requireNonNull(tensor.grad());
  }

  @Test
  void the_joint_length_of_3_and_4_is_5_and_is_cut_to_what_is_allowed() {
    try (Scope scope = Scope.open()) {
      Tensor a = withGradient(Tensor.of(new float[] {3, 0}, 2));
      Tensor b = withGradient(Tensor.of(new float[] {4}, 1));
      Tensor none = Tensor.ones(3).requiresGrad(true);
      List<Tensor> all = List.of(a, none, b);
      assertThat(Gradients.norm(all)).isCloseTo(5, within(1e-6));
      assertThat(Gradients.clipNorm(all, 10)).isCloseTo(5, within(1e-6));
      assertClose(grad(a), Tensor.of(new float[] {3, 0}, 2), 0);
      assertThat(Gradients.clipNorm(all, 1)).isCloseTo(5, within(1e-6));
      assertThat(Gradients.norm(all)).isCloseTo(1, within(1e-5));
      assertThat(none.grad()).isNull();
      assertThat(Gradients.norm(List.of(none))).isZero();
    }
  }

  @Test
  void clipping_is_that_of_the_engine() {
    try (Scope scope = Scope.open()) {
      Tensor ours = withGradient(Waves.of(1, 30, 40));
      Tensor theirs = withGradient(Waves.of(1, 30, 40));
      double expected = torch.clip_grad_norm_(new TensorVector(theirs.nat()), 2.5);
      assertThat(Gradients.clipNorm(List.of(ours), 2.5)).isCloseTo(expected, within(1e-5));
      assertClose("by norm", grad(ours), grad(theirs), 1e-7);

      torch.clip_grad_value_(new TensorVector(theirs.nat()), 0.05);
      assertThat(Gradients.clipValue(List.of(ours), 0.05)).isCloseTo(2.5, within(1e-4));
      assertClose("by value", grad(ours), grad(theirs), 1e-7);
    }
  }

  @Test
  void one_nan_or_infinity_anywhere_is_told_and_nothing_is_scaled() {
    try (Scope scope = Scope.open()) {
      for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
        Tensor a = withGradient(Waves.of(1, 100));
        Tensor b = withGradient(Tensor.of(new float[] {1, bad, 2}, 3));
        assertThat(Double.isFinite(Gradients.clipNorm(List.of(a, b), 1))).isFalse();
        assertSame("gradient", grad(a), Waves.of(1, 100));
      }
    }
  }

  @Test
  void a_limit_must_be_above_0() {
    assertThatThrownBy(() -> Gradients.clipNorm(List.of(), 0))
        .hasMessage("gradients are limited to a number above 0, got 0.0");
    assertThatThrownBy(() -> Gradients.clipValue(List.of(), Double.NaN))
        .hasMessage("gradients are limited to a number above 0, got NaN");
  }
}
