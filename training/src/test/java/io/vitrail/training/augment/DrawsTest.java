package io.vitrail.training.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vitrail.imaging.Box;
import io.vitrail.imaging.Colour;
import io.vitrail.imaging.Image;
import io.vitrail.imaging.Tone;
import io.vitrail.testkit.Seeds;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Distributions of what is drawn; bounds are 6 standard errors wide. */
class DrawsTest {
  private final RandomGenerator random = new SplittableRandom(Seeds.next());

  /** Checks that values are spread evenly over [low, high]. */
  private static void assertEven(double[] values, double low, double high) {
    int bins = 5;
    int[] counts = new int[bins];
    for (double value : values) {
      assertThat(value).isBetween(low, high);
      counts[Math.min(bins - 1, (int) ((value - low) / (high - low) * bins))]++;
    }
    double expected = values.length / (double) bins;
    for (int count : counts) {
      assertThat((double) count).isCloseTo(expected, within(6 * Math.sqrt(expected)));
    }
  }

  private static void assertRate(int hits, int of, double probability) {
    double error = Math.sqrt(probability * (1 - probability) / of);
    assertThat(hits / (double) of).isCloseTo(probability, within(6 * error + 1e-9));
  }

  @Test
  void resized_crops_have_even_area_and_even_log_aspect() {
    // Large enough for rounding not to matter, and scales small enough for every try to fit.
    RandomResizedCrop crop =
        new RandomResizedCrop(
            8, new Range(0.08, 0.5), RandomResizedCrop.RATIO, Interpolation.BICUBIC);
    int n = 2000;
    double[] areas = new double[n];
    double[] aspects = new double[n];
    for (int i = 0; i < n; i++) {
      Box box = crop.box(4000, 4000, random);
      areas[i] = box.area() / 16e6;
      aspects[i] = Math.log(box.width() / (double) box.height());
    }
    assertEven(areas, 0.0799, 0.5001);
    assertEven(aspects, Math.log(0.7495), Math.log(1.334));
  }

  @Test
  void resized_crops_reach_every_corner_of_any_shape_and_stay_inside() {
    RandomResizedCrop crop =
        new RandomResizedCrop(
            4, RandomResizedCrop.SCALE, RandomResizedCrop.RATIO, Interpolation.BILINEAR);
    for (int[] size : new int[][] {{1, 1}, {1, 30}, {30, 1}, {5, 3}, {40, 30}}) {
      boolean left = false;
      boolean right = false;
      for (int i = 0; i < 300; i++) {
        Box box = crop.box(size[0], size[1], random);
        assertThat(box.left()).isNotNegative();
        assertThat(box.top()).isNotNegative();
        assertThat(box.right()).isLessThanOrEqualTo(size[0]);
        assertThat(box.bottom()).isLessThanOrEqualTo(size[1]);
        left |= box.left() == 0;
        right |= box.right() == size[0];
      }
      assertThat(left && right || size[0] == 30).isTrue(); // 30 x 1 falls back to the centre
    }
  }

  @Test
  void padded_crops_shift_evenly_in_both_directions() {
    byte[] dot = new byte[81];
    dot[40] = 1; // the centre of 9 x 9
    Image image = Image.of(9, 9, 1, dot);
    RandomCrop shift = new RandomCrop(9, 2, RandomCrop.Border.BLACK);
    int n = 5000;
    int[] counts = new int[25];
    for (int i = 0; i < n; i++) {
      byte[] out = shift.apply(image, random).pixels();
      int at = 0;
      while (out[at] == 0) {
        at++;
      }
      counts[(at / 9 - 2) * 5 + at % 9 - 2]++;
    }
    for (int count : counts) {
      assertRate(count, n, 1 / 25.0);
    }
  }

  @Test
  void flips_happen_as_often_as_asked() {
    Image image = Image.of(2, 1, 1, new byte[] {1, 2});
    Flip flip = new Flip(Flip.Axis.HORIZONTAL, 0.3);
    int flipped = 0;
    for (int i = 0; i < 2000; i++) {
      flipped += flip.apply(image, random).get(0, 0, 0) == 2 ? 1 : 0;
    }
    assertRate(flipped, 2000, 0.3);
    Image column = Image.of(1, 2, 1, new byte[] {1, 2});
    assertThat(new Flip(Flip.Axis.VERTICAL, 1).apply(column, random).pixels())
        .containsExactly(2, 1);
  }

