package io.vitrail.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vitrail.tensor.DType;
import io.vitrail.tensor.Engine;
import io.vitrail.tensor.F;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.testkit.Leaks;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Scopes as callers outside of the package see them. */
class ScopeTest {
  @Test
  void frees_what_was_made_in_it() {
    long before = Engine.livePointers();
    Tensor inside;
    try (Scope scope = Scope.open()) {
      inside = Tensor.ones(3).add(1);
      assertThat(Engine.livePointers()).isGreaterThan(before);
    }
    assertThat(inside.isClosed()).isTrue();
    assertThat(Engine.livePointers()).isEqualTo(before);
  }

  @Test
  void use_after_close_names_the_operator_and_the_opening_line() {
    Tensor inside;
    try (Scope scope = Scope.open()) {
      inside = Tensor.ones(3).exp();
    }
    assertThatThrownBy(() -> inside.add(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageMatching(
            "tensor from 'exp' was closed with its scope \\(opened at"
                + " ScopeTest\\.use_after_close_names_the_operator_and_the_opening_line:\\d+\\);"
                + " return it through Scope.keep");
    assertThat(inside).hasToString("closed tensor from 'exp'");
  }

  @Test
  void use_after_close_of_a_tensor_of_no_scope_says_so() {
    Tensor tensor = Scope.none(() -> Tensor.ones(3).exp());
    tensor.close();
    tensor.close();
    assertThatThrownBy(tensor::sum).hasMessage("tensor from 'exp' was closed");
  }

  @Test
  void keep_hands_the_result_to_the_scope_around() {
    long before = Engine.livePointers();
    Tensor kept;
    try (Scope outer = Scope.open()) {
      long started = Engine.livePointers();
      kept = Scope.keep(() -> Tensor.ones(2).add(1).mul(3));
      assertThat(kept.toFloats()).containsExactly(6, 6);
      assertThat(Engine.livePointers()).isEqualTo(started + 1);
    }
    assertThat(kept.isClosed()).isTrue();
    assertThat(Engine.livePointers()).isEqualTo(before);
  }

  @Test
  void keep_works_through_nested_scopes() {
    try (Scope outer = Scope.open()) {
      Tensor kept =
          Scope.keep(() -> Scope.keep(() -> Scope.keep(() -> Tensor.ones(2)).add(1)).add(1));
      assertThat(kept.toFloats()).containsExactly(3, 3);
    }
  }

  @Test
  void keep_may_return_an_input_unchanged() {
    long before = Engine.livePointers();
    try (Scope outer = Scope.open()) {
      Tensor input = Tensor.ones(2);
      Tensor kept = Scope.keep(() -> input);
      assertThat(kept.toFloats()).containsExactly(1, 1);
      assertThat(input.toFloats()).containsExactly(1, 1);
    }
    assertThat(Engine.livePointers()).isEqualTo(before);
  }

  @Test
  void keep_may_return_a_tensor_that_no_scope_owns() {
    Tensor parameter = Scope.none(() -> Tensor.ones(2));
    try (Scope outer = Scope.open()) {
      Scope.keep(() -> parameter);
    }
    assertThat(parameter.toFloats()).containsExactly(1, 1);
    parameter.close();
  }

  @Test
  void keep_without_a_scope_around_leaves_the_result_to_the_caller() {
    long before = Engine.livePointers();
    Tensor kept = Scope.keep(() -> Tensor.ones(2).add(1));
    assertThat(kept.toFloats()).containsExactly(2, 2);
    kept.close();
    assertThat(Engine.livePointers()).isEqualTo(before);
  }

  @Test
  void keep_all_keeps_pieces_of_a_vector() {
    try (Scope outer = Scope.open()) {
      Tensor x = Tensor.arange(6).reshape(2, 3);
      List<Tensor> rows = Scope.keepAll(() -> x.add(1).unbind(0));
      List<Tensor> best =
          Scope.keepAll(
              () -> {
                F.TopK top = F.topk(x.to(DType.F32), 1);
                return List.of(top.values(), top.indices());
              });
      for (int i = 0; i < 20; i++) { // memory that the vectors gave back
        Tensor.zeros(3);
      }
      assertThat(rows.get(0).toLongs()).containsExactly(1, 2, 3);
      assertThat(rows.get(1).toLongs()).containsExactly(4, 5, 6);
      assertThat(best.get(0).toLongs()).containsExactly(2, 5);
      assertThat(best.get(1).toLongs()).containsExactly(2, 2);
    }
  }

  @Test
  void a_body_that_throws_leaks_nothing() {
    Leaks.flat(
        () ->
            assertThatThrownBy(
                    () ->
                        Scope.keep(
                            () -> {
                              Tensor.ones(1000);
                              throw new IllegalArgumentException("no");
                            }))
                .hasMessage("no"),
        10);
  }

  @Test
  void roll_stays_flat_over_two_thousand_steps() {
    try (Scope outer = Scope.open()) {
      Tensor first = Tensor.zeros(10);
      long[] live = new long[2000];
      Tensor last =
          Scope.roll(
              first,
              live.length,
              (state, i) -> {
                live[i] = Engine.livePointers();
                return state.add(1).mul(1);
              });
      assertThat(live[live.length - 1]).isLessThanOrEqualTo(live[1]);
      assertThat(last.toFloats()).containsOnly(2000);
      assertThat(first.toFloats()).containsOnly(0);
    }
  }

  @Test
  void roll_may_return_its_state_unchanged_or_do_nothing() {
    try (Scope outer = Scope.open()) {
      Tensor first = Tensor.ones(2);
      Tensor last = Scope.roll(first, 5, (state, i) -> i % 2 == 0 ? state : state.add(1));
      assertThat(last.toFloats()).containsExactly(3, 3);
      assertThat(first.toFloats()).containsExactly(1, 1);
      Tensor table = Tensor.ones(2);
      Scope.roll(first, 3, (state, i) -> i == 0 ? table : state.add(1));
      assertThat(table.toFloats()).containsExactly(1, 1);
      assertThat(Scope.roll(first, 0, state -> state.add(1))).isSameAs(first);
    }
  }

  @Test
  void none_outlives_every_scope() {
    Tensor table;
    try (Scope outer = Scope.open()) {
      table = Scope.none(() -> Tensor.arange(4).mul(2));
    }
    assertThat(table.toLongs()).containsExactly(0, 2, 4, 6);
    table.close();
    assertThat(table.isClosed()).isTrue();
  }

  @Test
  void closing_on_another_thread_says_where_it_was_opened() {
    try (Scope scope = Scope.open()) {
      assertThatThrownBy(() -> CompletableFuture.runAsync(scope::close).join())
          .isInstanceOf(CompletionException.class)
          .cause()
          .hasMessageMatching(
              "scope opened at ScopeTest\\..*:\\d+ on main is closed on another thread");
    }
  }

  @Test
  void scopes_of_threads_are_apart() {
    try (Scope scope = Scope.open()) {
      Tensor mine = Tensor.ones(2);
      float[] sum =
          CompletableFuture.supplyAsync(
                  () -> {
                    try (Scope theirs = Scope.open()) {
                      return mine.add(1).toFloats();
                    }
                  })
              .join();
      assertThat(sum).containsExactly(2, 2);
      assertThat(mine.isClosed()).isFalse();
    }
  }
}
