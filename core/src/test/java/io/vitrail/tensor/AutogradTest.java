package io.vitrail.tensor;

import static io.vitrail.testkit.TensorAssertions.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vitrail.testkit.Goldens;
import io.vitrail.testkit.Leaks;
import io.vitrail.testkit.Waves;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

class AutogradTest {
  @Test
  void grad_gives_gradients_back_and_adds_none() {
    try (Scope scope = Scope.open()) {
      Tensor x = Waves.of(1, 4).requiresGrad(true);
      Tensor y = Waves.of(2, 4).requiresGrad(true);
      List<Tensor> grads = Autograd.grad(x.mul(y).sum(), List.of(x, y), false);
      assertClose(grads.get(0), y, 0);
      assertClose(grads.get(1), x, 0);
      assertThat(x.grad()).isNull();
    }
  }

  @Test
  void second_derivatives_are_those_of_pytorch() {
    try (Scope scope = Scope.open();
        Goldens goldens = Goldens.open("goldens/ops.safetensors")) {
      Tensor x = Waves.of(44, 5).requiresGrad(true);
      Tensor g = Autograd.grad(x.sin().mul(x.pow(2)).sum(), List.of(x), true).get(0);
      g.pow(2).sum().backward();
      assertClose(x.grad(), goldens.tensor("second_derivative/grad.0"), 1e-5);
    }
  }

  @Test
  void grad_of_an_input_that_does_not_lead_there_is_an_error() {
    try (Scope scope = Scope.open()) {
      Tensor x = Tensor.ones(2).requiresGrad(true);
      Tensor other = Tensor.ones(2).requiresGrad(true);
      assertThatThrownBy(() -> Autograd.grad(x.sum(), List.of(other), false))
          .isInstanceOf(TensorException.class)
          .hasMessageContaining("grad: ")
          .hasMessageContaining("given [] float32");
    }
  }

  @Test
  void backward_starts_at_a_loss() {
    try (Scope scope = Scope.open()) {
      Tensor x = Tensor.ones(2).requiresGrad(true);
      assertThatThrownBy(() -> x.mul(2).backward())
          .hasMessage("backward: starts at a tensor with one element (a loss), got [2] float32");
      x.mul(2).backward(Tensor.of(new float[] {1, 3}, 2));
      assertThat(x.grad().toFloats()).containsExactly(2, 6);
      x.clearGrad();
      assertThat(x.grad()).isNull();
      assertThatThrownBy(() -> Tensor.arange(2).requiresGrad(true))
          .hasMessage("requiresGrad: only real numbers have gradients, not [2] int64");
    }
  }

  @Test
  void a_gradient_outlives_its_clearing() {
    try (Scope scope = Scope.open()) {
      Tensor x = Tensor.ones(2).requiresGrad(true);
      x.mul(2).sum().backward();
      Tensor grad = x.grad();
      x.clearGrad();
      assertThat(grad.toFloats()).containsExactly(2, 2);
    }
  }

  // ---- hooks

  @Test
  void a_hook_sees_and_replaces_the_gradient_until_it_is_closed() {
    try (Scope scope = Scope.open()) {
      Tensor x = Tensor.ones(2).requiresGrad(true);
      AtomicInteger fired = new AtomicInteger();
      Hook hook =
          x.hook(
              g -> {
                fired.incrementAndGet();
                assertThat(Mode.gradEnabled()).isFalse();
                assertThat(g.toFloats()).containsExactly(3, 3);
                return g.mul(10);
              });
      x.mul(3).sum().backward();
      assertThat(x.grad().toFloats()).containsExactly(30, 30);
      hook.close();
      hook.close();
      x.clearGrad();
      x.mul(3).sum().backward();
      assertThat(x.grad().toFloats()).containsExactly(3, 3);
      assertThat(fired).hasValue(1);
    }
  }

  @Test
  void two_hundred_hooks_work_at_once() {
    try (Scope scope = Scope.open()) {
      Tensor x = Tensor.ones(2).requiresGrad(true);
      AtomicInteger fired = new AtomicInteger();
      List<Integer> order = new ArrayList<>();
      Tensor y = x;
      for (int i = 0; i < 200; i++) {
        int number = i;
        y = y.mul(1);
        y.hook(
            g -> {
              fired.incrementAndGet();
              order.add(number);
              return number == 7 ? g.mul(3) : g;
            });
      }
      y.sum().backward();
      assertThat(fired).hasValue(200);
      assertThat(order).startsWith(199, 198).endsWith(0);
      assertThat(x.grad().toFloats()).containsExactly(3, 3);
    }
  }

