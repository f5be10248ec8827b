package io.vitrail.cutout.isnet;

import io.vitrail.nn.UnaryLayer;
import io.vitrail.tensor.Mode;
import io.vitrail.tensor.Scope;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlocksTest {
  private static final Goldens GOLDENS = Goldens.open("blocks");

  @ParameterizedTest
  @CsvSource({
    "unit,37,50",
    "unit,1,3",
    "rsu7,37,50",
    "rsu7,1,3",
    "rsu6,37,50",
    "rsu6,1,3",
    "rsu5,37,50",
    "rsu5,1,3",
    "rsu4,37,50",
    "rsu4,1,3",
    "dilated,37,50",
    "dilated,1,3"
  })
  void each_block_gives_what_it_gives_in_pytorch(String kind, int height, int width) {
    try (UnaryLayer block = Formula.fill(block(kind));
        Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      GOLDENS.assertClose(
          kind + "." + height + "x" + width,
          block.forward(Formula.given("input", 1, 3, height, width)),
          1e-5);
    }
  }

  private static UnaryLayer block(String kind) {
    return switch (kind) {
      case "unit" -> new ConvUnit(3, 4, 2);
      case "dilated" -> new DilatedRsu(3, 2, 4);
      default -> new Rsu(kind.charAt(3) - '0', 3, 2, 4);
    };
  }
}
