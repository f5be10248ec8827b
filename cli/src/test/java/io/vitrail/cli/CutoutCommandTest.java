package io.vitrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vitrail.imaging.Image;
import io.vitrail.imaging.ImageFormat;
import io.vitrail.imaging.Images;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CutoutCommandTest {
  @TempDir Path dir;
  private Cli cli;

  @BeforeEach
  void import_a_tiny_model() {
    cli = Cli.withTinyModel(dir.resolve("home"));
  }

  private Cli.Result cutout(Object... more) {
    Object[] args = new Object[more.length + 3];
    args[0] = "cutout";
    args[1] = "--size";
    args[2] = 64;
    System.arraycopy(more, 0, args, 3, more.length);
    return cli.run(args);
  }

  private static void assertFine(Cli.Result result) {
    assertThat(result.exit()).as(result.err()).isZero();
  }

  @Test
  void a_photo_gets_a_cutout_beside_it() throws IOException {
    Path photo = Photos.square(dir.resolve("photo.jpg"));
    Cli.Result result = cutout(photo);
    assertFine(result);
    Image cutout = Images.read(dir.resolve("photo-cutout.png"));
    assertThat(cutout.hasAlpha()).isTrue();
    assertThat(cutout.width()).isEqualTo(48);
    assertThat(cutout.height()).isEqualTo(32);
    assertThat(result.err()).contains("photo.jpg -> ").contains("photo-cutout.png");
    assertThat(result.out()).isEmpty();
  }

  @Test
  void a_folder_is_mirrored() throws IOException {
    Photos.square(dir.resolve("in/a.jpg"));
    Photos.square(dir.resolve("in/x/y/b.png"));
    Photos.square(dir.resolve("in/.hidden/c.png"));
    Photos.square(dir.resolve("in/.d.png"));
    Files.writeString(dir.resolve("in/notes.txt"), "no photo");
    assertFine(cutout(dir.resolve("in"), "-o", dir.resolve("out"), "--format", "webp"));
    assertThat(dir.resolve("out"))
        .isDirectoryRecursivelyContaining("glob:**/out/a.webp")
        .isDirectoryRecursivelyContaining("glob:**/out/x/y/b.webp")
        .isDirectoryNotContaining("glob:**/.*")
        .isDirectoryNotContaining("glob:**/notes*");
  }

  @Test
  void resume_makes_only_what_is_missing_or_outdated() throws IOException {
    Path a = Photos.square(dir.resolve("in/a.png"));
    Photos.square(dir.resolve("in/b.png"));
    Photos.square(dir.resolve("in/c.png"));
    Path out = dir.resolve("out");
    assertFine(cutout(dir.resolve("in"), "-o", out));
    Files.delete(out.resolve("b.png"));
    FileTime old = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(out.resolve("a.png"), old);
    Files.setLastModifiedTime(a, FileTime.fromMillis(2_000_000));
    FileTime untouched = Files.getLastModifiedTime(out.resolve("c.png"));

    Cli.Result again = cutout(dir.resolve("in"), "-o", out, "--resume");

    assertFine(again);
    assertThat(again.err()).contains("2 made, 1 there already, 0 failed");
    assertThat(out.resolve("b.png")).exists();
    assertThat(Files.getLastModifiedTime(out.resolve("a.png"))).isGreaterThan(old);
    assertThat(Files.getLastModifiedTime(out.resolve("c.png"))).isEqualTo(untouched);
    assertThat(cutout(dir.resolve("in"), "-o", out, "--resume").err()).contains("0 made, 3 there");
  }

  @Test
  void standard_input_goes_to_standard_output() throws IOException {
    byte[] photo = Files.readAllBytes(Photos.square(dir.resolve("photo.png")));
    cli.withStdin(photo);
    Cli.Result result = cutout("-");
    assertFine(result);
    assertThat(result.err()).isEmpty();
    assertThat(Images.read(result.bytes()).hasAlpha()).isTrue();

    assertFine(cutout("-", "-o", dir.resolve("named.webp")));
    assertThat(Images.read(dir.resolve("named.webp"))).isEqualTo(Images.read(result.bytes()));

    Cli.Result toStdout = cutout(dir.resolve("photo.png"), "-o", "-");
    assertThat(toStdout.bytes()).isEqualTo(result.bytes());
  }

  @Test
  void an_empty_standard_input_fails_in_one_line() {
    Cli.Result result = cutout("-");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.errLines()).hasSize(1);
    assertThat(result.err()).contains("standard input", "0 bytes");
  }

  @Test
  void the_mask_is_the_alpha_of_the_cutout() throws IOException {
    Path photo = Photos.square(dir.resolve("photo.png"));
    assertFine(cutout(photo, "-o", dir.resolve("cutout.png")));
    assertFine(cutout(photo, "--only-mask", "-o", dir.resolve("mask.png")));
    Image mask = Images.read(dir.resolve("mask.png"));
    assertThat(mask.isGrey()).isTrue();
    assertThat(mask).isEqualTo(Images.read(dir.resolve("cutout.png")).alpha());
    assertThat(Images.info(dir.resolve("mask.png")).width()).isEqualTo(48);
    assertFine(cutout(photo, "--only-mask", "--format", "jpg", "-o", dir.resolve("mask.jpg")));
  }

  @Test
  void a_background_colour_shows_where_the_cutout_is_transparent() throws IOException {
    Path photo = Photos.square(dir.resolve("photo.png"));
    assertFine(cutout(photo, "-o", dir.resolve("cutout.png")));
    assertFine(cutout(photo, "--background", "#00ff00", "-o", dir.resolve("green.png")));
    Image cutout = Images.read(dir.resolve("cutout.png"));
    Image green = Images.read(dir.resolve("green.png"));
    assertThat(green.hasAlpha()).isFalse();
    int transparent = 0;
    for (int y = 0; y < cutout.height(); y++) {
      for (int x = 0; x < cutout.width(); x++) {
        if (cutout.get(x, y, 3) == 0) {
          transparent++;
          assertThat(green.get(x, y, 0)).isZero();
          assertThat(green.get(x, y, 1)).isEqualTo(255);
        }
      }
    }
    assertThat(transparent).isPositive(); // stretching to 0..1 leaves at least one
    assertFine(cutout(photo, "--background", "white", "--format", "jpg"));
    assertThat(Images.info(dir.resolve("photo-cutout.jpg")).format()).isEqualTo(ImageFormat.JPEG);
  }

  @Test
  void a_background_picture_covers_and_is_cropped_around_its_centre() throws IOException {
    Image wide = Image.grey(300, 100, 10).paste(Image.grey(100, 100, 200), 100, 0);
    Image covered =
        new Background.Picture(wide).under(Image.blank(50, 50, 4)); // transparent all over
    assertThat(covered.width()).isEqualTo(50);
    for (int x = 3; x < 47; x++) { // the filter reaches a little beyond the part
      assertThat(covered.get(x, 25, 0)).isEqualTo(200);
    }
    Images.write(wide, dir.resolve("wide.png"));
    Path photo = Photos.square(dir.resolve("photo.png"));
    assertFine(cutout(photo, "--background", dir.resolve("wide.png")));
    assertThat(Images.read(dir.resolve("photo-cutout.png")).hasAlpha()).isFalse();
  }

  @Test
  void photos_of_one_name_get_results_of_two() throws IOException {
    Photos.square(dir.resolve("in/a.jpg"));
    Photos.square(dir.resolve("in/a.png"));
    Photos.square(dir.resolve("in/b.png"));
    assertFine(cutout(dir.resolve("in"), "-o", dir.resolve("out")));
    assertThat(dir.resolve("out/a-jpg.png")).exists();
    assertThat(dir.resolve("out/a-png.png")).exists();
    assertThat(dir.resolve("out/b.png")).exists();
    assertThat(dir.resolve("out/a.png")).doesNotExist();
  }

  @Test
  void a_photo_is_never_overwritten() throws IOException {
    Path photo = Photos.square(dir.resolve("in/a.png"));
    byte[] before = Files.readAllBytes(photo);
    Cli.Result result = cutout(photo, "-o", photo);
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.err()).contains("would overwrite a photo");
    assertThat(cutout(dir.resolve("in"), "-o", dir.resolve("in")).exit()).isEqualTo(1);
    assertThat(Files.readAllBytes(photo)).isEqualTo(before);
  }

  @Test
  void results_are_not_cut_out_again() throws IOException {
    Photos.square(dir.resolve("in/a.png"));
    assertFine(cutout(dir.resolve("in")));
    assertFine(cutout(dir.resolve("in")));
    assertThat(dir.resolve("in/a-cutout.png")).exists();
    assertThat(dir.resolve("in/a-cutout-cutout.png")).doesNotExist();

    assertFine(cutout(dir.resolve("in"), "-o", dir.resolve("in/out")));
    Files.delete(dir.resolve("in/a-cutout.png"));
    assertFine(cutout(dir.resolve("in"), "-o", dir.resolve("in/out")));
    assertThat(dir.resolve("in/out/out")).doesNotExist();
  }

  @Test
  void progress_has_a_line_for_each_file_and_rates_where_there_is_no_terminal() throws IOException {
    Photos.square(dir.resolve("in/a.png"));
    Photos.square(dir.resolve("in/b.png"));
    Cli.Result result = cutout(dir.resolve("in"), "-o", dir.resolve("out"));
    assertThat(result.err())
        .containsPattern("\\[1/2] \\S+a.png -> \\S+a.png  .* images/s, .* left\n")
        .containsPattern("\\[2/2] \\S+b.png -> \\S+b.png  .* images/s\n")
        .contains("2 made, 0 there already, 0 failed, in ")
        .doesNotContain("\r", "\u001b");
  }

  @Test
  void progress_is_one_line_on_a_terminal() throws IOException {
    Photos.square(dir.resolve("in/a.png"));
    Photos.square(dir.resolve("in/b.png"));
    cli.onTerminal();
    Cli.Result result = cutout(dir.resolve("in"), "-o", dir.resolve("out"));
    assertThat(result.err())
        .contains("\r\u001b[K[0/2] ", "\r\u001b[K2 made, 0 there already, 0 failed")
        .doesNotContain(" -> ");
  }

  @Test
  void quiet_says_nothing_when_all_is_fine() throws IOException {
    Photos.square(dir.resolve("in/a.png"));
    Photos.square(dir.resolve("in/b.png"));
    assertThat(cutout(dir.resolve("in"), "-q").err()).isEmpty();
  }

  @Test
  void every_option_is_understood() throws IOException {
    Path photo = Photos.square(dir.resolve("photo.png"));
    assertFine(
        cutout(
            photo,
            "--post-process",
            "--foreground=none",
            "--style=rembg",
            "--precision=f32",
            "--threads=1",
            "--model=isnet-general-use"));
    assertFine(cutout(photo, "--precision=bf16", "--foreground=estimate", "--style=authors"));
  }
}
