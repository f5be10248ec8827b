package io.vitrail.cutout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vitrail.cutout.CutoutOptions.CleanUp;
import io.vitrail.cutout.CutoutOptions.Foreground;
import io.vitrail.cutout.CutoutOptions.Style;
import io.vitrail.tensor.Precision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CutoutOptionsTest {
  @ParameterizedTest
  @ValueSource(ints = {-1024, 0, 31, 33, 1000, 4128})
  void sizes_the_network_cannot_take_are_refused(int size) {
    assertThatThrownBy(() -> CutoutOptions.DEFAULT.withInputSize(size))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "input size is a multiple of 32 from 32 to 4096 pixels, got %d; models are trained at 1024"
                .formatted(size));
  }

  @ParameterizedTest
  @ValueSource(ints = {32, 320, 1024, 4096})
  void other_sizes_are_taken(int size) {
    assertThat(CutoutOptions.DEFAULT.withInputSize(size).inputSize()).isEqualTo(size);
  }

  @Test
  void the_default_is_what_the_authors_do_with_colours_freed_of_the_background() {
    assertThat(CutoutOptions.DEFAULT)
        .isEqualTo(
            new CutoutOptions(
                1024, Precision.AUTO, Style.AUTHORS, Foreground.ESTIMATE, CleanUp.NO));
  }

  @Test
  void each_option_changes_alone() {
    CutoutOptions all =
        CutoutOptions.DEFAULT
            .withInputSize(512)
            .withPrecision(Precision.BF16)
            .withStyle(Style.REMBG)
            .withForeground(Foreground.PHOTO)
            .withCleanUp(CleanUp.YES);
    assertThat(all)
        .isEqualTo(
            new CutoutOptions(512, Precision.BF16, Style.REMBG, Foreground.PHOTO, CleanUp.YES));
  }
}
