package io.vitrail.training.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.testkit.Goldens;
import io.vitrail.testkit.Leaks;
import io.vitrail.testkit.Seeds;
import io.vitrail.testkit.TensorAssertions;
import io.vitrail.training.augment.Mixing.Mixed;
import io.vitrail.training.augment.Mixing.Patch;
import io.vitrail.training.augment.Mixing.Share;
import io.vitrail.training.augment.MixingConfig.Mode;
import io.vitrail.training.augment.MixingConfig.Rounding;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MixingTest {
  private static final Normalisation IMAGENET = AugmentConfig.imagenet(8).normalisation();
  private static final MixingConfig BOTH = MixingConfig.of(0.8, 1.0);

  /** The boxes of the golden script, on images of 7 x 6. */
  private static final Share CUT_85 = cut(new Patch(1, 5, 0, 3));

  private static final Share CUT_61 = cut(new Patch(0, 7, 2, 4));

  private static Share cut(Patch patch) {
    return new Share(1 - patch.area() / 42, patch);
  }

  private static Share mixup(double lam) {
    return new Share(lam, Patch.NONE);
  }

  private static Mixing mixing(MixingConfig config, double smoothing) {
    return new Mixing(config, 5, smoothing, IMAGENET);
  }

  @Test
  void given_lam_and_boxes_images_and_targets_are_timms() {
    List<Share> elements = List.of(mixup(0.3f), CUT_85, Share.ALL, CUT_61);
    List<Share> pairs = List.of(mixup(0.3f), CUT_85, CUT_85, mixup(0.3f));
    check("batch-mixup", mixing(BOTH, 0.1), Collections.nCopies(4, mixup(0.3)));
    check("batch-cutmix", mixing(BOTH, 0), Collections.nCopies(4, CUT_85));
    check("pair", mixing(BOTH, 0.1), pairs);
    check("element", mixing(BOTH, 0), elements);
  }

  @Test
  void rounded_to_levels_they_are_those_of_mixing_before_normalisation() {
    Mixing rounded = mixing(BOTH.withRounding(Rounding.LEVELS), 0.1);
    List<Share> elements = List.of(mixup(0.3f), CUT_85, Share.ALL, CUT_61);
    check("levels-batch", rounded, Collections.nCopies(4, mixup(0.3)));
    check("levels-element", rounded, elements);
    check("levels-half", rounded, elements.subList(0, 2));
  }

  private static void check(String name, Mixing mixing, List<Share> shares) {
    try (Scope scope = Scope.open();
        Goldens goldens = Goldens.open("goldens/augment/mixing.safetensors")) {
      Mixed mixed = mixing.mix(goldens.tensor("images"), goldens.tensor("labels"), shares);
      TensorAssertions.assertClose(
          name + " images", mixed.images(), goldens.tensor(name + ".images"), 3e-7);
      TensorAssertions.assertClose(
          name + " targets", mixed.targets(), goldens.tensor(name + ".targets"), 1e-7);
    }
  }

  /** Images that are constant: image i has the value i + 1 everywhere. */
  private static Tensor steps(int batch, int side) {
    float[] values = new float[batch * side * side];
    for (int i = 0; i < values.length; i++) {
      values[i] = 1 + i / (side * side);
    }
    return Tensor.of(values, batch, 1, side, side);
  }

  private static Tensor labels(int batch) {
    long[] labels = new long[batch];
    Arrays.setAll(labels, i -> i);
    return Tensor.of(labels, batch);
  }

  private static Normalisation grey() {
    return new Normalisation(List.of(0.0), List.of(1.0));
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void the_share_of_a_class_is_the_share_of_its_pixels(Mode mode) {
    int batch = 8;
    int side = 12;
    Mixing mixing = new Mixing(BOTH.withMode(mode), batch, 0, grey());
    RandomGenerator random = new SplittableRandom(Seeds.next());
    for (int run = 0; run < 20; run++) {
      try (Scope scope = Scope.open()) {
        Mixed mixed = mixing.mix(steps(batch, side), labels(batch), random);
        int count = mode == Mode.HALF ? batch / 2 : batch;
        assertThat(mixed.images().shape()).containsExactly(count, 1, side, side);
        float[] means = mixed.images().mean(false, 1, 2, 3).toFloats();
        float[] targets = mixed.targets().toFloats();
        for (int i = 0; i < count; i++) {
          double own = targets[i * batch + i];
          double partner = targets[i * batch + batch - 1 - i];
          assertThat(own + partner).isCloseTo(1, within(1e-6));
          double expected = own * (i + 1) + partner * (batch - i);
          assertThat(means[i]).isCloseTo((float) expected, within(1e-4f));
        }
      }
    }
  }

  @Test
  void a_batch_shares_one_draw_a_pair_one_and_an_element_has_its_own() {
    int batch = 6;
    for (Mode mode : List.of(Mode.BATCH, Mode.PAIR, Mode.ELEMENT)) {
      try (Scope scope = Scope.open()) {
        Mixing mixing = new Mixing(MixingConfig.of(1, 0).withMode(mode), batch, 0, grey());
        float[] targets =
            mixing
                .mix(steps(batch, 4), labels(batch), new SplittableRandom(5))
                .targets()
                .toFloats();
        double[] lams = new double[batch];
        Arrays.setAll(lams, i -> targets[i * batch + i]);
        int different = mode == Mode.BATCH ? 1 : mode == Mode.PAIR ? 3 : 6;
        assertThat(Arrays.stream(lams).distinct().count()).isEqualTo(different);
        assertThat(lams[0] == lams[5]).isEqualTo(mode != Mode.ELEMENT);
      }
    }
  }

  @Test
  void odd_batches_are_refused_where_the_mode_works_on_pairs() {
    try (Scope scope = Scope.open()) {
      Tensor images = steps(3, 4);
      for (Mode mode : List.of(Mode.PAIR, Mode.HALF)) {
        Mixing mixing = new Mixing(BOTH.withMode(mode), 3, 0, grey());
        assertThatThrownBy(() -> mixing.mix(images, labels(3), new SplittableRandom(1)))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage(
                "mixing in mode %s needs an even batch, got 3; drop the last one or use BATCH or"
                    + " ELEMENT",
                mode);
      }
      Mixed mixed = new Mixing(BOTH, 3, 0, grey()).mix(images, labels(3), new SplittableRandom(1));
      assertThat(mixed.targets().select(0, 1).toFloats()).containsExactly(0, 1, 0);
      assertThat(mixed.images().select(0, 1).toFloats()).containsOnly(2);
    }
  }

  @Test
  void a_mixing_that_would_do_nothing_is_refused() {
    assertThatThrownBy(() -> mixing(MixingConfig.NONE, 0)).hasMessageContaining("nothing to mix");
    assertThatThrownBy(() -> MixingConfig.of(-1, 0))
        .hasMessage("mixup's alpha must not be negative, got -1.0");
    assertThatThrownBy(() -> BOTH.withProbability(1.5, 0.5))
        .hasMessage("mixing probability is a probability in [0, 1], got 1.5");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.01, 0.1, 0.8, 1, 4})
  void beta_has_its_mean_and_variance(double alpha) {
    RandomGenerator random = new SplittableRandom(Seeds.next());
    int n = 20_000;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      double x = Beta.draw(alpha, random);
      assertThat(x).isBetween(0.0, 1.0);
      sum += x;
      squares += (x - 0.5) * (x - 0.5);
    }
    double variance = 1 / (4 * (2 * alpha + 1));
    assertThat(sum / n).isCloseTo(0.5, within(6 * Math.sqrt(variance / n)));
    assertThat(squares / n).isCloseTo(variance, within(0.05 * variance));
  }

  @Test
  void half_of_the_batches_are_cut_and_patches_keep_to_their_limits() {
    RandomGenerator random = new SplittableRandom(Seeds.next());
    Mixing mixing = new Mixing(BOTH, 4, 0, grey());
    MixingConfig sides = MixingConfig.of(0, 0).withCutmixSides(new Range(0.2, 0.8));
    Mixing limited = new Mixing(sides, 4, 0, grey());
    int cuts = 0;
    for (int i = 0; i < 400; i++) {
      try (Scope scope = Scope.open()) {
        float[] first = mixing.mix(steps(4, 10), labels(4), random).images().toFloats();
        cuts += first[0] == 1 || first[0] == 4 ? 1 : 0; // mixup blends every pixel
        float[] image =
            limited.mix(steps(4, 10), labels(4), random).images().select(0, 0).toFloats();
        int taken = 0;
        for (float value : image) {
          assertThat(value == 1 || value == 4).isTrue();
          taken += value == 4 ? 1 : 0;
        }
        assertThat(taken).isBetween(2 * 2, 7 * 7);
      }
    }
    assertThat(cuts).isBetween(140, 260);
  }

  @Test
  void patches_lie_around_their_centre_and_end_at_the_border() {
    assertThat(Patch.around(5, 4, 4, 3, 10, 8)).isEqualTo(new Patch(3, 7, 3, 5));
    assertThat(Patch.around(0, 7, 6, 6, 10, 8)).isEqualTo(new Patch(0, 3, 4, 8));
    assertThat(Patch.around(9, 0, 10, 8, 10, 8)).isEqualTo(new Patch(4, 10, 0, 4));
    assertThat(Patch.around(5, 4, 1, 8, 10, 8).isEmpty()).isTrue();
  }

  @Test
  void mixing_leaks_nothing_and_leaves_its_input_alone() {
    RandomGenerator random = new SplittableRandom(1);
    Mixing mixing = mixing(BOTH.withMode(Mode.ELEMENT).withRounding(Rounding.LEVELS), 0.1);
    Leaks.flat(
        () -> {
          try (Scope scope = Scope.open()) {
            Tensor images = Tensor.zeros(4, 3, 8, 8);
            mixing.mix(images, labels(4), random);
            assertThat(images.abs().max().item()).isZero();
          }
        },
        50);
  }
}
