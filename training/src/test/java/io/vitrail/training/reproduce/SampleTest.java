package io.vitrail.training.reproduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SampleTest {
  @Test
  void mean_and_standard_error_are_those_of_the_text_book() {
    Sample sample = new Sample(2, 4, 4, 6);
    assertThat(sample.mean()).isEqualTo(4);
    assertThat(sample.error()).isCloseTo(Math.sqrt(8.0 / 3 / 4), within(1e-12));
  }

  @Test
  void a_difference_is_clear_beyond_two_standard_errors_either_way() {
    assertThat(new Sample(1, 1.1, 0.9).isClear()).isTrue();
    assertThat(new Sample(-1, -1.1, -0.9).isClear()).isTrue();
    assertThat(new Sample(1, -0.5, 0.2).isClear()).isFalse();
    assertThat(new Sample(5, 5.1).isClear()).as("two seeds").isFalse();
  }

  @Test
  void differences_are_taken_seed_by_seed() {
    Sample difference = new Sample(3, 5, 1).minus(new Sample(1, 6, 1));
    assertThat(difference.values()).containsExactly(2, -1, 0);
    assertThat(difference.positive()).isEqualTo(1);
  }
}
