package io.vitrail.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MasksTest {
  private static final String FOLDER = "goldens/masks/";
  private final Image soft = golden("soft");
  private final Map<String, Integer> numbers =
      TestImages.lines(FOLDER + "numbers.tsv").stream()
          .map(l -> l.split("\t"))
          .collect(Collectors.toMap(f -> f[0], f -> Integer.parseInt(f[1])));

  static Image golden(String name) {
    try {
      return Images.read(TestImages.resource(FOLDER + name + ".png"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void erosion_and_dilation_are_those_of_scipy(int reach) {
    for (Masks.Element.Shape shape : Masks.Element.Shape.values()) {
      Masks.Element element = new Masks.Element(shape, reach);
      String name = shape.name().toLowerCase(java.util.Locale.ROOT) + reach;
      assertThat(Masks.erode(soft, element)).as(name).isEqualTo(golden("erode-" + name));
      assertThat(Masks.dilate(soft, element)).as(name).isEqualTo(golden("dilate-" + name));
    }
  }

  @Test
  void opening_and_closing_are_those_of_skimage() {
    assertThat(Masks.open(soft, Masks.Element.disk(2))).isEqualTo(golden("open-disk2"));
    assertThat(Masks.close(soft, Masks.Element.disk(2))).isEqualTo(golden("close-disk2"));
  }

  @Test
  void an_element_larger_than_the_image_takes_its_extremes() {
    Image small = soft.crop(Box.ofSize(3, 4, 7, 5));
    Image dilated = Masks.dilate(small, Masks.Element.square(20));
    int max = 0;
    for (byte b : small.pixels()) {
      max = Math.max(max, b & 0xff);
    }
    assertThat(dilated).isEqualTo(Image.grey(7, 5, max));
  }

  @Test
  void the_clean_up_is_that_of_rembg() {
    assertThat(Masks.cleanUp(soft)).isEqualTo(golden("cleanup"));
  }

  @Test
  void otsu_finds_the_level_of_skimage() {
    assertThat(Masks.otsuLevel(soft)).isEqualTo(numbers.get("otsu"));
    assertThat(Masks.otsu(soft)).isEqualTo(Masks.threshold(soft, numbers.get("otsu")));
  }

  @Test
  void otsu_of_a_flat_mask_does_not_divide_by_zero() {
    assertThat(Masks.otsuLevel(Image.grey(5, 5, 77))).isZero();
    assertThat(Masks.otsuLevel(Image.grey(5, 5, 0))).isZero();
  }

  @Test
  void components_are_those_of_skimage() {
    Components sides = Components.of(soft, Components.Joined.BY_SIDES);
    Components corners = Components.of(soft, Components.Joined.BY_SIDES_AND_CORNERS);
    assertThat(sides.count()).isEqualTo(numbers.get("components_by_sides"));
    assertThat(corners.count()).isEqualTo(numbers.get("components_by_sides_and_corners"));
    assertThat(corners.largest().orElseThrow().area()).isEqualTo(numbers.get("largest"));
    assertThat(Masks.area(Masks.largestIsland(soft))).isEqualTo(numbers.get("largest"));
    int sum = corners.all().stream().mapToInt(Components.Component::area).sum();
    assertThat(sum).isEqualTo(Masks.area(soft));
  }

  @Test
  void holes_and_islands_are_those_of_scipy_and_skimage() {
    assertThat(Masks.fillHoles(soft)).isEqualTo(golden("holes"));
    assertThat(Masks.removeIslands(soft, 20)).isEqualTo(golden("islands"));
  }

  @Test
  void only_small_holes_are_filled_when_told_so() {
    Image ring = Image.grey(9, 9, 255).paste(Image.grey(3, 3, 0), 3, 3);
    assertThat(Masks.fillHoles(ring, 8)).isEqualTo(ring);
    assertThat(Masks.fillHoles(ring, 9)).isEqualTo(Image.grey(9, 9, 255));
  }

  @Test
  void the_bounding_box_is_half_open() {
    assertThat(Masks.boundingBox(golden("alpha"), 100))
        .contains(
            new Box(
                numbers.get("left"),
                numbers.get("top"),
                numbers.get("right"),
                numbers.get("bottom")));
    assertThat(Masks.boundingBox(Image.grey(4, 4, 9), 9)).isEmpty();
    assertThat(Masks.boundingBox(Image.grey(4, 3, 10), 9)).contains(new Box(0, 0, 4, 3));
  }

  @Test
  void blurs_are_those_of_opencv_as_scipy_computes_them() {
    FloatBuffer expected =
        ByteBuffer.wrap(TestImages.resource(FOLDER + "blur.bin"))
            .order(ByteOrder.LITTLE_ENDIAN)
            .asFloatBuffer();
    int w = soft.width();
    int h = soft.height();
    float[] plane = Masks.values(soft);
    for (float[] blurred :
        new float[][] {
          Blur.box(plane, w, h, 7),
          Blur.box(plane, w, h, 6),
          Blur.box(plane, w, h, 90),
          Blur.gaussian(plane, w, h, 5, 2, Blur.Border.MIRRORED)
        }) {
      for (float value : blurred) {
        assertThat(value).isCloseTo(expected.get(), within(1e-6f));
      }
    }
  }

  @Test
  void blurs_of_a_single_pixel_leave_it() {
    float[] one = {0.3f};
    assertThat(Blur.box(one, 1, 1, 90)).containsExactly(new float[] {0.3f}, within(1e-6f));
    assertThat(Blur.gaussian(one, 1, 1, 5, 2, Blur.Border.DOUBLED))
        .containsExactly(new float[] {0.3f}, within(1e-6f));
  }

  @Test
  void values_and_masks_convert_into_each_other() {
    assertThat(Masks.of(Masks.values(soft), soft.width(), soft.height())).isEqualTo(soft);
    assertThat(Masks.of(new float[] {-1, 0.5f, 2}, 3, 1).pixels())
        .containsExactly(0, (byte) 128, (byte) 255);
    assertThat(Masks.threshold(new float[] {-1, 0, 0.1f}, 3, 1, 0).pixels())
        .containsExactly(0, 0, (byte) 255);
  }

  @Test
  void a_colour_image_is_no_mask() {
    assertThatThrownBy(() -> Masks.erode(Image.blank(3, 3, 4), Masks.Element.disk(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "mask must have 1 channel, got 4; use channel(3) for alpha or toGrey() for luma");
    assertThatThrownBy(() -> Masks.of(new float[5], 2, 2))
        .hasMessage("mask of 2 x 2 needs 4 values, got 5");
  }
}