  @Test
  void rand_augment_draws_all_operations_alike_and_applies_half() {
    RandAugment augment =
        RandAugment.parse("rand-m9-mstd0.5-inc1", Interpolation.BICUBIC, Colour.BLACK);
    int[] counts = new int[15];
    int repeats = 0;
    int n = 6000;
    for (int i = 0; i < n; i++) {
      int[] drawn = augment.draw(random);
      assertThat(drawn).hasSize(2);
      counts[drawn[0]]++;
      counts[drawn[1]]++;
      repeats += drawn[0] == drawn[1] ? 1 : 0;
    }
    for (int count : counts) {
      assertRate(count, 2 * n, 1 / 15.0);
    }
    assertRate(repeats, n, 1 / 15.0);
  }

  @Test
  void magnitudes_are_normal_and_kept_within_0_and_the_largest() {
    PolicyStep step =
        RandAugment.parse("rand-m9-mstd0.5", Interpolation.BICUBIC, Colour.BLACK).steps().get(3);
    int n = 4000;
    double[] drawn = new double[n];
    Arrays.setAll(drawn, i -> step.drawMagnitude(random));
    assertThat(Arrays.stream(drawn).max().getAsDouble()).isLessThanOrEqualTo(10);
    assertThat(Arrays.stream(drawn).average().getAsDouble()).isCloseTo(9, within(0.06));
    assertRate((int) Arrays.stream(drawn).filter(m -> m < 8.5).count(), n, 0.1587);
    assertRate((int) Arrays.stream(drawn).filter(m -> m == 10).count(), n, 0.0228);

    PolicyStep even =
        RandAugment.parse("rand-m8-mstd101-mmax20", Interpolation.BICUBIC, Colour.BLACK)
            .steps()
            .get(3);
    Arrays.setAll(drawn, i -> even.drawMagnitude(random));
    assertEven(drawn, 0, 8);
  }

  @Test
  void weighted_draws_do_not_repeat_and_follow_their_weights() {
    RandAugment augment = RandAugment.parse("rand-n3-w0", Interpolation.BICUBIC, Colour.BLACK);
    int n = 4000;
    int rotate = 0;
    for (int i = 0; i < n; i++) {
      int[] drawn = augment.draw(random);
      assertThat(Arrays.stream(drawn).distinct().count()).isEqualTo(3);
      assertThat(drawn).doesNotContain(2, 4); // Invert and Posterize have weight 0
      rotate += drawn[0] == 3 ? 1 : 0;
    }
    assertRate(rotate, n, 0.3);
  }

  @Test
  void signs_and_interpolations_are_drawn_alike() {
    int n = 2000;
    int negative = 0;
    int linear = 0;
    for (int i = 0; i < n; i++) {
      negative += Operation.ROTATE.argument(9, random) < 0 ? 1 : 0;
      linear += Interpolation.RANDOM.filter(random).name().equals("BILINEAR") ? 1 : 0;
    }
    assertRate(negative, n, 0.5);
    assertRate(linear, n, 0.5);
  }

  @Test
  void three_augment_does_one_of_three_things() {
    Image photo = Pictures.photo();
    Image solarized = Tone.solarize(photo, 128);
    Image grey = photo.toGrey().toRgb();
    int n = 600;
    int[] counts = new int[3];
    for (int i = 0; i < n; i++) {
      Image result = new ThreeAugment().apply(photo, random);
      counts[result.equals(grey) ? 0 : result.equals(solarized) ? 1 : 2]++;
    }
    for (int count : counts) {
      assertRate(count, n, 1 / 3.0);
    }
  }

