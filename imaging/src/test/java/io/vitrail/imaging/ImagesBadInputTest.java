package io.vitrail.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every message that a user can meet, and that it is one line. */
class ImagesBadInputTest {
  private static final String FILES = "goldens/files/";
  @TempDir Path folder;

  private AbstractThrowableAssert<?, ?> failure(String name, byte[] content) throws IOException {
    Path file = folder.resolve(name);
    Files.write(file, content);
    return failure(file);
  }

  private static AbstractThrowableAssert<?, ?> failure(Path file) {
    return assertThatThrownBy(() -> Images.read(file))
        .isInstanceOf(ImageReadException.class)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"))
        .hasMessageStartingWith("'" + file + "' ");
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void a_missing_file() {
    failure(folder.resolve("none.png")).hasMessageContaining("does not exist (looked for ");
  }

  @Test
  void a_folder() {
    failure(folder).hasMessageContaining("is a folder, expected an image file");
  }

  @Test
  void an_empty_file() throws IOException {
    failure("empty.png", new byte[0])
        .hasMessageContaining("is empty (0 bytes); expected PNG, JPEG");
  }

  @Test
  void a_text() throws IOException {
    failure("photo.png", text("hello\nworld, this is no picture"))
        .hasMessageContaining(
            "photo.png' is not an image: starts with 'hello world, this is no...'; ")
        .hasMessageContaining("expected PNG, JPEG, WebP, TIFF, BMP or GIF");
  }

  @Test
  void a_text_that_begins_like_a_bitmap() throws IOException {
    failure("bm.bmp", text("BMW is a maker of cars")).hasMessageContaining("is not an image");
  }

  @Test
  void unknown_bytes() throws IOException {
    failure("x.jpg", new byte[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
        .hasMessageContaining("is not an image: starts with bytes 00 01 02 03 04 05 06 07");
  }

  @ParameterizedTest
  @CsvSource({
    "....ftypheic, a HEIC image",
    "....ftypavif, an AVIF image",
    "%PDF-1.7, a PDF document",
    "<svg xmlns=, an SVG drawing"
  })
  void kinds_of_files_that_people_try(String content, String kind) throws IOException {
    failure("x.jpg", text(content))
        .hasMessageContaining("is " + kind + ", which cannot be read")
        .hasMessageContaining("convert it first");
  }

  @Test
  void an_animated_webp() throws IOException {
    failure("a.webp", TestImages.resource(FILES + "animated.webp"))
        .hasMessageContaining("it is an animated WebP, only still ones can be read");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "photos/portrait_hopper.jpg",
        "photos/animal_cat.png",
        FILES + "progressive.jpg",
        FILES + "rgb8-interlaced.png",
        FILES + "lossless.webp",
        FILES + "lossy.webp",
        FILES + "rgb.bmp",
        FILES + "raw.tif",
        FILES + "tiff_lzw.tif",
        FILES + "palette.gif"
      })
  void truncated_files_fail_at_every_length(String name) throws IOException {
    byte[] whole = TestImages.resource(name);
    for (double part : new double[] {0.02, 0.3, 0.6, 0.9}) {
      byte[] cut = Arrays.copyOf(whole, (int) (whole.length * part));
      failure("cut", cut).as("%s at %s", name, part);
    }
  }

  @Test
  void a_truncated_png_says_how_much_is_there() throws IOException {
    byte[] whole = TestImages.resource("photos/animal_cat.png");
    failure("cut.png", Arrays.copyOf(whole, whole.length / 2))
        .hasMessageMatching(
            ".*cannot be read as PNG: it is truncated: only \\d+ of 300 rows are there; get the"
                + " whole file again");
  }

  @Test
  void a_truncated_jpeg_says_so() throws IOException {
    byte[] whole = TestImages.resource("photos/portrait_hopper.jpg");
    failure("cut.jpg", Arrays.copyOf(whole, whole.length * 3 / 4))
        .hasMessageContaining("cannot be read as JPEG: it is truncated");
  }

  @Test
  void a_damaged_png_is_told_by_its_checksum() throws IOException {
    byte[] file = TestImages.resource("photos/animal_cat.png");
    file[file.length / 2] ^= 0x55;
    failure("bad.png", file)
        .hasMessageContaining("its chunk IDAT has a wrong checksum; it is damaged");
  }

  /** A PNG header of the given size with almost nothing behind it. */
  private static byte[] pngOfSize(int width, int height) {
    byte[] head =
        ByteBuffer.allocate(17)
            .put(text("IHDR"))
            .putInt(width)
            .putInt(height)
            .put(new byte[] {8, 2, 0, 0, 0})
            .array();
    CRC32 crc = new CRC32();
    crc.update(head);
    return ByteBuffer.allocate(8 + 4 + 17 + 4 + 8)
        .put(PngWriter.SIGNATURE)
        .putInt(13)
        .put(head)
        .putInt((int) crc.getValue())
        .putInt(0)
        .put(text("IDAT"))
        .array();
  }

  @Test
  void a_header_that_claims_too_many_pixels_fails_before_decoding() throws IOException {
    failure("bomb.png", pngOfSize(60000, 60000))
        .hasMessageContaining(
            "is 60000 x 60000 = 3600.0 megapixels, the limit is 300.0; raise ReadLimits.maxPixels");
    failure("side.png", pngOfSize(200_000, 10))
        .hasMessageContaining("is 200000 x 10 pixels, the limit for a side is 100000");
  }

  @Test
  void a_header_that_claims_more_than_the_file_can_hold_does_not_get_the_memory()
      throws IOException {
    failure("bomb.png", pngOfSize(17_000, 17_000)).hasMessageContaining("it is truncated");
  }

  @Test
  void a_long_and_narrow_image_is_fine() throws IOException {
    Image strip = Image.filled(20_000, 50, Colour.RED);
    assertThat(Images.read(Images.encode(strip, WriteOptions.png()))).isEqualTo(strip);
  }

  @Test
  void limits_are_the_callers_to_set() throws IOException {
    byte[] file = TestImages.resource("photos/animal_cat.png");
    ReadLimits limits = ReadLimits.DEFAULT;
    assertThatThrownBy(
            () -> Images.read(file, ReadOptions.DEFAULT.withLimits(limits.withMaxPixels(1000))))
        .hasMessage(
            "input is 451 x 300 = 0.1 megapixels, the limit is 0.0; raise ReadLimits.maxPixels if"
                + " you trust it");
    assertThatThrownBy(
            () ->
                Images.read(
                    new ByteArrayInputStream(file),
                    ReadOptions.DEFAULT.withLimits(limits.withMaxFileBytes(1000))))
        .hasMessageContaining("the limit is 1,000; raise ReadLimits.maxFileBytes");
    assertThatThrownBy(
            () -> Images.read(file, ReadOptions.DEFAULT.withLimits(limits.withMaxSide(450))))
        .hasMessageContaining("is 451 x 300 pixels, the limit for a side is 450");
  }
}
