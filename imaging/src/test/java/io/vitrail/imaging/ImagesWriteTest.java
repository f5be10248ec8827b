package io.vitrail.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImagesWriteTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1",
    "1, 1, 3",
    "1, 1, 4",
    "37, 23, 1",
    "37, 23, 3",
    "37, 23, 4",
    "1, 90, 3",
    "300, 2, 4"
  })
  void png_brings_every_sample_back(int width, int height, int channels) throws IOException {
    for (Image image :
        new Image[] {
          TestImages.noiseImage(width, height, channels),
          TestImages.gradient(width, height, channels),
          Image.blank(width, height, channels)
        }) {
      for (int level = 0; level <= 9; level += 3) {
        byte[] file = Images.encode(image, WriteOptions.png(level));
        assertThat(Images.read(file)).isEqualTo(image);
        // and by a reader that is not ours
        Image byJdk = BufferedImages.toImage(ImageIO.read(new ByteArrayInputStream(file)));
        assertThat(byJdk).isEqualTo(image);
      }
    }
  }

  @Test
  void a_photo_as_png_is_not_larger_than_imageio_makes_it() throws IOException {
    Image cat = Images.read(TestImages.path("photos/animal_cat.png"));
    ByteArrayOutputStream jdk = new ByteArrayOutputStream();
    ImageIO.write(BufferedImages.toBuffered(cat), "png", jdk);
    assertThat(Images.encode(cat, WriteOptions.png()).length).isLessThan(jdk.size());
  }

  @Test
  void lossless_webp_brings_every_sample_back_also_under_transparency() throws IOException {
    for (int channels : new int[] {3, 4}) {
      Image image = TestImages.noiseImage(37, 23, channels);
      assertThat(Images.read(Images.encode(image, WriteOptions.webpLossless()))).isEqualTo(image);
    }
    Image grey = TestImages.noiseImage(37, 23, 1);
    assertThat(Images.read(Images.encode(grey, WriteOptions.webpLossless())))
        .isEqualTo(grey.toRgb());
  }

  @Test
  void lossy_webp_keeps_alpha_and_looks_alike() throws IOException {
    Image image = TestImages.gradient(64, 48, 4);
    Image back = Images.read(Images.encode(image, WriteOptions.webp(90)));
    assertThat(back.channel(3)).isEqualTo(image.channel(3));
    assertThat(TestImages.meanDifference(back.toRgb(), image.toRgb())).isLessThan(5);
  }

  @Test
  void jpeg_looks_alike_and_better_with_more_quality() throws IOException {
    Image cat = Images.read(TestImages.path("photos/animal_cat.png"));
    byte[] good = Images.encode(cat, WriteOptions.jpeg(95));
    byte[] poor = Images.encode(cat, WriteOptions.jpeg(30));
    assertThat(TestImages.meanDifference(Images.read(good), cat)).isLessThan(2);
    assertThat(TestImages.meanDifference(Images.read(poor), cat)).isBetween(2.0, 8.0);
    assertThat(poor.length).isLessThan(good.length / 3);
    Image grey = cat.toGrey();
    assertThat(Images.read(Images.encode(grey, WriteOptions.jpeg(90))).isGrey()).isTrue();
  }

  @Test
  void jpeg_refuses_alpha_unless_it_gets_a_background() throws IOException {
    Image clear = Image.filled(16, 16, Colour.RED.withAlpha(0));
    assertThatThrownBy(() -> Images.encode(clear, WriteOptions.jpeg(90)))
        .isInstanceOf(ImageWriteException.class)
        .hasMessage(
            "JPEG cannot hold transparency and the image has alpha; write PNG or WebP, or give a"
                + " background with WriteOptions.jpeg(quality).onto(colour)");
    byte[] file = Images.encode(clear, WriteOptions.jpeg(100).onto(Colour.WHITE));
    assertThat(Images.read(file)).isEqualTo(Image.filled(16, 16, Colour.WHITE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"out.png", "OUT.JPG", "out.webp"})
  void the_name_chooses_the_format(String name) throws IOException {
    Path file = folder.resolve(name);
    Images.write(TestImages.gradient(20, 10, 3), file);
    assertThat(Images.info(file).format()).isEqualTo(ImageFormat.ofName(file).orElseThrow());
    assertThat(names()).containsExactly(name);
  }

  @Test
  void a_name_that_tells_no_format_is_refused() {
    Image image = Image.blank(2, 2, 3);
    assertThatThrownBy(() -> Images.write(image, Path.of("out.xyz")))
        .hasMessage(
            "cannot tell from the name 'out.xyz' which format to write; end it in .png, .jpg or"
                + " .webp");
    assertThatThrownBy(() -> Images.write(image, Path.of("out.gif")))
        .hasMessageContaining("'out.gif' which format to write (GIF can only be read); end it in");
  }

  @Test
  void a_missing_folder_is_named() {
    Path file = folder.resolve("no/such/out.png");
    assertThatThrownBy(() -> Images.write(Image.blank(2, 2, 3), file))
        .isInstanceOf(ImageWriteException.class)
        .hasMessage(
            "cannot write '%s': the folder %s does not exist; create it first",
            file, file.getParent());
  }

  @Test
  void a_folder_as_target_is_refused() {
    assertThatThrownBy(() -> Images.write(Image.blank(2, 2, 3), folder, WriteOptions.png()))
        .hasMessage("'%s' is a folder; give the name of a file in it", folder);
  }

  @Test
  void a_failure_leaves_the_old_file_and_no_other() throws IOException {
    Path file = folder.resolve("out.png");
    Images.write(Image.blank(2, 2, 3), file);
    byte[] before = Files.readAllBytes(file);
    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      out.write(new byte[100_000]);
                      throw new IOException("No space left on device");
                    }))
        .isInstanceOf(ImageWriteException.class)
        .hasMessageMatching(
            "cannot write '.*out.png': No space left on device \\(\\d+ MB free on that disk\\)");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    assertThat(names()).containsExactly("out.png");
  }

  @Test
  void an_image_that_is_refused_leaves_no_file() throws IOException {
    Path file = folder.resolve("out.jpg");
    assertThatThrownBy(() -> Images.write(Image.blank(2, 2, 4), file))
        .hasMessageStartingWith("cannot write '" + file + "': JPEG cannot hold transparency");
    assertThatThrownBy(() -> Images.write(Image.blank(16384, 1, 3), folder.resolve("out.webp")))
        .hasMessageContaining("image is 16384 x 1, WebP holds sides up to 16383");
    assertThat(names()).isEmpty();
  }

  @Test
  void a_stream_is_left_open() throws IOException {
    boolean[] closed = {false};
    OutputStream out =
        new ByteArrayOutputStream() {
          @Override
          public void close() {
            closed[0] = true;
          }
        };
    for (WriteOptions options :
        new WriteOptions[] {
          WriteOptions.png(), WriteOptions.jpeg(80), WriteOptions.webpLossless()
        }) {
      Images.write(Image.blank(8, 8, 3), out, options);
    }
    assertThat(closed[0]).isFalse();
  }

  @Test
  void a_folder_without_permission_is_named() throws IOException {
    Path locked = Files.createDirectory(folder.resolve("locked"));
    assumeTrue(locked.toFile().setWritable(false) && !Files.isWritable(locked), "we are root");
    assertThatThrownBy(() -> Images.write(Image.blank(2, 2, 3), locked.resolve("out.png")))
        .isInstanceOf(ImageWriteException.class)
        .hasMessageContaining("no permission to write into " + locked);
  }

  @Test
  void many_threads_may_read_and_write_at_once() {
    Image image = TestImages.gradient(64, 48, 4);
    List<WriteOptions> all =
        List.of(
            WriteOptions.png(),
            WriteOptions.webpLossless(),
            WriteOptions.jpeg(80).onto(Colour.WHITE));
    List<Image> alone = all.stream().map(options -> roundTrip(image, options)).toList();
    IntStream.range(0, 60)
        .parallel()
        .forEach(
            i -> {
              int kind = i % all.size();
              assertThat(roundTrip(image, all.get(kind))).isEqualTo(alone.get(kind));
            });
  }

  private static Image roundTrip(Image image, WriteOptions options) {
    try {
      return Images.read(Images.encode(image, options));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).toList();
    }
  }
}
