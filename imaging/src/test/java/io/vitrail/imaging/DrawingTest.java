package io.vitrail.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

class DrawingTest {
  private static final Image BLACK = Image.blank(40, 30, 3);

  private static String at(Image image, int x, int y) {
    return new Colour(image.get(x, y, 0), image.get(x, y, 1), image.get(x, y, 2)).toString();
  }

  private static boolean fontsExist() {
    try {
      Drawing.on(BLACK).label(0, 0, "x", 10, Colour.WHITE, Colour.BLACK);
      return true;
    } catch (IllegalStateException e) {
      assertThat(e).hasMessageContaining("install fontconfig and a font");
      return false;
    }
  }

  @Test
  void a_box_is_drawn_on_its_own_pixels() {
    Image drawn = Drawing.on(BLACK).box(new Box(5, 6, 15, 16), Colour.RED, 2).image();
    assertThat(at(drawn, 5, 6)).isEqualTo("#ff0000");
    assertThat(at(drawn, 14, 15)).isEqualTo("#ff0000");
    assertThat(at(drawn, 6, 10)).isEqualTo("#ff0000");
    assertThat(at(drawn, 7, 8)).isEqualTo("#000000");
    assertThat(at(drawn, 15, 16)).isEqualTo("#000000");
    assertThat(at(drawn, 4, 6)).isEqualTo("#000000");
    assertThat(at(BLACK, 5, 6)).isEqualTo("#000000");
  }

  @Test
  void a_point_has_its_colour_and_a_white_rim() {
    Image drawn = Drawing.on(BLACK).point(20, 15, 6, new Colour(0, 0, 255)).image();
    assertThat(at(drawn, 20, 15)).isEqualTo("#0000ff");
    assertThat(at(drawn, 26, 15)).isNotEqualTo("#000000");
    assertThat(at(drawn, 29, 15)).isEqualTo("#000000");
  }

  @Test
  void a_line_joins_two_places() {
    Image drawn = Drawing.on(BLACK).line(2.5, 10.5, 30.5, 10.5, Colour.WHITE, 1).image();
    assertThat(at(drawn, 15, 10)).isEqualTo("#ffffff");
    assertThat(at(drawn, 15, 12)).isEqualTo("#000000");
  }

  @Test
  void an_outline_runs_inside_of_its_mask() {
    Image mask = Image.blank(40, 30, 1).paste(Image.grey(10, 10, 255), 5, 5);
    Image drawn = Drawing.on(BLACK).outline(mask, Colour.RED, 1).image();
    assertThat(at(drawn, 5, 9)).isEqualTo("#ff0000");
    assertThat(at(drawn, 6, 9)).isEqualTo("#000000");
    assertThat(at(drawn, 4, 9)).isEqualTo("#000000");
  }

  @Test
  void a_tint_lets_the_image_through() {
    Image mask = Image.grey(40, 30, 255);
    Image drawn = Drawing.on(BLACK).tint(mask, Colour.RED.withAlpha(128)).image();
    assertThat(at(drawn, 3, 3)).isEqualTo("#800000");
  }

  @Test
  void transparent_images_stay_transparent() {
    Image drawn = Drawing.on(Image.blank(9, 9, 4)).box(new Box(0, 0, 9, 9), Colour.RED, 1).image();
    assertThat(drawn.get(0, 0, 3)).isEqualTo(255);
    assertThat(drawn.get(4, 4, 3)).isZero();
  }

  @Test
  void a_checkerboard_changes_from_cell_to_cell() {
    Image board = Drawing.checkerboard(8, 8, 4);
    assertThat(board.get(3, 3, 0)).isEqualTo(255);
    assertThat(board.get(4, 3, 0)).isEqualTo(204);
    assertThat(board.get(4, 4, 0)).isEqualTo(255);
  }

  @Test
  void a_label_is_a_strip_with_letters() {
    assumeTrue(fontsExist(), "no fonts on this machine");
    Image drawn =
        Drawing.on(BLACK).label(2, 2, "cat", 12, Colour.WHITE, new Colour(0, 0, 255)).image();
    assertThat(at(drawn, 2, 2)).isEqualTo("#0000ff");
    int letters = 0;
    for (int i = 0; i < drawn.pixels().length; i += 3) {
      letters += (drawn.pixels()[i] & 0xff) > 200 ? 1 : 0;
    }
    assertThat(letters).isBetween(10, 200);
  }

  @Test
  void a_sheet_has_a_cell_for_each_picture() {
    Image red = Image.filled(100, 50, Colour.RED);
    Image clear = Image.blank(20, 20, 4);
    Image sheet = new ContactSheet(2, 50, 40).add(red).add(clear).add(red).image();
    assertThat(sheet.toString()).isEqualTo("124 x 104 RGB image");
    assertThat(at(sheet, 8 + 25, 8 + 20)).isEqualTo("#ff0000");
    assertThat(at(sheet, 8 + 25, 8 + 2)).isEqualTo("#ffffff");
    assertThat(at(sheet, 66 + 25, 56 + 20)).isEqualTo("#ffffff");
    assertThat(at(sheet, 8 + 25, 56 + 20)).isEqualTo("#ff0000");
    assertThatThrownBy(() -> new ContactSheet(1, 9, 9).image())
        .hasMessage("the contact sheet is empty; add pictures first");
  }

  @Test
  void captions_are_written_below_and_cut_to_fit() {
    assumeTrue(fontsExist(), "no fonts on this machine");
    Image red = Image.filled(50, 40, Colour.RED);
    Image sheet =
        new ContactSheet(1, 50, 40).add(red, "a caption far longer than its picture").image();
    assertThat(sheet.height()).isEqualTo(8 + 40 + 15 + 8);
    Image below = sheet.crop(new Box(8, 50, 58, 62));
    assertThat(Masks.boundingBox(below.toGrey().inverted(), 100)).isPresent();
    Image beside = sheet.crop(new Box(0, 49, 7, 63));
    assertThat(Masks.boundingBox(beside.toGrey().inverted(), 10)).isEmpty();
  }
}
