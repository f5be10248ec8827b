package io.vitrail.cutout.isnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vitrail.tensor.Mode;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IsNetTest {
  private static final Goldens GOLDENS = Goldens.open("net");

  private static IsNet tiny(int channels) {
    return Formula.fill(new IsNet(new IsNet.Config(channels, 4)));
  }

  @ParameterizedTest
  @CsvSource({"3,71,45", "5,64,32"})
  void all_maps_and_features_are_those_of_pytorch(int channels, int height, int width) {
    try (IsNet net = tiny(channels);
        Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      IsNet.Output output = net.forward(Formula.given("input", 1, channels, height, width));
      String name = channels + "." + height + "x" + width;
      for (int i = 0; i < 6; i++) {
        GOLDENS.assertClose(name + ".feature" + (i + 1), output.features().get(i), 1e-5);
        GOLDENS.assertClose(name + ".map" + (i + 1), output.maps().get(i), 1e-4);
      }
    }
  }

  @Test
  void a_folded_net_gives_the_same_as_an_unfolded_one() {
    try (IsNet net = tiny(3);
        Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      Tensor input = Formula.given("input", 1, 3, 71, 45);
      IsNet.Output before = net.forward(input);
      IsNet.Output after = net.fold().forward(input);
      for (int i = 0; i < 6; i++) {
        Goldens.assertClose(
            "map " + (i + 1),
            after.maps().get(i).toFloats(),
            before.maps().get(i).toFloats(),
            1e-5);
        Goldens.assertClose(
            "feature " + (i + 1),
            after.features().get(i).toFloats(),
            before.features().get(i).toFloats(),
            1e-5);
      }
      List<Float> once = floats(after.maps().get(0));
      assertThat(floats(net.fold().forward(input).maps().get(0)))
          .as("folding twice")
          .isEqualTo(once);
    }
  }

  @Test
  void predict_gives_the_first_map() {
    try (IsNet net = tiny(3);
        Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      Tensor input = Formula.given("input", 1, 3, 71, 45);
      assertThat(net.predict(input).toFloats())
          .isEqualTo(net.forward(input).maps().get(0).toFloats());
    }
  }

  @Test
  void even_one_pixel_goes_through() {
    try (IsNet net = tiny(3);
        Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      GOLDENS.assertClose("3.1x1.map1", net.predict(Formula.given("input", 1, 3, 1, 1)), 1e-4);
    }
  }

  @Test
  void images_of_a_batch_do_not_see_each_other() {
    try (IsNet net = tiny(3);
        Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      Tensor batch = Formula.given("batch", 3, 3, 32, 48);
      Tensor together = net.predict(batch);
      for (int i = 0; i < 3; i++) {
        Goldens.assertClose(
            "image " + i,
            together.narrow(0, i, 1).toFloats(),
            net.predict(batch.narrow(0, i, 1)).toFloats(),
            1e-5);
      }
    }
  }

  @Test
  void channels_last_memory_gives_the_same() {
    try (IsNet net = tiny(3);
        Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      Tensor input = Formula.given("input", 1, 3, 71, 45);
      float[] rowMajor = net.predict(input).toFloats();
      net.channelsLast();
      Goldens.assertClose("map", net.predict(input.channelsLast()).toFloats(), rowMajor, 1e-5);
    }
  }

  @Test
  void sizes_that_cannot_be_are_refused() {
    assertThatThrownBy(() -> new IsNet.Config(3, 6))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "IS-Net needs input channels >= 1 and a width that is a multiple of 4; got 3 and 6");
    assertThatThrownBy(() -> new IsNet.Config(0, 64)).hasMessageEndingWith("got 0 and 64");
  }

  private static List<Float> floats(Tensor tensor) {
    float[] values = tensor.toFloats();
    return java.util.stream.IntStream.range(0, values.length).mapToObj(i -> values[i]).toList();
  }
}
