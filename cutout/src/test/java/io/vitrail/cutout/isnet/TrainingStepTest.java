package io.vitrail.cutout.isnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vitrail.tensor.DType;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainingStepTest {
  private static final Goldens GOLDENS = Goldens.open("gradients");

  /**
   * Relative to the largest entry of a gradient: PyTorch's own float32 is up to 2e-4 from its
   * float64.
   */
  private static final double TOLERANCE = 1e-3;

  @Test
  void loss_and_gradients_are_those_of_pytorch() {
    try (IsNet net = Formula.fill(new IsNet(new IsNet.Config(3, 4)));
        GtEncoder encoder = Formula.fill(new GtEncoder(1));
        Rng rng = Rng.seeded(1);
        Scope scope = Scope.open()) {
      encoder.freeze("**");
      net.train(rng);
      Tensor labels = Formula.given("label", 2, 1, 128, 128).gt(0).to(DType.F32);
      IsNet.Output output = net.forward(Formula.given("input", 2, 3, 128, 128));
      Tensor bce = Losses.maps(output, labels);
      Tensor mse = Losses.features(output, encoder.forward(labels));
      bce.add(mse).backward();

      assertThat(bce.item()).isCloseTo(GOLDENS.get("bce").toFloats()[0], within(1e-4));
      assertThat(mse.item()).isCloseTo(GOLDENS.get("mse").toFloats()[0], within(1e-3));
      for (String key : SAMPLED) {
        check(key, net.state().get(key).value().grad().toFloats(), GOLDENS.get(key).toFloats());
      }
    }
  }

  private static final List<String> SAMPLED =
      List.of(
          "conv_in.weight",
          "conv_in.bias",
          "stage1.rebnconv7.conv_s1.weight",
          "stage2.rebnconvin.bn_s1.weight",
          "stage3.rebnconv4d.conv_s1.weight",
          "stage5.rebnconv4.conv_s1.weight",
          "stage6.rebnconv1d.bn_s1.bias",
          "stage4d.rebnconv4.conv_s1.weight",
          "stage1d.rebnconv1d.conv_s1.weight",
          "stage1d.rebnconv3.bn_s1.weight",
          "side1.weight",
          "side6.bias");

  private static void check(String key, float[] actual, float[] expected) {
    assertThat(actual).as(key).hasSameSizeAs(expected);
    double largest = 0;
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
    }
    assertThat(largest).as(key + ": gradient").isGreaterThan(0);
    assertThat(worst / largest).as(key).isLessThan(TOLERANCE);
  }
}
