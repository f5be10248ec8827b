package io.vitrail.imaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ForegroundEstimationTest {
  @Test
  void two_passes_of_blur_fusion_give_what_the_formulas_give_in_double() {
    Image estimate =
        ForegroundEstimation.estimate(MasksTest.golden("photo"), MasksTest.golden("alpha"));
    assertThat(TestImages.maxDifference(estimate, MasksTest.golden("foreground")))
        .isLessThanOrEqualTo(1);
  }

  @Test
  void the_background_leaves_the_soft_edge() throws IOException {
    // given a brown cat's face, cut by a soft disk out of nothing and laid on blue
    Image face = Images.read(TestImages.path("photos/animal_cat.png"));
    int w = face.width();
    int h = face.height();
    float[] values = new float[w * h];
    for (int y = 0, i = 0; y < h; y++) {
      for (int x = 0; x < w; x++, i++) {
        values[i] = (float) Math.max(0, Math.min(1, (110 - Math.hypot(x - 220, y - 150)) / 12));
      }
    }
    Image alpha = Masks.of(values, w, h);
    Image mixed = Composite.mix(Image.filled(w, h, new Colour(20, 60, 230)), face, alpha);

    // when
    Image estimate = ForegroundEstimation.estimate(mixed, alpha);

    // then
    double before = edgeError(mixed, face, alpha);
    double after = edgeError(estimate, face, alpha);
    assertThat(before).as("levels off in the photo").isGreaterThan(35);
    assertThat(after).as("levels off in the estimate").isLessThan(before / 3);
    for (int i = 0; i < values.length; i++) {
      if ((alpha.pixels()[i] & 0xff) == 255) {
        for (int c = 0; c < 3; c++) {
          int was = face.pixels()[3 * i + c] & 0xff;
          assertThat(Math.abs((estimate.pixels()[3 * i + c] & 0xff) - was)).isLessThanOrEqualTo(1);
        }
      }
    }
  }

  /** Mean difference where alpha is between 0.1 and 0.9, in levels of 0..255. */
  private static double edgeError(Image a, Image b, Image alpha) {
    long sum = 0;
    int count = 0;
    for (int i = 0; i < alpha.pixels().length; i++) {
      int value = alpha.pixels()[i] & 0xff;
      if (value > 25 && value < 230) {
        for (int c = 0; c < 3; c++) {
          sum += Math.abs((a.pixels()[3 * i + c] & 0xff) - (b.pixels()[3 * i + c] & 0xff));
          count++;
        }
      }
    }
    return sum / (double) count;
  }

  @Test
  void the_cutout_carries_the_alpha_it_was_given() {
    Image alpha = MasksTest.golden("alpha");
    Image cutout = ForegroundEstimation.cutOut(MasksTest.golden("photo"), alpha);
    assertThat(cutout.channel(3)).isEqualTo(alpha);
  }

  @Test
  void masks_that_are_all_full_or_all_empty_are_fine() {
    Image photo = MasksTest.golden("photo");
    Image full = Image.grey(photo.width(), photo.height(), 255);
    Image empty = Image.grey(photo.width(), photo.height(), 0);
    assertThat(TestImages.maxDifference(ForegroundEstimation.estimate(photo, full), photo))
        .isLessThanOrEqualTo(1);
    assertThat(ForegroundEstimation.estimate(photo, empty).width()).isEqualTo(photo.width());
  }
}
