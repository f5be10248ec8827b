package io.vitrail.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ModeTest {
  @Test
  void no_grad_is_restored_after_an_exception() {
    assertThat(Mode.gradEnabled()).isTrue();
    assertThatThrownBy(
            () -> {
              try (Mode mode = Mode.noGrad()) {
                assertThat(Mode.gradEnabled()).isFalse();
                throw new IllegalArgumentException("no");
              }
            })
        .hasMessage("no");
    assertThat(Mode.gradEnabled()).isTrue();
  }

  @Test
  void modes_nest() {
    try (Mode outer = Mode.noGrad()) {
      try (Mode inner = Mode.withGrad()) {
        assertThat(Mode.gradEnabled()).isTrue();
      }
      assertThat(Mode.gradEnabled()).isFalse();
    }
  }

  @Test
  void another_thread_does_not_see_it() {
    try (Mode mode = Mode.noGrad()) {
      assertThat(CompletableFuture.supplyAsync(Mode::gradEnabled).join()).isTrue();
    }
  }

  @Test
  void closing_on_another_thread_is_an_error() {
    try (Mode mode = Mode.noGrad()) {
      assertThatThrownBy(() -> CompletableFuture.runAsync(mode::close).join())
          .hasMessageContaining("a mode opened on thread 'main' is closed on another one");
    }
  }

  @Test
  void no_grad_results_may_enter_training() {
    try (Scope scope = Scope.open()) {
      Tensor w = Tensor.ones(2).requiresGrad(true);
      Tensor features;
      try (Mode mode = Mode.noGrad()) {
        features = w.mul(3);
      }
      assertThat(features.requiresGrad()).isFalse();
      features.mul(w).sum().backward();
      assertThat(w.grad().toFloats()).containsExactly(3, 3);
    }
  }

  @Test
  void inference_results_may_not_and_the_message_names_the_shapes() {
    try (Scope scope = Scope.open()) {
      Tensor w = Tensor.ones(2).requiresGrad(true);
      Tensor features;
      try (Mode mode = Mode.inference()) {
        assertThat(Mode.gradEnabled()).isFalse();
        features = w.mul(3);
      }
      assertThat(Mode.gradEnabled()).isTrue();
      assertThatThrownBy(() -> features.mul(w))
          .isInstanceOf(TensorException.class)
          .hasMessageContaining("mul: Inference tensors cannot be saved for backward")
          .hasMessageContaining("given [2] float32, [2] float32");
    }
  }

  @Test
  void autocast_computes_products_in_bfloat16_and_is_restored() {
    try (Scope scope = Scope.open()) {
      Tensor w = Tensor.ones(4, 4).requiresGrad(true);
      Tensor y;
      try (Mode mode = Mode.autocast(DType.BF16)) {
        y = F.linear(Tensor.ones(2, 4), w, null);
        assertThat(y.dtype()).isEqualTo(DType.BF16);
        assertThat(Tensor.ones(2).exp().dtype()).isEqualTo(DType.F32);
      }
      assertThat(F.linear(Tensor.ones(2, 4), w, null).dtype()).isEqualTo(DType.F32);
      y.sum().backward();
      assertThat(w.grad().dtype()).isEqualTo(DType.F32);
    }
  }

  @Test
  void autocast_to_other_types_is_refused() {
    assertThatThrownBy(() -> Mode.autocast(DType.I64))
        .hasMessage("autocast goes to bfloat16 or float16, not int64");
  }

  @Test
  void virtual_threads_may_not_open_modes_but_may_hop() throws Exception {
    assumeTrue(Runtime.version().feature() >= 21, "virtual threads came with Java 21");
    AtomicReference<Throwable> refused = new AtomicReference<>();
    AtomicReference<Object> hopped = new AtomicReference<>();
    Runnable work =
        () -> {
          try (Mode mode = Mode.noGrad()) {
            hopped.set("opened");
          } catch (IllegalStateException e) {
            refused.set(e);
          }
          try {
            hopped.set(
                PlatformThreads.call(
                    () -> {
                      try (Mode mode = Mode.noGrad()) {
                        return Thread.currentThread().getName();
                      }
                    }));
          } catch (Exception e) {
            hopped.set(e);
          }
        };
    Thread thread =
        (Thread) Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, work);
    thread.join();
    assertThat(refused.get())
        .hasMessage(
            "a mode cannot be opened on a virtual thread, since it would stay with the carrier;"
                + " run tensor work through PlatformThreads.call");
    assertThat(String.valueOf(hopped.get())).startsWith("vitrail-");
  }

  @Test
  void platform_threads_stay_where_they_are() throws Exception {
    assertThat(PlatformThreads.call(Thread::currentThread)).isSameAs(Thread.currentThread());
  }
}
