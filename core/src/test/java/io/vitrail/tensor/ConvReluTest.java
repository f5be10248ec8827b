package io.vitrail.tensor;

import static io.vitrail.testkit.TensorAssertions.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vitrail.testkit.Waves;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConvReluTest {
  private static final List<F.Conv> KINDS =
      List.of(
          F.Conv.DEFAULT,
          F.Conv.DEFAULT.withPadding(1),
          F.Conv.DEFAULT.withStride(2).withPadding(1),
          F.Conv.DEFAULT.withDilation(2).withPadding(2),
          F.Conv.DEFAULT.withGroups(4).withPadding(1));

  @Test
  void it_is_a_convolution_and_then_relu_in_every_layout_and_type() {
    try (Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      for (F.Conv conv : KINDS) {
        Tensor x = Waves.of(1, 2, 8, 9, 10);
        Tensor weight = Waves.of(2, 12, 8 / conv.groups(), 3, 3);
        Tensor bias = Waves.of(3, 12);
        for (Tensor b : new Tensor[] {bias, null}) {
          Tensor expected = F.relu(F.conv2d(x, weight, b, conv));
          assertClose(F.conv2dRelu(x, weight, b, conv), expected, 1e-5);
          assertClose(
              F.conv2dRelu(x.channelsLast(), weight.channelsLast(), b, conv), expected, 1e-5);
          Tensor b16 = b == null ? null : b.to(DType.BF16);
          Tensor half = F.conv2dRelu(x.to(DType.BF16), weight.to(DType.BF16), b16, conv);
          assertThat(half.dtype()).isEqualTo(DType.BF16);
          assertClose(half.to(DType.F32), expected, 0.1);
        }
      }
    }
  }

  @Test
  void with_gradients_it_learns() {
    try (Scope scope = Scope.open()) {
      Tensor x = Waves.of(1, 1, 3, 5, 5);
      Tensor weight = Waves.of(2, 4, 3, 3, 3).requiresGrad(true);
      F.conv2dRelu(x, weight, null, F.Conv.DEFAULT).sum().backward();
      Tensor gradient = weight.grad();
      weight.clearGrad();
      F.relu(F.conv2d(x, weight, null, F.Conv.DEFAULT)).sum().backward();
      assertClose(gradient, weight.grad(), 1e-5);
    }
  }

  @Test
  void shapes_that_do_not_fit_are_named() {
    try (Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      Tensor x = Tensor.ones(1, 3, 5, 5);
      for (Tensor weight : List.of(Tensor.ones(4, 2, 3, 3), Tensor.ones(4, 3, 7, 7))) {
        assertThatThrownBy(() -> F.conv2dRelu(x, weight, null, F.Conv.DEFAULT))
            .isInstanceOf(TensorException.class)
            .hasMessageContaining("conv2d: ");
      }
      assertThatThrownBy(
              () -> F.conv2dRelu(x, Tensor.ones(4, 3, 3, 3), Tensor.ones(5), F.Conv.DEFAULT))
          .isInstanceOf(TensorException.class);
    }
  }

  @Test
  void a_hundred_of_them_leave_nothing() {
    try (Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      Tensor x = Waves.of(1, 1, 3, 5, 5);
      Tensor weight = Waves.of(2, 4, 3, 3, 3);
      Runnable work =
          () -> {
            try (Scope inner = Scope.open()) {
              F.conv2dRelu(x, weight, null, F.Conv.DEFAULT);
            }
          };
      work.run();
      long before = Engine.livePointers();
      for (int i = 0; i < 100; i++) {
        work.run();
      }
      assertThat(Engine.livePointers()).isEqualTo(before);
    }
  }
}