  @Test
  void a_hook_on_a_parameter_outlives_the_scope_it_was_set_in() {
    Tensor parameter = Scope.none(() -> Tensor.ones(2)).requiresGrad(true);
    Hook hook;
    try (Scope scope = Scope.open()) {
      hook = parameter.hook(g -> g.mul(2));
    }
    System.gc();
    try (Scope scope = Scope.open()) {
      parameter.mul(3).sum().backward();
      assertThat(parameter.grad().toFloats()).containsExactly(6, 6);
    }
    hook.close();
    parameter.close();
  }

  @Test
  void what_a_hook_throws_comes_out_of_backward() {
    try (Scope scope = Scope.open()) {
      Tensor x = Tensor.ones(2).requiresGrad(true);
      x.hook(
          g -> {
            throw new IllegalArgumentException("my hook failed");
          });
      assertThatThrownBy(() -> x.sum().backward())
          .isInstanceOf(TensorException.class)
          .hasMessageContaining("my hook failed");
      assertThatThrownBy(() -> Tensor.ones(2).hook(g -> g))
          .hasMessage("hook: this tensor has no gradient: [2] float32");
    }
  }

  // ---- custom operators

  @Test
  void a_custom_operator_has_the_gradients_it_computes() {
    try (Scope scope = Scope.open()) {
      Tensor a = Waves.of(1, 3, 2).requiresGrad(true);
      Tensor b = Waves.of(2, 3, 2).requiresGrad(true);
      Tensor c = Waves.of(3, 3, 2);
      Tensor y =
          Autograd.custom(
              in -> in.get(0).mul(in.get(1)).mul(in.get(2)),
              (in, outer) ->
                  List.of(
                      outer.mul(in.get(1)).mul(in.get(2)),
                      outer.mul(in.get(0)).mul(in.get(2)),
                      outer.mul(in.get(0)).mul(in.get(1))),
              a,
              b,
              c);
      assertClose(y, a.mul(b).mul(c), 0);
      y.mul(Waves.of(4, 3, 2)).sum().backward();
      Tensor ga = a.grad();
      Tensor gb = b.grad();
      a.clearGrad();
      b.clearGrad();
      a.mul(b).mul(c).mul(Waves.of(4, 3, 2)).sum().backward();
      assertClose(ga, a.grad(), 1e-6);
      assertClose(gb, b.grad(), 1e-6);
    }
  }

  @Test
  void a_custom_operator_keeps_values_that_are_not_finite_apart() {
    try (Scope scope = Scope.open()) {
      Tensor x =
          Tensor.of(new float[] {1, Float.POSITIVE_INFINITY, Float.NaN}, 3).requiresGrad(true);
      Tensor y = Autograd.custom(in -> Tensor.ones(3), (in, outer) -> List.of(outer.mul(2)), x);
      assertThat(y.toFloats()).containsExactly(1, 1, 1);
      y.sum().backward();
      assertThat(x.grad().toFloats()).containsExactly(2, 2, 2);
    }
  }

  @Test
  void a_custom_operator_cannot_be_differentiated_twice() {
    try (Scope scope = Scope.open()) {
      Tensor x = Tensor.ones(2).requiresGrad(true);
      Tensor y = Autograd.checkpoint(t -> t.pow(3), x);
      assertThatThrownBy(() -> Autograd.grad(y.sum(), List.of(x), true))
          .hasMessageContaining(
              "gradients of custom and checkpointed operators cannot be differentiated again");
      Tensor z = Autograd.checkpoint(t -> t.pow(3), x);
      z.sum().backward();
      assertThatThrownBy(() -> z.sum().backward())
          .hasMessageContaining("backward ran through this custom or checkpointed operator before");
    }
  }

  // ---- checkpointing

  private static Tensor block(Tensor x, Tensor w) {
    return x.add(F.gelu(F.linear(x, w, null)));
  }

  private static float[][] gradients(
      int blocks, Tensor w, UnaryOperator<UnaryOperator<Tensor>> how) {
    w.clearGrad();
    try (Scope scope = Scope.open()) {
      Tensor x = Waves.of(5, 3, 6).requiresGrad(true);
      Tensor y = x;
      for (int i = 0; i < blocks; i++) {
        y = how.apply(t -> block(t, w)).apply(y);
      }
      y.mul(Waves.of(6, 3, 6)).sum().backward();
      float[][] result = {x.grad().toFloats(), w.grad().toFloats()};
      w.clearGrad();
      return result;
    }
  }