  @ParameterizedTest
  @EnumSource(RandomErasing.Mode.class)
  void erasing_takes_the_right_share_and_fills_as_its_mode_says(RandomErasing.Mode mode) {
    int side = 40;
    int n = 400;
    int erased = 0;
    double areas = 0;
    RandomErasing erasing = new RandomErasing(0.5, mode, 1);
    for (int i = 0; i < n; i++) {
      float[] values = new float[2 + 3 * side * side];
      Arrays.fill(values, 77);
      erasing.apply(values, 2, 3, side, side, random);
      assertThat(values[0] == 77 && values[1] == 77).isTrue();
      int changed = 0;
      long different = Arrays.stream(boxed(values)).filter(v -> v != 77).distinct().count();
      for (float value : values) {
        changed += value == 77 ? 0 : 1;
      }
      if (changed > 0) {
        erased++;
        double share = changed / (3.0 * side * side);
        areas += share;
        assertThat(share).isBetween(0.012, 0.36); // sides are rounded
        switch (mode) {
          case CONST -> assertThat(different).isEqualTo(1);
          case RAND -> assertThat(different).isEqualTo(3);
          case PIXEL -> assertThat(different).isGreaterThan(changed / 2);
        }
      }
    }
    assertRate(erased, n, 0.5);
    assertThat(areas / erased).isCloseTo((0.02 + 1 / 3.0) / 2, within(0.04));
  }

  private static double[] boxed(float[] values) {
    double[] doubles = new double[values.length];
    Arrays.setAll(doubles, i -> values[i]);
    return doubles;
  }

  @Test
  void pixels_of_erasing_are_standard_normal() {
    int side = 100;
    float[] values = new float[side * side];
    Arrays.fill(values, Float.NaN);
    for (int i = 0; i < 20; i++) {
      new RandomErasing(1, RandomErasing.Mode.PIXEL, 3).apply(values, 0, 1, side, side, random);
    }
    double[] drawn = Arrays.stream(boxed(values)).filter(v -> !Double.isNaN(v)).toArray();
    double mean = Arrays.stream(drawn).average().getAsDouble();
    double square = Arrays.stream(drawn).map(v -> v * v).average().getAsDouble();
    assertThat(mean).isCloseTo(0, within(6 / Math.sqrt(drawn.length)));
    assertThat(square).isCloseTo(1, within(6 * Math.sqrt(2.0 / drawn.length)));
  }

  @Test
  void colour_jitter_changes_brightness_within_its_limits() {
    Image grey = Image.grey(4, 4, 100);
    ColourJitter jitter = new ColourJitter(0.3, 0, 0);
    double[] values = new double[2000];
    for (int i = 0; i < values.length; i++) {
      values[i] = jitter.apply(grey, random).get(0, 0, 0);
    }
    assertEven(values, 69.5, 130.5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rand-m9-x3", "rand-", "rand-m", "rand-mstdinf", "original-m9"})
  void parts_that_are_not_known_are_named_with_those_that_are(String text) {
    assertThatThrownBy(() -> AugmentConfig.imagenet(8).withAutoAugment(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("autoAugment '" + text + "' has the part '")
        .hasMessageContaining("mstd (deviation of the magnitude");
  }

  @Test
  void policies_that_are_not_there_and_numbers_out_of_range_are_refused() {
    AugmentConfig config = AugmentConfig.imagenet(8);
    assertThatThrownBy(() -> config.withAutoAugment("augmix"))
        .hasMessage(
            "autoAugment is none, 3a, rand-..., or one of the policies original, originalr, v0 and"
                + " v0r; got 'augmix'");
    assertThatThrownBy(() -> config.withAutoAugment("rand-w1")).hasMessageContaining("w0");
    assertThatThrownBy(() -> config.withAutoAugment("rand-n14-w0"))
        .hasMessageContaining("at most 13");
    assertThatThrownBy(() -> config.withAutoAugment("rand-p2")).hasMessageContaining("[0, 1]");
    assertThatThrownBy(() -> config.withAutoAugment("rand-m9-m8"))
        .hasMessage("autoAugment 'rand-m9-m8' has 'm' twice");
    assertThatThrownBy(() -> config.withScale(new Range(0.5, 1.5)))
        .hasMessage("scale lies within (0, 1], got [0.5, 1.5]");
    assertThatThrownBy(() -> config.withErasing(2, RandomErasing.Mode.RAND, 1))
        .hasMessage("erasing is a probability in [0, 1], got 2.0");
    assertThatThrownBy(() -> config.withChannels(1, config.mean(), config.std()))
        .hasMessageStartingWith("mean and std need one value for each of 1 channels");
    assertThatThrownBy(() -> new Range(2, 1))
        .hasMessage("a range goes from low to high, got [2.0, 1.0]");
  }
}
