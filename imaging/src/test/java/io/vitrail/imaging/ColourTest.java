package io.vitrail.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ColourTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "#ff8000 | 255 | 128 | 0 | 255",
        "#FF800040 | 255 | 128 | 0 | 64",
        "#f80 | 255 | 136 | 0 | 255",
        "#f804 | 255 | 136 | 0 | 68",
        "255,0,7 | 255 | 0 | 7 | 255",
        "1, 2, 3, 4 | 1 | 2 | 3 | 4",
        "White | 255 | 255 | 255 | 255",
        "transparent | 0 | 0 | 0 | 0"
      })
  void all_ways_to_write_a_colour(String text, int red, int green, int blue, int alpha) {
    assertThat(Colour.parse(text)).isEqualTo(new Colour(red, green, blue, alpha));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "#12", "#12345", "256,0,0", "1,2", "1,2,3,4,5", "-1,0,0", "whitish"})
  void anything_else_is_told_with_the_forms_there_are(String text) {
    assertThatThrownBy(() -> Colour.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "'"
                + text
                + "' is not a colour; write #rrggbb, #rrggbbaa, #rgb, #rgba,"
                + " red,green,blue[,alpha] with parts in 0..255, or a basic CSS name such as white");
  }

  @Test
  void a_colour_prints_as_it_can_be_read() {
    assertThat(new Colour(1, 2, 255)).hasToString("#0102ff");
    assertThat(Colour.RED.withAlpha(16)).hasToString("#ff000010");
    assertThatThrownBy(() -> new Colour(0, 300, 0))
        .hasMessage("colour parts must be in 0..255, got 0, 300, 0, alpha 255");
  }
}
