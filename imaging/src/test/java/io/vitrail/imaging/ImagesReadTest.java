package io.vitrail.imaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImagesReadTest {
  private static final String FILES = "goldens/files/";

  static List<String> expected() {
    return TestImages.lines(FILES + "expected.tsv");
  }

  static Image read(String name) throws IOException {
    return Images.read(TestImages.resource(FILES + name));
  }

  @ParameterizedTest
  @MethodSource("expected")
  void every_kind_of_file_reads_as_in_pillow(String line) throws Exception {
    String[] f = line.split("\t");
    Image image = read(f[0]);
    assertThat(image.width()).isEqualTo(Integer.parseInt(f[2]));
    assertThat(image.height()).isEqualTo(Integer.parseInt(f[3]));
    Image same = f[1].equals("L") ? image : f[1].equals("RGB") ? image.toRgb() : image.toRgba();
    if (f[0].endsWith(".jpg")) {
      // Two builds of libjpeg may round the inverse transform and the upsampling differently.
      Image pillow = read(f[0] + ".expected.png");
      assertThat(image.channels()).isEqualTo(pillow.channels());
      assertThat(TestImages.maxDifference(image, pillow)).isLessThanOrEqualTo(2);
      assertThat(TestImages.meanDifference(image, pillow)).isLessThan(0.1);
    } else {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(same.pixels());
      assertThat(HexFormat.of().formatHex(hash)).isEqualTo(f[4]);
    }
  }

  @Test
  void a_photo_reads_as_in_pillow_to_the_last_bit() throws Exception {
    // Hash of Pillow 13.0.0's pixels: SHA-256 of Image.open(...).tobytes().
    Image photo = Images.read(TestImages.path("photos/portrait_hopper.jpg"));
    assertThat(photo.toString()).isEqualTo("512 x 600 RGB image");
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(photo.pixels());
    assertThat(HexFormat.of().formatHex(hash))
        .isEqualTo("f7f982de68dd296af67ee51b2a95a2e5658f7bf064c6536520b66bae8d01fc34");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void exif_orientation_is_applied_unless_told_otherwise(int turn) throws IOException {
    Image upright = read("turn1.png");
    for (String suffix : List.of(".png", ".jpg")) {
      byte[] file = TestImages.resource(FILES + "turn" + turn + suffix);
      Image stored = Images.read(file, ReadOptions.DEFAULT.withTurn(ReadOptions.Turn.AS_STORED));
      Image turned = Images.read(file);
      assertThat(Images.info(file).orientation()).isEqualTo(Orientation.ofExif(turn));
      assertThat(turned).isEqualTo(stored.turned(Orientation.ofExif(turn)));
      assertThat(stored.width()).isEqualTo(upright.width());
      assertThat(turned.width()).isEqualTo(turn >= 5 ? upright.height() : upright.width());
    }
  }

  @Test
  void exif_in_webp_is_applied() throws IOException {
    assertThat(read("turn6.webp")).isEqualTo(read("turn6.png"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "webp", "tif"})
  void other_colour_profiles_are_converted_to_srgb(String suffix) throws IOException {
    // The profile is sRGB with red and blue exchanged, so the conversion exchanges them.
    byte[] file = TestImages.resource(FILES + "profile-swapped." + suffix);
    Image converted = Images.read(file);
    Image stored =
        Images.read(file, ReadOptions.DEFAULT.withColours(ReadOptions.Colours.AS_STORED));
    assertThat(TestImages.maxDifference(converted.channel(0), stored.channel(2)))
        .isLessThanOrEqualTo(3);
    assertThat(TestImages.maxDifference(converted.channel(2), stored.channel(0)))
        .isLessThanOrEqualTo(3);
    assertThat(TestImages.maxDifference(converted.channel(0), stored.channel(0))).isGreaterThan(10);
  }

  @ParameterizedTest
  @ValueSource(strings = {"srgb.png", "srgb.jpg", "broken.png", "broken.jpg"})
  void srgb_and_broken_profiles_leave_the_samples_alone(String name) throws IOException {
    byte[] file = TestImages.resource(FILES + "profile-" + name);
    assertThat(Images.read(file))
        .isEqualTo(
            Images.read(file, ReadOptions.DEFAULT.withColours(ReadOptions.Colours.AS_STORED)));
  }

  @Test
  void a_stream_and_a_path_and_an_array_give_the_same() throws IOException {
    Image fromPath = Images.read(TestImages.path("photos/animal_cat.png"));
    byte[] bytes = TestImages.resource("photos/animal_cat.png");
    assertThat(Images.read(bytes)).isEqualTo(fromPath);
    assertThat(Images.read(new ByteArrayInputStream(bytes))).isEqualTo(fromPath);
    assertThat(Images.info(bytes))
        .isEqualTo(new ImageInfo(ImageFormat.PNG, 451, 300, Orientation.UPRIGHT));
  }

  @Test
  void a_jpeg_without_its_end_marker_but_with_all_rows_is_read() throws IOException {
    byte[] file = TestImages.resource(FILES + "420.jpg");
    byte[] cut = java.util.Arrays.copyOf(file, file.length - 2);
    assertThat(Images.read(cut)).isEqualTo(Images.read(file));
  }
}
