package io.vitrail.vision.vit;

import static io.vitrail.testkit.TensorAssertions.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.testkit.Formula;
import io.vitrail.testkit.Goldens;
import io.vitrail.testkit.Thin;
import io.vitrail.vision.vit.PositionEmbeddings.Resampling;
import org.junit.jupiter.api.Test;

class PositionEmbeddingsTest {

  @Test
  void both_ways_of_resizing_give_what_torch_and_timm_give() {
    int[][] cases = {{3, 5, 1}, {7, 4, 0}, {12, 14, 0}, {4, 9, 1}};
    try (Scope scope = Scope.open();
        Goldens goldens = Goldens.open("goldens/positions.safetensors")) {
      for (int[] c : cases) {
        String name = c[0] + "-" + c[1] + "-" + c[2];
        Tensor old = Formula.given("positions", 1, c[2] + (long) c[0] * c[0], 8);
        Tensor plain = PositionEmbeddings.resize(old, c[2], c[1], Resampling.BICUBIC);
        Tensor smooth = PositionEmbeddings.resize(old, c[2], c[1], Resampling.BICUBIC_ANTIALIAS);
        assertClose(name, Thin.of(plain), goldens.tensor(name + "/plain"), 1e-6);
        assertClose(name, Thin.of(smooth), goldens.tensor(name + "/antialias"), 1e-6);
        assertThat(plain.sub(smooth).abs().max().item()).as("the two differ").isGreaterThan(0.01);
      }
    }
  }

  @Test
  void the_same_grid_stays_bit_for_bit() {
    try (Scope scope = Scope.open()) {
      Tensor positions = Formula.given("positions", 1, 10, 8);
      assertThat(PositionEmbeddings.resize(positions, 1, 3, Resampling.BICUBIC))
          .isSameAs(positions);
    }
  }

  @Test
  void what_is_no_square_grid_is_refused() {
    try (Scope scope = Scope.open()) {
      assertThatThrownBy(
              () -> PositionEmbeddings.resize(Tensor.ones(1, 10, 8), 0, 4, Resampling.BICUBIC))
          .hasMessage("10 positions after 0 of prefix tokens are no square grid");
      assertThatThrownBy(
              () -> PositionEmbeddings.resize(Tensor.ones(10, 8), 1, 4, Resampling.BICUBIC))
          .hasMessage("expected positions [1, 1 + patches, D], got [10, 8]");
    }
  }
}
