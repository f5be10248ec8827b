package io.vitrail.training.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vitrail.imaging.Image;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PreparationTest {
  /** Everything on. */
  private static final AugmentConfig ALL =
      AugmentConfig.imagenet(16)
          .withVerticalFlip(0.5)
          .withColourJitter(0.3)
          .withInterpolation(Interpolation.RANDOM)
          .withErasing(0.5, RandomErasing.Mode.PIXEL, 2);

  private static float[] prepare(Preparation preparation, Image image, long seed) {
    float[] out = new float[preparation.length()];
    preparation.prepare(image, new SplittableRandom(seed), out, 0);
    return out;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"none", "3a", "rand-m9-mstd0.5-inc1", "rand-m10-p1-n4", "original-mstd0.5", "v0r"})
  void the_same_seed_gives_the_same_input_and_another_seed_another(String policy) {
    Preparation preparation = Preparation.training(ALL.withAutoAugment(policy));
    Image photo = Pictures.photo();
    for (long seed = 0; seed < 40; seed++) {
      float[] first = prepare(preparation, photo, seed);
      assertThat(first).isEqualTo(prepare(preparation, photo, seed));
      assertThat(first).isNotEqualTo(prepare(preparation, photo, seed + 1000));
      for (float value : first) {
        assertThat(Float.isFinite(value)).isTrue();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 9", "9, 1", "2, 3", "300, 2", "2, 300"})
  void tiny_and_thin_images_of_any_channels_are_prepared(int width, int height) {
    AugmentConfig grey = ALL.withChannels(1, List.of(0.5), List.of(0.25));
    for (AugmentConfig config : List.of(ALL, grey)) {
      for (int channels : new int[] {1, 3, 4}) {
        Image image = Pictures.noise(width, height, channels);
        for (String policy : List.of("3a", "rand-n6-p1", "original", "v0")) {
          for (Cropping crop : List.of(Cropping.RESIZED, Cropping.SIMPLE, Cropping.CENTRE)) {
            Preparation preparation =
                Preparation.training(config.withAutoAugment(policy).withCrop(crop));
            for (int seed = 0; seed < 5; seed++) {
              assertThat(prepare(preparation, image, seed)).hasSize(16 * 16 * config.channels());
            }
          }
        }
      }
    }
  }

  @Test
  void evaluation_draws_nothing() {
    AugmentConfig config = ALL.withInterpolation(Interpolation.RANDOM);
    Preparation preparation = Preparation.evaluation(config);
    float[] out = new float[preparation.length()];
    preparation.prepare(Pictures.photo(), Script.integers(), out, 0); // a draw would throw
    AugmentConfig cubic = config.withInterpolation(Interpolation.BICUBIC);
    assertThat(prepare(Preparation.evaluation(cubic), Pictures.photo(), 1)).isEqualTo(out);
  }

  @Test
  void inputs_are_written_channel_by_channel_from_the_offset_on() {
    AugmentConfig config =
        AugmentConfig.imagenet(2)
            .withChannels(3, List.of(0.0, 0.0, 0.5), List.of(1.0, 0.5, 1.0))
            .withCropRatio(1);
    Image image = Image.of(2, 2, 3, new byte[] {-1, 0, 0, 51, 0, 0, 0, 51, 0, 0, 0, -1});
    float[] out = new float[14];
    Arrays.fill(out, 9);
    Preparation.evaluation(config).prepare(image, Script.integers(), out, 1);
    assertThat(out).containsExactly(9, 1, 0.2f, 0, 0, 0, 0, 0.4f, 0, -0.5f, -0.5f, -0.5f, 0.5f, 9);
  }

  @Test
  void digits_of_the_right_size_are_only_shifted() {
    AugmentConfig config = AugmentConfig.grey(8, 1, 0.0, 1.0);
    Image digit = Pictures.noise(8, 8, 1);
    float[] still = prepare(Preparation.evaluation(config), digit, 0);
    List<Boolean> unmoved = new ArrayList<>();
    for (int seed = 0; seed < 50; seed++) {
      float[] moved = prepare(Preparation.training(config), digit, seed);
      unmoved.add(Arrays.equals(moved, still));
      assertThat(moved[3 * 8 + 3]).isIn(neighbours(still, 3, 3)); // from at most one pixel away
    }
    assertThat(unmoved).contains(true, false);
    assertThat(still[0]).isEqualTo((digit.get(0, 0, 0)) / 255f);
  }

  private static Object[] neighbours(float[] values, int x, int y) {
    List<Float> near = new ArrayList<>();
    for (int dy = -1; dy <= 1; dy++) {
      for (int dx = -1; dx <= 1; dx++) {
        near.add(values[(y + dy) * 8 + x + dx]);
      }
    }
    return near.toArray();
  }

  @Test
  void a_crop_larger_than_its_image_says_what_to_use() {
    Preparation preparation = Preparation.training(AugmentConfig.grey(28, 2, 0.5, 0.5));
    assertThatThrownBy(() -> prepare(preparation, Image.grey(8, 9, 3), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "image of 8 x 9 with padding 2 is smaller than the crop of 28; use Cropping.RESIZED or"
                + " SIMPLE, which resize");
  }

  @ParameterizedTest
  @EnumSource(Cropping.class)
  void a_config_survives_a_recipe_file(Cropping crop) throws Exception {
    JsonMapper mapper =
        JsonMapper.builder().enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS).build();
    AugmentConfig config = ALL.withCrop(crop).withAutoAugment("rand-m9");
    String json = mapper.writeValueAsString(config);
    assertThat(json).contains("\"scale\":[0.08,1.0]").doesNotContain("normalisation");
    assertThat(mapper.readValue(json, AugmentConfig.class)).isEqualTo(config);
    MixingConfig mixing = MixingConfig.of(0.8, 1).withMode(MixingConfig.Mode.PAIR);
    String text = mapper.writeValueAsString(mixing);
    assertThat(mapper.readValue(text, MixingConfig.class)).isEqualTo(mixing);
  }
}
