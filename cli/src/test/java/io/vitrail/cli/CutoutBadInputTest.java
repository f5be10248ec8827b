package io.vitrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vitrail.hub.Hub;
import io.vitrail.hub.ModelCard;
import io.vitrail.hub.NpmSource;
import io.vitrail.imaging.Image;
import io.vitrail.imaging.Images;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Whatever comes in: one clear line, the right exit code, nothing half-written. */
@TestInstance(Lifecycle.PER_CLASS)
class CutoutBadInputTest {
  private Path weights;

  @BeforeAll
  void make_weights(@TempDir Path folder) {
    weights = Cli.tinyWeights(folder.resolve("tiny.safetensors"));
  }

  private Cli.Result cutout(Path folder, Object... more) {
    Object[] args = new Object[more.length + 5];
    args[0] = "cutout";
    args[1] = "--size";
    args[2] = 64;
    args[3] = "--model";
    args[4] = weights;
    System.arraycopy(more, 0, args, 5, more.length);
    return new Cli(folder.resolve("home")).run(args);
  }

  private static void assertFailsInOneLine(Cli.Result result, String... parts) {
    assertThat(result.err()).contains(parts);
    assertThat(result.errLines()).hasSize(1);
    assertThat(result.err()).startsWith("vitrail: ").doesNotContain("Exception", "\tat ");
    assertThat(result.exit()).isEqualTo(1);
  }

  private static void assertIsMisuse(Cli.Result result, String... parts) {
    assertThat(result.err()).contains(parts).contains("usage: vitrail cutout --help");
    assertThat(result.errLines()).hasSize(1);
    assertThat(result.exit()).isEqualTo(2);
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void a_missing_photo_is_named_with_where_it_was_looked_for(@TempDir Path dir) {
    assertFailsInOneLine(
        cutout(dir, dir.resolve("none.jpg")), "none.jpg", "does not exist", "check the path");
  }

  @Test
  void a_truncated_jpeg_fails(@TempDir Path dir) throws IOException {
    Path cut = Photos.halfOf(Photos.square(dir.resolve("a.jpg")), dir.resolve("cut.jpg"));
    assertFailsInOneLine(cutout(dir, cut), "cut.jpg", "JPEG");
    assertThat(names(dir)).containsExactly("a.jpg", "cut.jpg");
  }

  @Test
  void an_empty_file_fails(@TempDir Path dir) throws IOException {
    Path empty = Files.createFile(dir.resolve("empty.png"));
    assertFailsInOneLine(cutout(dir, empty), "empty.png", "0 bytes");
  }

  @Test
  void text_named_png_fails(@TempDir Path dir) throws IOException {
    Path text = Files.writeString(dir.resolve("text.png"), "this is a letter, not a picture");
    assertFailsInOneLine(cutout(dir, text), "text.png", "expected");
  }

  @Test
  void unusual_photos_are_cut_out(@TempDir Path dir) throws IOException {
    Path one = Photos.square(dir.resolve("one.png"), 1, 1);
    Path wide = Photos.square(dir.resolve("wide.png"), 20_000, 50);
    Path grey = Photos.grey16(dir.resolve("grey16.png"));
    Path cmyk = Photos.cmykJpeg(dir.resolve("cmyk.jpg"));
    Path gif = Photos.animatedGif(dir.resolve("moving.gif"));

    Cli.Result result = cutout(dir, one, wide, grey, cmyk, gif, "-o", dir.resolve("out"));

    assertThat(result.err()).contains("5 made, 0 there already, 0 failed");
    assertThat(result.exit()).isZero();
    assertThat(Images.read(dir.resolve("out/one.png"))).matches(i -> i.width() == 1);
    assertThat(Images.read(dir.resolve("out/wide.png")))
        .matches(i -> i.width() == 20_000 && i.height() == 50 && i.hasAlpha());
    assertThat(Images.read(dir.resolve("out/grey16.png"))).matches(Image::hasAlpha);
    assertThat(Images.read(dir.resolve("out/cmyk.png"))).matches(Image::hasAlpha);
    assertThat(Images.read(dir.resolve("out/moving.png"))).matches(Image::hasAlpha);
  }

  @Test
  void a_folder_without_images_fails(@TempDir Path dir) throws IOException {
    Path folder = Files.createDirectory(dir.resolve("letters"));
    Files.writeString(folder.resolve("a.txt"), "no image");
    assertFailsInOneLine(cutout(dir, folder), "letters", "no image files", ".png");
  }

  @Test
  void one_bad_file_does_not_stop_a_batch(@TempDir Path dir) throws IOException {
    Path in = Files.createDirectory(dir.resolve("in"));
    Photos.square(in.resolve("a.png"));
    Files.createFile(in.resolve("b.png"));
    Photos.square(in.resolve("sub/c.jpg"));
    Files.writeString(in.resolve("d.png"), "not a picture");
    Photos.square(in.resolve("e.webp"));

    Cli.Result result = cutout(dir, in, dir.resolve("none.png"), "-o", dir.resolve("out"));

    assertThat(result.exit()).isEqualTo(1);
    assertThat(names(dir.resolve("out"))).containsExactly("a.png", "e.png", "sub/c.png");
    assertThat(result.err()).contains("3 made, 0 there already, 3 failed");
    assertThat(result.errLines().stream().filter(line -> line.startsWith("failed: ")))
        .hasSize(3)
        .anyMatch(line -> line.contains("b.png"))
        .anyMatch(line -> line.contains("d.png"))
        .anyMatch(line -> line.contains("none.png"));
  }

  @Test
  void an_output_that_cannot_be_written_fails_before_any_work(@TempDir Path dir)
      throws IOException {
    Path photo = Photos.square(dir.resolve("a.png"));
    Path file = Files.createFile(dir.resolve("file"));
    assertFailsInOneLine(cutout(dir, photo, "-o", file.resolve("b.png")), file.toString());
    assertFailsInOneLine(cutout(dir, photo, "-o", file), file.toString());
    assertFailsInOneLine(cutout(dir, photo, "-o", file.resolve("folder")), file.toString());
    assertThat(names(dir)).containsExactly("a.png", "file");
  }

  @Test
  void a_folder_in_the_place_of_a_result_fails_for_that_photo_alone(@TempDir Path dir)
      throws IOException {
    Path in = Files.createDirectory(dir.resolve("in"));
    Photos.square(in.resolve("a.png"));
    Photos.square(in.resolve("b.png"));
    Files.createDirectories(dir.resolve("out/a.png"));
    Cli.Result result = cutout(dir, in, "-o", dir.resolve("out"));
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.err()).contains("1 made", "is a folder");
    assertThat(names(dir.resolve("out"))).containsExactly("b.png");
  }

