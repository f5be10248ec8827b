package io.vitrail.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageTest {
  private static Image of(int width, int height, int channels, int... samples) {
    byte[] bytes = new byte[samples.length];
    for (int i = 0; i < samples.length; i++) {
      bytes[i] = (byte) samples[i];
    }
    return Image.of(width, height, channels, bytes);
  }

  @Test
  void shapes_are_checked_at_the_door() {
    assertThatThrownBy(() -> Image.of(2, 2, 3, new byte[11]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("2 x 2 image of 3 channels needs 12 bytes, got 11");
    assertThatThrownBy(() -> Image.blank(2, 2, 2))
        .hasMessage("channels must be 1 (grey), 3 (RGB) or 4 (RGBA), got 2");
    assertThatThrownBy(() -> Image.blank(40_000, 40_000, 3))
        .hasMessage("40000 x 40000 image of 3 channels is larger than a Java array can be");
  }

  @Test
  void grey_has_pillows_rounding() {
    // Pillow 13.0.0: Image.new("RGB", (1, 1), c).convert("L") for these colours
    Image colours = of(5, 1, 3, 255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30, 255, 255, 255);
    assertThat(colours.toGrey()).isEqualTo(of(5, 1, 1, 76, 150, 29, 18, 255));
  }

  @Test
  void channels_convert_without_touching_the_original() {
    Image rgba = of(2, 1, 4, 1, 2, 3, 4, 5, 6, 7, 8);
    assertThat(rgba.toRgb()).isEqualTo(of(2, 1, 3, 1, 2, 3, 5, 6, 7));
    assertThat(rgba.dropAlpha()).isEqualTo(rgba.toRgb());
    assertThat(rgba.channel(3)).isEqualTo(of(2, 1, 1, 4, 8)).isEqualTo(rgba.alpha());
    assertThat(of(1, 1, 1, 9).toRgb()).isEqualTo(of(1, 1, 3, 9, 9, 9));
    assertThat(of(1, 1, 1, 9).toRgba()).isEqualTo(of(1, 1, 4, 9, 9, 9, 255));
    Image faded = rgba.withAlpha(of(2, 1, 1, 100, 200));
    assertThat(faded).isEqualTo(of(2, 1, 4, 1, 2, 3, 100, 5, 6, 7, 200));
    assertThat(rgba.inverted()).isEqualTo(of(2, 1, 4, 254, 253, 252, 4, 250, 249, 248, 8));
    assertThat(rgba).isEqualTo(of(2, 1, 4, 1, 2, 3, 4, 5, 6, 7, 8));
  }

  @Test
  void a_mask_of_another_size_is_refused() {
    assertThatThrownBy(() -> Image.blank(3, 2, 3).withAlpha(Image.blank(2, 3, 1)))
        .hasMessageStartingWith("mask is 2 x 3, image is 3 x 2; they must have the same size");
  }

  @Test
  void crop_pad_and_paste_move_pixels() {
    Image image = of(3, 2, 1, 1, 2, 3, 4, 5, 6);
    assertThat(image.crop(new Box(1, 0, 3, 2))).isEqualTo(of(2, 2, 1, 2, 3, 5, 6));
    assertThat(image.pad(1, 0, 0, 1, Colour.WHITE))
        .isEqualTo(of(4, 3, 1, 255, 1, 2, 3, 255, 4, 5, 6, 255, 255, 255, 255));
    Image patch = of(2, 2, 1, 7, 8, 9, 10);
    assertThat(image.paste(patch, 2, 1)).isEqualTo(of(3, 2, 1, 1, 2, 3, 4, 5, 7));
    assertThat(image.paste(patch, -1, -1)).isEqualTo(of(3, 2, 1, 10, 2, 3, 4, 5, 6));
    assertThat(image.paste(patch, 3, 0)).isEqualTo(image);
    assertThat(image.paste(patch, Integer.MAX_VALUE, Integer.MIN_VALUE)).isEqualTo(image);
    assertThatThrownBy(() -> image.crop(new Box(1, 0, 4, 2)))
        .hasMessage("crop (1, 0)-(4, 2) lies outside the 3 x 2 image; clip it with Box.clip");
  }

  @Test
  void turns_are_what_their_names_say() {
    Image image = of(3, 2, 1, 1, 2, 3, 4, 5, 6);
    assertThat(image.flipHorizontal()).isEqualTo(of(3, 2, 1, 3, 2, 1, 6, 5, 4));
    assertThat(image.flipVertical()).isEqualTo(of(3, 2, 1, 4, 5, 6, 1, 2, 3));
    assertThat(image.rotateHalf()).isEqualTo(of(3, 2, 1, 6, 5, 4, 3, 2, 1));
    assertThat(image.rotateRight()).isEqualTo(of(2, 3, 1, 4, 1, 5, 2, 6, 3));
    assertThat(image.rotateLeft()).isEqualTo(of(2, 3, 1, 3, 6, 2, 5, 1, 4));
    assertThat(image.turned(Orientation.TRANSPOSED)).isEqualTo(of(2, 3, 1, 1, 4, 2, 5, 3, 6));
    assertThat(image.turned(Orientation.TRANSVERSED)).isEqualTo(of(2, 3, 1, 6, 3, 5, 2, 4, 1));
    Image colour = TestImages.noiseImage(7, 5, 4);
    assertThat(colour.rotateRight().rotateRight()).isEqualTo(colour.rotateHalf());
    assertThat(colour.rotateRight().rotateLeft()).isEqualTo(colour);
  }

  @Test
  void boxes_clip_and_grow() {
    Box box = Box.ofSize(-5, 2, 20, 3);
    assertThat(box.clip(10, 10)).isEqualTo(new Box(0, 2, 10, 5));
    assertThat(box.grow(1)).isEqualTo(new Box(-6, 1, 16, 6));
    assertThat(box.area()).isEqualTo(60);
    assertThatThrownBy(() -> box.clip(10, 2))
        .hasMessage("box (-5, 2)-(15, 5) lies outside the 10 x 2 image");
    assertThatThrownBy(() -> new Box(3, 0, 3, 1)).hasMessageContaining("(3, 0)-(3, 1) is empty");
  }

  @Test
  void compositing_blends_by_alpha() {
    Image half = of(1, 1, 4, 200, 100, 0, 128);
    assertThat(Composite.over(Colour.BLACK, half)).isEqualTo(of(1, 1, 3, 100, 50, 0));
    assertThat(Composite.over(Colour.TRANSPARENT, half)).isEqualTo(half);
    assertThat(Composite.over(of(1, 1, 4, 0, 0, 0, 128), half))
        .isEqualTo(of(1, 1, 4, 134, 67, 0, 192));
    Image mixed = Composite.mix(of(2, 1, 1, 10, 20), of(2, 1, 1, 90, 80), of(2, 1, 1, 0, 255));
    assertThat(mixed).isEqualTo(of(2, 1, 3, 10, 10, 10, 80, 80, 80));
    Image onTop = Composite.over(Image.blank(3, 3, 3), of(1, 1, 1, 50), 2, 2);
    assertThat(onTop.get(2, 2, 0)).isEqualTo(50);
    assertThat(onTop.get(1, 2, 0)).isZero();
    assertThat(Composite.fade(half, 0.5).get(0, 0, 3)).isEqualTo(64);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4})
  void awt_images_keep_every_sample(int channels) {
    Image image = TestImages.noiseImage(13, 7, channels);
    BufferedImage awt = BufferedImages.toBuffered(image);
    assertThat(BufferedImages.toImage(awt)).isEqualTo(image);
    // a part of an image shares its raster, at an offset
    Image part = BufferedImages.toImage(awt.getSubimage(3, 2, 5, 4));
    assertThat(part).isEqualTo(image.crop(Box.ofSize(3, 2, 5, 4)));
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        BufferedImage.TYPE_INT_RGB,
        BufferedImage.TYPE_INT_ARGB,
        BufferedImage.TYPE_INT_BGR,
        BufferedImage.TYPE_INT_ARGB_PRE,
        BufferedImage.TYPE_4BYTE_ABGR_PRE,
        BufferedImage.TYPE_3BYTE_BGR
      })
  void awt_images_of_every_layout_are_read(int type) {
    BufferedImage awt = new BufferedImage(2, 1, type);
    awt.setRGB(0, 0, 0xff102030);
    awt.setRGB(1, 0, 0xfffe8001);
    assertThat(BufferedImages.toImage(awt).toRgb()).isEqualTo(of(2, 1, 3, 16, 32, 48, 254, 128, 1));
    assertThat(BufferedImages.toImage(awt).hasAlpha()).isEqualTo(awt.getColorModel().hasAlpha());
  }

  @ParameterizedTest
  @EnumSource(Orientation.class)
  void orientations_carry_their_exif_value(Orientation orientation) {
    assertThat(Orientation.ofExif(orientation.exifValue())).isEqualTo(orientation);
    assertThat(Orientation.ofExif(0)).isEqualTo(Orientation.UPRIGHT);
    assertThat(Orientation.ofExif(9)).isEqualTo(Orientation.UPRIGHT);
  }
}
