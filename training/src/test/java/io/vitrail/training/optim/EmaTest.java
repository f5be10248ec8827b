package io.vitrail.training.optim;

import static io.vitrail.testkit.TensorAssertions.assertClose;
import static io.vitrail.testkit.TensorAssertions.assertSame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vitrail.nn.BatchNorm2d;
import io.vitrail.nn.Conv2d;
import io.vitrail.nn.Layer;
import io.vitrail.tensor.F;
import io.vitrail.tensor.Mode;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.testkit.Leaks;
import io.vitrail.testkit.Waves;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EmaTest {
  /** A convolution, a norm with its buffers, and a count. */
  private static final class Net extends Layer {
    Net() {
      child("conv", new Conv2d(2, 3, 1, F.Conv.DEFAULT));
      child("norm", new BatchNorm2d(3));
      init(Rng.seeded(1));
    }
  }

  /** Changes every number of the network, as step {@code k} of a training. */
  private static void train(Layer net, int k) {
    try (Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      net.state()
          .forEach(
              (key, param) -> {
                Tensor value = param.value();
                if (value.dtype().isFloating()) {
                  value.copyInPlace(Waves.of(k, param.shape()));
                } else {
                  value.copyInPlace(Tensor.scalar(1000.0 * (k + 1)));
                }
              });
    }
  }

  private static Map<String, Tensor> copies(Map<String, Tensor> tensors) {
    Map<String, Tensor> copies = new LinkedHashMap<>();
    tensors.forEach((key, value) -> copies.put(key, value.copy()));
    return copies;
  }

  private static Map<String, Tensor> weights(Layer net) {
    Map<String, Tensor> weights = new LinkedHashMap<>();
    net.state().forEach((key, param) -> weights.put(key, param.value().detach().copy()));
    return weights;
  }

  private static void assertSameTensors(Map<String, Tensor> actual, Map<String, Tensor> expected) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    expected.forEach((key, value) -> assertSame(key, actual.get(key), value));
  }

  @Test
  void every_entry_moves_by_its_share_and_counts_are_truncated() {
    try (Scope scope = Scope.open();
        Net net = new Net();
        Ema ema = new Ema(net, Ema.Config.withDecay(0.9))) {
      Map<String, Tensor> expected = weights(net);
      double count = 0;
      for (int k = 0; k < 3; k++) {
        train(net, k);
        ema.update();
        weights(net)
            .forEach((key, w) -> expected.compute(key, (any, e) -> e.mul(0.9).add(w.mul(0.1))));
        count = Math.floor(0.9 * count + 0.1 * 1000 * (k + 1) + 1e-9);
      }
      Tensor seen = ema.state().get("norm.num_batches_tracked");
      assertThat(seen.toLongs()).containsExactly((long) count); // 100, 290, 561
      expected.put("norm.num_batches_tracked", seen.copy());
      expected.forEach((key, value) -> assertClose(key, ema.state().get(key), value, 1e-6));
      assertThat(ema.state().keySet()).isEqualTo(net.state().keySet());
      assertThat(ema.updates()).isEqualTo(3);
    }
  }

  @Test
  void whole_numbers_that_do_not_change_stay() {
    try (Scope scope = Scope.open();
        Net net = new Net()) {
      train(net, 6);
      try (Ema ema = new Ema(net, Ema.Config.withDecay(0.99996))) {
        for (int k = 0; k < 20; k++) {
          ema.update();
        }
        assertSameTensors(ema.state(), weights(net));
      }
    }
  }

  @Test
  void a_network_has_its_averages_while_they_are_swapped_in_and_its_weights_again_after() {
    try (Scope scope = Scope.open();
        Net net = new Net();
        Ema ema = new Ema(net, Ema.Config.withDecay(0.5))) {
      train(net, 1);
      ema.update();
      Map<String, Tensor> weights = weights(net);
      Map<String, Tensor> averages = copies(ema.state());
      Tensor parameter = net.state().get("conv.weight").value();
      try (Ema.Swap swap = ema.swapIn()) {
        assertSameTensors(weights(net), averages);
        assertThat(net.state().get("conv.weight").value()).isSameAs(parameter);
        assertThatThrownBy(ema::update)
            .hasMessage("the network has its averages now: close what swapIn gave first");
        swap.close();
      }
      assertSameTensors(weights(net), weights);
      assertSameTensors(ema.state(), averages);
      assertThat(parameter.requiresGrad()).isTrue();
    }
  }

  @Test
  void it_goes_on_from_its_state_to_the_bit() {
    try (Scope scope = Scope.open();
        Net net = new Net();
        Ema whole = new Ema(net, new Ema.Config(0.9, Ema.Config.WarmUp.POWER))) {
      train(net, 0);
      whole.update();
      train(net, 1);
      whole.update();
      try (Ema resumed = new Ema(net, new Ema.Config(0.9, Ema.Config.WarmUp.POWER))) {
        resumed.restore(copies(whole.state()), whole.updates());
        train(net, 2);
        whole.update();
        resumed.update();
        assertSameTensors(resumed.state(), whole.state());
      }
      Map<String, Tensor> part = new HashMap<>(whole.state());
      part.remove("conv.bias");
      assertThatThrownBy(() -> whole.restore(part, 1))
          .hasMessage("averages have no 'conv.bias' of this network");
      part.put("conv.bias", Tensor.zeros(4));
      assertThatThrownBy(() -> whole.restore(part, 1))
          .hasMessage("average 'conv.bias' must be [3] float32, got [4] float32");
      part.put("conv.bias", Tensor.zeros(3));
      part.put("more", Tensor.zeros(3));
      assertThatThrownBy(() -> whole.restore(part, 1))
          .hasMessage("averages of 8 tensors do not fit a network of 7");
    }
  }

  @Test
  void warm_up_begins_with_the_newest_weights_and_ends_at_the_decay() {
    Ema.Config config = new Ema.Config(0.99, Ema.Config.WarmUp.POWER);
    assertThat(config.at(0)).isZero();
    assertThat(config.at(7)).isCloseTo(1 - 1 / 4.0, within(1e-12)); // 8^(2/3) = 4
    assertThat(config.at(1_000_000)).isEqualTo(0.99);
    assertThat(Ema.Config.withDecay(0.99).at(0)).isEqualTo(0.99);
    assertThatThrownBy(() -> Ema.Config.withDecay(1))
        .hasMessage("decay of an average is in [0, 1), got 1.0");
  }

  @Test
  void it_leaks_nothing() {
    try (Net net = new Net()) {
      Leaks.flat(
          () -> {
            try (Ema ema = new Ema(net, Ema.Config.withDecay(0.9))) {
              ema.update();
              try (Ema.Swap swap = ema.swapIn()) {
                ema.updates();
              }
            }
          },
          20);
    }
  }
}