  @Test
  void weights_cut_in_half_fail(@TempDir Path dir) throws IOException {
    Path photo = Photos.square(dir.resolve("a.png"));
    Path half = Photos.halfOf(weights, dir.resolve("half.safetensors"));
    assertThat(cutout(dir, photo).exit()).isZero(); // the whole one works
    assertFailsInOneLine(
        new Cli(dir).run("cutout", photo, "--model", half), "half.safetensors", "expected");
  }

  @Test
  void a_pickle_that_wants_to_run_a_command_does_not(@TempDir Path dir) throws IOException {
    Path photo = Photos.square(dir.resolve("a.png"));
    Path proof = dir.resolve("proof");
    String pickle = "cposix\nsystem\n(S'touch " + proof + "'\ntR.";
    ByteArrayOutputStream zip = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(zip)) {
      out.putNextEntry(new ZipEntry("archive/data.pkl"));
      out.write(pickle.getBytes(StandardCharsets.ISO_8859_1));
    }
    Path file = Files.write(dir.resolve("evil.pth"), zip.toByteArray());
    assertFailsInOneLine(
        new Cli(dir).run("cutout", photo, "--model", file), "evil.pth", "expected");
    assertThat(proof).doesNotExist();
  }

  @Test
  void a_header_of_an_exabyte_fails(@TempDir Path dir) throws IOException {
    Path photo = Photos.square(dir.resolve("a.png"));
    ByteBuffer bytes = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(1L << 60).put((byte) '{');
    Path file = Files.write(dir.resolve("huge.safetensors"), bytes.array());
    assertFailsInOneLine(
        new Cli(dir).run("cutout", photo, "--model", file), "huge.safetensors", "expected");
  }

  @Test
  void offline_without_the_model_says_how_to_go_on(@TempDir Path dir) throws IOException {
    Path photo = Photos.square(dir.resolve("a.png"));
    assertFailsInOneLine(
        new Cli(dir.resolve("home")).run("cutout", photo),
        "isnet-general-use",
        "VITRAIL_OFFLINE",
        "vitrail models import isnet-general-use FILE");
    assertThat(dir.resolve("a-cutout.png")).doesNotExist();
  }

  @Test
  void without_npm_the_reason_and_the_way_on_are_shown(@TempDir Path dir) throws IOException {
    Path photo = Photos.square(dir.resolve("a.png"));
    Cli cli = new Cli(dir.resolve("home")).without("VITRAIL_OFFLINE").withCards(List.of(npmOnly()));
    Cli.Result result = cli.run("cutout", photo, "--quiet");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.err())
        .contains("npm not found", "Node.js", "vitrail models import")
        .doesNotContain("Exception");
  }

  private static ModelCard npmOnly() {
    ModelCard card = Hub.standard().cards().get(0);
    return new ModelCard(
        card.name(),
        card.title(),
        card.task(),
        card.architecture(),
        card.support(),
        card.licence(),
        card.licenceNote(),
        card.paper(),
        card.preprocessing(),
        card.sources().stream().filter(NpmSource.class::isInstance).toList());
  }

  @Test
  void an_unknown_model_is_misuse_and_near_names_are_shown(@TempDir Path dir) {
    assertIsMisuse(
        new Cli(dir).run("cutout", "a.png", "--model", "isnet-general"),
        "unknown model 'isnet-general'",
        "isnet-general-use");
  }

  @Test
  void a_missing_weight_file_fails(@TempDir Path dir) {
    assertFailsInOneLine(
        new Cli(dir).run("cutout", "a.png", "--model", "models/none.pth"),
        "no weight file 'models/none.pth'");
  }

  @Test
  void a_model_that_is_planned_is_not_fetched(@TempDir Path dir) {
    assertFailsInOneLine(
        new Cli(dir).run("cutout", "a.png", "--model", "sam-vit-b"), "not run yet");
  }

  @Test
  void jpeg_needs_a_background(@TempDir Path dir) throws IOException {
    Path photo = Photos.square(dir.resolve("a.png"));
    assertIsMisuse(cutout(dir, photo, "--format", "jpg"), "JPEG", "--background COLOUR");
    assertIsMisuse(cutout(dir, photo, "-o", dir.resolve("b.jpg")), "--background COLOUR");
    assertIsMisuse(
        cutout(dir, photo, "-o", dir.resolve("b.jpg"), "--background", "transparent"),
        "--background COLOUR");
  }

  @Test
  void options_that_contradict_one_another_are_misuse(@TempDir Path dir) throws IOException {
    Path a = Photos.square(dir.resolve("a.png"));
    Path b = Photos.square(dir.resolve("b.png"));
    assertIsMisuse(cutout(dir, a, "--only-mask", "--background", "red"), "exclude one another");
    assertIsMisuse(cutout(dir, a, "-o", dir.resolve("c.png"), "--format", "webp"), "disagree");
    assertIsMisuse(cutout(dir, a, "-o", dir.resolve("c.tiff")), "TIFF can only be read");
    assertIsMisuse(cutout(dir, a, b, "-o", dir.resolve("c.png")), "give a folder");
    assertIsMisuse(cutout(dir, dir, "-o", "-"), "standard output");
    assertIsMisuse(cutout(dir, a, "-"), "standard input");
    assertIsMisuse(
        new Cli(dir).run("cutout", a, "--size", "1000"), "--size", "multiple of 32", "1000");
    assertIsMisuse(cutout(dir, a, "--threads", "0"), "--threads");
    assertIsMisuse(cutout(dir, a, "--precision", "f64"), "--precision", "f64");
    assertIsMisuse(new Cli(dir).run("cutout"), "'IN'");
  }

  @Test
  void a_background_that_is_neither_colour_nor_file_fails(@TempDir Path dir) throws IOException {
    Path photo = Photos.square(dir.resolve("a.png"));
    assertFailsInOneLine(
        cutout(dir, photo, "--background", "whitish"), "no file 'whitish'", "not a colour");
  }

  @Test
  void debug_shows_where_it_happened(@TempDir Path dir) {
    Cli.Result result = new Cli(dir).run("--debug", "models", "path", "isnet-general-use");
    assertThat(result.err()).contains("HubException", "\tat io.vitrail.cli.ModelsPath");
    assertThat(result.exit()).isEqualTo(1);
  }
}
