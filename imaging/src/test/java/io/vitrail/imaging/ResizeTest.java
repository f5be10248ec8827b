package io.vitrail.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResizeTest {
  static List<String> cases() {
    return TestImages.lines("goldens/resize.tsv");
  }

  @ParameterizedTest
  @ValueSource(strings = {"L", "RGB", "RGBA", "F"})
  void every_filter_and_size_is_equal_to_pillow_to_the_last_bit(String mode) throws Exception {
    int seen = 0;
    for (String line : cases()) {
      String[] f = line.split("\t");
      if (!f[0].equals(mode)) {
        continue;
      }
      int inWidth = Integer.parseInt(f[1]);
      int inHeight = Integer.parseInt(f[2]);
      int width = Integer.parseInt(f[3]);
      int height = Integer.parseInt(f[4]);
      ResizeFilter filter = ResizeFilter.valueOf(f[5]);
      Resize.Source source =
          new Resize.Source(
              Float.parseFloat(f[6]),
              Float.parseFloat(f[7]),
              Float.parseFloat(f[8]),
              Float.parseFloat(f[9]));

      byte[] result =
          mode.equals("F")
              ? floatResult(inWidth, inHeight, width, height, filter, source)
              : Resize.to(noise(mode, inWidth, inHeight), width, height, filter, source).pixels();

      String start = HexFormat.of().formatHex(result, 0, Math.min(8, result.length));
      assertThat(start).as(line).isEqualTo(f[10]);
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(result);
      assertThat(HexFormat.of().formatHex(hash)).as(line).isEqualTo(f[11]);
      seen++;
    }
    assertThat(seen).isEqualTo(120);
  }

  private static Image noise(String mode, int width, int height) {
    return TestImages.noiseImage(width, height, mode.equals("L") ? 1 : mode.length());
  }

  private static byte[] floatResult(
      int inWidth, int inHeight, int width, int height, ResizeFilter filter, Resize.Source source) {
    byte[] noise = TestImages.noise(inWidth * inHeight, inWidth * 1000 + inHeight);
    float[] plane = new float[noise.length];
    for (int i = 0; i < plane.length; i++) {
      plane[i] = ((noise[i] & 0xff) - 100.5f) / 7f;
    }
    float[] out = Resize.plane(plane, inWidth, inHeight, width, height, filter, source);
    ByteBuffer bytes = ByteBuffer.allocate(4 * out.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(out);
    return bytes.array();
  }

  @ParameterizedTest
  @MethodSource("filters")
  void a_flat_image_stays_flat(ResizeFilter filter) {
    Image flat = Image.filled(37, 23, new Colour(200, 100, 3));
    Image resized = Resize.to(flat, 64, 9, filter);
    assertThat(resized).isEqualTo(Image.filled(64, 9, new Colour(200, 100, 3)));
  }

  static List<ResizeFilter> filters() {
    return Arrays.asList(ResizeFilter.values());
  }

  @Test
  void colour_under_transparent_pixels_does_not_bleed_into_the_visible_ones() {
    Image left = Image.filled(8, 8, 4, new Colour(255, 0, 0));
    Image picture = Image.filled(16, 8, 4, Colour.WHITE.withAlpha(0)).paste(left, 0, 0);
    Image half = Resize.to(picture, 8, 4, ResizeFilter.BICUBIC);
    for (int x = 0; x < 8; x++) {
      assertThat(half.get(x, 2, 1)).as("green at %d", x).isZero();
    }
  }

  @Test
  void the_longest_side_is_rounded_as_sam_does() {
    Image image = Image.blank(1799, 1200, 1);
    Image resized = Resize.longestSideTo(image, 1024, ResizeFilter.BILINEAR);
    assertThat(resized.width()).isEqualTo(1024);
    assertThat(resized.height()).isEqualTo(683);
    assertThat(Resize.longestSideTo(Image.blank(3000, 1, 1), 100, ResizeFilter.BOX).height())
        .isEqualTo(1);
  }

  @Test
  void a_source_outside_of_the_image_is_refused() {
    Image image = Image.blank(10, 10, 3);
    assertThatThrownBy(
            () -> Resize.to(image, 5, 5, ResizeFilter.BOX, new Resize.Source(0, 0, 11, 10)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("resize source (0.0, 0.0)-(11.0, 10.0) lies outside the 10 x 10 image");
    assertThatThrownBy(() -> Resize.to(image, 0, 5, ResizeFilter.BOX))
        .hasMessage("image sides must be at least 1, got 0 x 5");
  }
}
