package io.vitrail.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vitrail.testkit.Leaks;
import io.vitrail.testkit.Seeds;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RngTest {
  @Test
  void one_seed_gives_the_same_numbers_and_another_gives_others() {
    long seed = Seeds.next();
    try (Scope scope = Scope.open();
        Rng a = Rng.seeded(seed);
        Rng b = Rng.seeded(seed);
        Rng c = Rng.seeded(seed + 1)) {
      float[] numbers = a.normal(20).toFloats();
      assertThat(b.normal(20).toFloats()).isEqualTo(numbers);
      assertThat(c.normal(20).toFloats()).isNotEqualTo(numbers);
      assertThat(a.normal(20).toFloats()).isNotEqualTo(numbers);
    }
  }

  @Test
  void a_state_can_be_restored() {
    try (Scope scope = Scope.open();
        Rng rng = Rng.seeded(Seeds.next())) {
      rng.uniform(0, 1, 7);
      byte[] state = rng.state();
      float[] numbers = rng.normal(9).toFloats();
      long[] order = rng.permutation(9).toLongs();
      rng.restore(state);
      assertThat(rng.normal(9).toFloats()).isEqualTo(numbers);
      assertThat(rng.permutation(9).toLongs()).isEqualTo(order);
    }
  }

  @Test
  void numbers_have_the_distribution_they_promise() {
    try (Scope scope = Scope.open();
        Rng rng = Rng.seeded(1)) {
      Tensor normal = rng.gaussian(3, 2, 100_000);
      assertThat(normal.mean().item()).isCloseTo(3, within(0.03));
      assertThat(normal.std(false, 0).item()).isCloseTo(2, within(0.03));
      Tensor uniform = rng.uniform(-1, 3, 100_000);
      assertThat(uniform.mean().item()).isCloseTo(1, within(0.03));
      assertThat(uniform.min().item()).isBetween(-1.0, -0.99);
      assertThat(uniform.max().item()).isBetween(2.99, 3.0);
      Tensor integers = rng.integers(5, 10_000);
      assertThat(integers.dtype()).isEqualTo(DType.I64);
      assertThat(integers.min().item()).isZero();
      assertThat(integers.max().item()).isEqualTo(4);
      long[] order = rng.permutation(50).toLongs();
      Arrays.sort(order);
      assertThat(order).isEqualTo(Tensor.arange(50).toLongs());
    }
  }

  @Test
  void the_keep_mask_has_mean_one() {
    try (Scope scope = Scope.open();
        Rng rng = Rng.seeded(2)) {
      Tensor mask = rng.keepMask(0.8, DType.F32, Device.CPU, 100_000);
      assertThat(mask.mean().item()).isCloseTo(1, within(0.01));
      assertThat(mask.max().item()).isCloseTo(1.25, within(1e-6));
      assertThat(mask.eq(0).to(DType.F32).mean().item()).isCloseTo(0.2, within(0.01));
      assertThat(rng.keepMask(0, DType.F32, Device.CPU, 10).toFloats()).containsOnly(0);
    }
  }

  @Test
  void it_frees_what_it_owns() {
    Leaks.flat(
        () -> {
          try (Rng rng = Rng.seeded(3);
              Scope scope = Scope.open()) {
            rng.normal(3);
            rng.restore(rng.state());
          }
        },
        20);
  }
}
