package io.vitrail.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@link Warp}, {@link Blur}, {@link Enhance} and {@link Tone} against Pillow. */
class PillowOperationsTest {
  private static final Colour FILL = new Colour(124, 116, 104);
  private static final Map<String, Image> SOURCES = new ConcurrentHashMap<>();

  @ParameterizedTest
  @CsvSource({
    "rotate-NEAREST, 174",
    "rotate-BILINEAR, 174",
    "rotate-BICUBIC, 174",
    "shearX-NEAREST, 72",
    "shearX-BILINEAR, 72",
    "shearX-BICUBIC, 72",
    "shearY-NEAREST, 72",
    "shearY-BILINEAR, 72",
    "shearY-BICUBIC, 72",
    "translate-NEAREST, 90",
    "translate-BILINEAR, 90",
    "translate-BICUBIC, 90",
    "affine-NEAREST, 50",
    "affine-BILINEAR, 50",
    "affine-BICUBIC, 50",
    "blur, 216",
    "colour, 270",
    "contrast, 270",
    "brightness, 270",
    "sharpness, 270",
    "solarize, 108",
    "solarizeAdd, 108",
    "posterize, 162",
    "autoContrast, 18",
    "equalize, 18",
    "invert, 18",
    "grey, 18",
  })
  void is_equal_to_pillow_to_the_last_bit(String operation, int cases) throws Exception {
    int seen = 0;
    for (String line : TestImages.lines("goldens/augment.tsv")) {
      String[] f = line.split("\t");
      if (!f[1].equals(operation)) {
        continue;
      }
      byte[] result = apply(operation, numbers(f[2]), source(f[0])).pixels();
      String start = HexFormat.of().formatHex(result, 0, Math.min(4, result.length));
      assertThat(start).as(line).isEqualTo(f[3]);
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(result);
      assertThat(HexFormat.of().formatHex(hash, 0, 8)).as(line).isEqualTo(f[4]);
      seen++;
    }
    assertThat(seen).isEqualTo(cases);
  }

  private static Image apply(String operation, double[] n, Image image) {
    String[] parts = operation.split("-");
    Warp.Filter filter = parts.length == 2 ? Warp.Filter.valueOf(parts[1]) : Warp.Filter.NEAREST;
    return switch (parts[0]) {
      case "rotate" -> Warp.rotate(image, n[0], filter, FILL);
      case "shearX" -> Warp.apply(image, Warp.Matrix.shearX(n[0]), filter, FILL);
      case "shearY" -> Warp.apply(image, Warp.Matrix.shearY(n[0]), filter, FILL);
      case "translate" -> Warp.apply(image, Warp.Matrix.translate(n[0], n[1]), filter, FILL);
      case "affine" ->
          Warp.apply(image, new Warp.Matrix(n[0], n[1], n[2], n[3], n[4], n[5]), filter, FILL);
      case "blur" -> Blur.gaussian(image, n[0]);
      case "colour" -> Enhance.colour(image, n[0]);
      case "contrast" -> Enhance.contrast(image, n[0]);
      case "brightness" -> Enhance.brightness(image, n[0]);
      case "sharpness" -> Enhance.sharpness(image, n[0]);
      case "solarize" -> Tone.solarize(image, (int) n[0]);
      case "solarizeAdd" -> Tone.solarizeAdd(image, (int) n[0]);
      case "posterize" -> Tone.posterize(image, (int) n[0]);
      case "autoContrast" -> Tone.autoContrast(image);
      case "equalize" -> Tone.equalize(image);
      case "invert" -> image.inverted();
      case "grey" -> image.toGrey();
      default -> throw new AssertionError(operation);
    };
  }

  private static double[] numbers(String text) {
    return text.isEmpty()
        ? new double[0]
        : Arrays.stream(text.split(",")).mapToDouble(Double::parseDouble).toArray();
  }

  private static Image source(String name) {
    return SOURCES.computeIfAbsent(name, PillowOperationsTest::make);
  }

  private static Image make(String name) {
    if (name.startsWith("noise-")) {
      String[] f = name.split("-");
      return TestImages.noiseImage(
          Integer.parseInt(f[1]), Integer.parseInt(f[2]), Integer.parseInt(f[3]));
    }
    try {
      Image cat = Images.read(TestImages.path("photos/animal_cat.png")).toRgb();
      Image part = name.startsWith("crop") ? cat.crop(Box.ofSize(150, 80, 48, 40)) : cat;
      return name.endsWith("-grey") ? part.toGrey() : part;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void a_flat_image_has_no_contrast_to_stretch() {
    Image flat = Image.filled(5, 4, new Colour(7, 100, 255));
    for (Image result :
        List.of(
            Tone.autoContrast(flat),
            Tone.equalize(flat),
            Blur.gaussian(flat, 3),
            Enhance.sharpness(flat, 0))) {
      assertThat(result).isEqualTo(flat);
    }
  }

  @Test
  void images_with_alpha_and_wrong_numbers_are_refused() {
    Image rgba = Image.blank(3, 3, 4);
    assertThatThrownBy(() -> Tone.equalize(rgba))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("grey or RGB is expected here, the image is RGBA; take dropAlpha() first");
    assertThatThrownBy(() -> Warp.rotate(rgba, 3, Warp.Filter.BICUBIC, FILL))
        .hasMessageContaining("the image is RGBA");
    assertThatThrownBy(() -> Tone.posterize(rgba.dropAlpha(), 9))
        .hasMessage("bits to keep must be in 0..8, got 9");
    assertThatThrownBy(() -> Blur.gaussian(rgba.dropAlpha(), Double.NaN))
        .hasMessage("blur radius must be in 0..1000 pixels, got NaN");
  }
}
