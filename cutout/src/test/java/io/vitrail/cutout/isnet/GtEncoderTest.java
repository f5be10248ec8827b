package io.vitrail.cutout.isnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vitrail.tensor.Mode;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import org.junit.jupiter.api.Test;

class GtEncoderTest {
  private static final Goldens GOLDENS = Goldens.open("gt-encoder");

  private static Tensor labels() {
    return Formula.given("label", 2, 1, 96, 80).gt(0).to(io.vitrail.tensor.DType.F32);
  }

  @Test
  void maps_and_features_are_those_of_pytorch_with_running_statistics() {
    try (GtEncoder net = Formula.fill(new GtEncoder(1));
        Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      Tensor odd = labels().narrow(0, 0, 1).narrow(2, 0, 67).narrow(3, 0, 50);
      check("eval", net.forward(odd), 0, 1, 2, 3, 4, 5);
    }
  }

  @Test
  void maps_and_features_and_new_statistics_are_those_of_pytorch_in_training() {
    try (GtEncoder net = Formula.fill(new GtEncoder(1));
        Rng rng = Rng.seeded(1);
        Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      net.train(rng);
      check("train", net.forward(labels()), 0, 5);
      for (String layer :
          new String[] {"conv_in.bn", "stage4.rebnconv2d.bn_s1", "stage6.rebnconvin.bn_s1"}) {
        for (String name : new String[] {"running_mean", "running_var"}) {
          String key = layer + "." + name;
          GOLDENS.assertClose("after." + key, net.state().get(key).value(), 1e-5);
        }
        String tracked = layer + ".num_batches_tracked";
        assertThat(net.state().get(tracked).value().toLongs())
            .isEqualTo(GOLDENS.get("after." + tracked).toLongs())
            .containsExactly(8);
      }
    }
  }

  @Test
  void its_features_have_the_shapes_of_an_isnet_of_four_times_its_width() {
    try (GtEncoder encoder = Formula.fill(new GtEncoder(1));
        IsNet net = Formula.fill(new IsNet(new IsNet.Config(3, 4)));
        Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      IsNet.Output output = net.forward(Formula.given("input", 1, 3, 96, 80));
      IsNet.Output truth = encoder.forward(labels().narrow(0, 0, 1));
      for (int i = 0; i < 6; i++) {
        assertThat(output.features().get(i).shape()).isEqualTo(truth.features().get(i).shape());
      }
    }
  }

  @Test
  void a_width_that_cannot_be_is_refused() {
    assertThatThrownBy(() -> new GtEncoder(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the ground-truth encoder needs a width of at least 1, got 0");
  }

  private static void check(String name, IsNet.Output output, int... maps) {
    for (int i = 0; i < 6; i++) {
      GOLDENS.assertClose(name + ".feature" + (i + 1), output.features().get(i), 1e-4);
    }
    for (int i : maps) {
      GOLDENS.assertClose(name + ".map" + (i + 1), output.maps().get(i), 1e-4);
    }
  }
}