  @Test
  void thirty_checkpointed_blocks_have_the_gradients_of_plain_ones() {
    Tensor w = Scope.none(() -> Waves.of(7, 6, 6).mul(0.2)).requiresGrad(true);
    float[][] plain = gradients(30, w, body -> body);
    float[][] checkpointed = gradients(30, w, body -> x -> Autograd.checkpoint(body, x));
    float[][] kept = gradients(30, w, body -> x -> Scope.keep(() -> Autograd.checkpoint(body, x)));
    float[][] nested =
        gradients(30, w, body -> x -> Autograd.checkpoint(t -> Autograd.checkpoint(body, t), x));
    for (float[][] other : List.of(checkpointed, kept, nested)) {
      assertThat(other[0]).containsExactly(plain[0], within(1e-5f));
      assertThat(other[1]).containsExactly(plain[1], within(1e-4f));
    }
    w.close();
  }

  @Test
  void parameters_inside_a_checkpoint_learn_where_the_input_does_not() {
    try (Scope scope = Scope.open()) {
      Tensor w = Tensor.ones(2).requiresGrad(true);
      Tensor x = Tensor.of(new float[] {2, 3}, 2);
      Autograd.checkpoint(t -> t.mul(w), x).sum().backward();
      assertThat(w.grad().toFloats()).containsExactly(2, 3);
    }
  }

  @Test
  void a_checkpoint_runs_again_under_the_same_autocast() {
    try (Scope scope = Scope.open()) {
      Tensor w = Tensor.ones(4, 4).requiresGrad(true);
      List<DType> seen = new ArrayList<>();
      Tensor y;
      try (Mode mode = Mode.autocast(DType.BF16)) {
        y =
            Autograd.checkpoint(
                t -> {
                  Tensor out = F.linear(t, w, null);
                  seen.add(out.dtype());
                  return out;
                },
                Tensor.ones(2, 4));
      }
      y.to(DType.F32).sum().backward();
      assertThat(seen).containsExactly(DType.BF16, DType.BF16);
      assertThat(w.grad().toFloats()).containsOnly(2);
    }
  }

  @Test
  void a_checkpoint_draws_the_same_numbers_again() {
    try (Scope scope = Scope.open();
        Rng rng = Rng.seeded(5)) {
      Tensor x = Tensor.ones(50).requiresGrad(true);
      Tensor y = Autograd.checkpoint(t -> F.dropout(t, 0.5, rng), x, rng);
      float[] next = rng.normal(3).toFloats();
      y.sum().backward();
      assertThat(x.grad().toFloats()).isEqualTo(y.toFloats());
      rng.restore(Rng.seeded(5).state());
      F.dropout(x, 0.5, rng);
      assertThat(rng.normal(3).toFloats()).isEqualTo(next);
    }
  }

  @Test
  void without_recording_a_checkpoint_just_runs() {
    try (Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      assertThat(Autograd.checkpoint(t -> t.add(1), Tensor.ones(1)).item()).isEqualTo(2);
    }
  }

  @Test
  void checkpointing_takes_less_memory() {
    long plain = peak(body -> body);
    long checkpointed = peak(body -> x -> Autograd.checkpoint(body, x));
    // Plain keeps 5 tensors of 34 MB for each of 6 blocks, checkpointed 1 and one block's 5.
    assertThat(checkpointed).isLessThan(plain / 2);
  }

  private static long peak(UnaryOperator<UnaryOperator<Tensor>> how) {
    Engine.trimMemory();
    long before = Pointer.physicalBytes();
    long[] peak = {0};
    try (Scope scope = Scope.open()) {
      // Above 32 MiB the allocator gives memory back at once, so that the process shows it.
      Tensor x = Tensor.ones(2900, 2900).requiresGrad(true);
      Tensor y = x;
      for (int i = 0; i < 6; i++) {
        y = how.apply(t -> t.add(1).mul(0.5).tanh().sin().mul(t)).apply(y);
        y.hook(
            g -> {
              peak[0] = Math.max(peak[0], Pointer.physicalBytes());
              return g;
            });
      }
      y.sum().backward();
    }
    return peak[0] - before;
  }

  // ---- leaks

  @Test
  void fifty_steps_of_every_kind_leak_nothing() {
    Tensor w = Scope.none(() -> Waves.of(7, 6, 6).mul(0.2)).requiresGrad(true);
    Leaks.flat(() -> gradients(3, w, body -> body), 50);
    Leaks.flat(() -> gradients(3, w, body -> x -> Autograd.checkpoint(body, x)), 50);
    Leaks.flat(
        () -> {
          try (Scope scope = Scope.open()) {
            Tensor y = w.mul(2);
            y.hook(g -> g.mul(2));
            y.sum().backward();
          }
        },
        50);
    try (Scope outer = Scope.open()) { // not even into a long outer scope
      Leaks.flat(() -> gradients(3, w, body -> x -> Autograd.checkpoint(body, x)), 50);
    }
    w.close();
  }
}
