package io.vitrail.vision.classification;

import static org.assertj.core.api.Assertions.assertThat;

import io.vitrail.imaging.Image;
import io.vitrail.imaging.ResizeFilter;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.testkit.Formula;
import io.vitrail.testkit.Goldens;
import io.vitrail.testkit.TensorAssertions;
import io.vitrail.testkit.Thin;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreparationTest {
  private static final List<Double> MEAN = List.of(0.485, 0.456, 0.406);
  private static final List<Double> STD = List.of(0.229, 0.224, 0.225);

  /** Pixels as tools/goldens/vision/classify.py makes them. */
  private static Image photo(int width, int height) {
    try (Scope scope = Scope.open()) {
      float[] values = Formula.given("photo", height, width, 3).toFloats();
      byte[] pixels = new byte[values.length];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (byte) (int) ((values[i] + 0.5) * 256);
      }
      return Image.of(width, height, 3, pixels);
    }
  }

  @ParameterizedTest
  @CsvSource({"61,40,24,0.875,BICUBIC", "33,90,24,0.95,BILINEAR", "20,21,32,1,BICUBIC"})
  void images_are_prepared_as_timm_prepares_them(
      int width, int height, int size, double ratio, ResizeFilter filter) {
    Preparation preparation = new Preparation(size, ratio, filter, MEAN, STD);
    try (Goldens goldens = Goldens.open("goldens/classify.safetensors");
        Scope scope = Scope.open()) {
      Tensor input = Tensor.of(preparation.apply(photo(width, height)), 3, size, size);
      TensorAssertions.assertClose(Thin.of(input), goldens.tensor(width + "x" + height), 1e-6);
    }
  }

  @Test
  void one_channel_is_grey() {
    Preparation grey = new Preparation(8, 1, ResizeFilter.BICUBIC, List.of(0.5), List.of(0.25));
    assertThat(grey.apply(Image.grey(20, 10, 255))).hasSize(64).containsOnly(2f);
    assertThat(grey.apply(Image.grey(20, 10, 255).toRgba())).containsOnly(2f);
  }
}
