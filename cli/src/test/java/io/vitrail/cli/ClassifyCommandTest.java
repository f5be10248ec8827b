package io.vitrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vitrail.nn.StateDict;
import io.vitrail.tensor.Rng;
import io.vitrail.vision.ImageModel;
import io.vitrail.vision.zoo.Models;
import io.vitrail.vision.zoo.WeightNotes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(Lifecycle.PER_CLASS)
class ClassifyCommandTest {
  private static final List<String> CLASSES = List.of("ant", "bee, \"honey\"", "cat");

  private Path weights;
  private Path bare;

  @BeforeAll
  void write_weights(@TempDir Path folder) throws IOException {
    WeightNotes notes =
        new WeightNotes(
            "vit_tiny_patch16_224",
            CLASSES,
            32,
            List.of(0.5, 0.5, 0.5),
            List.of(0.5, 0.5, 0.5),
            0.9,
            "bicubic");
    weights = folder.resolve("own.safetensors");
    bare = folder.resolve("bare.safetensors");
    try (ImageModel net = Models.create(notes.architecture(), notes.overrides());
        Rng rng = Rng.seeded(1)) {
      net.init(rng);
      StateDict.of(net).save(weights, notes.toMetadata());
      StateDict.of(net).save(bare, Map.of());
    }
  }

  private Cli.Result classify(Path folder, Object... more) {
    return run(new Cli(folder.resolve("home")), weights, more);
  }

  private static Cli.Result run(Cli cli, Path model, Object... more) {
    List<Object> args = new ArrayList<>(List.of("classify", "--model", model));
    args.addAll(List.of(more));
    return cli.run(args.toArray());
  }

  private static void assertFine(Cli.Result result) {
    assertThat(result.exit()).as(result.err()).isZero();
  }

  private static void assertFailsInOneLine(Cli.Result result, String... parts) {
    assertThat(result.err()).contains(parts);
    assertThat(result.errLines()).hasSize(1);
    assertThat(result.err()).startsWith("vitrail: ").doesNotContain("Exception", "\tat ");
    assertThat(result.exit()).isEqualTo(1);
  }

  private static void assertIsMisuse(Cli.Result result, String... parts) {
    assertThat(result.err()).contains(parts).contains("usage: vitrail classify --help");
    assertThat(result.exit()).isEqualTo(2);
  }

  @Test
  void a_photo_gets_its_likeliest_labels(@TempDir Path dir) throws IOException {
    Path photo = Photos.square(dir.resolve("photo.jpg"));
    Cli.Result result = classify(dir, photo);
    assertFine(result);
    List<String> lines = result.out().lines().toList();
    assertThat(lines).hasSize(4); // the file, and as many labels as there are classes
    assertThat(lines.get(0)).isEqualTo(photo.toString());
    double last = 100;
    Set<String> named = new HashSet<>();
    for (String line : lines.subList(1, 4)) {
      assertThat(line).matches(" +[0-9]+\\.[0-9]{2} %  .+");
      double percent = Double.parseDouble(line.strip().split(" ")[0]);
      assertThat(percent).isLessThanOrEqualTo(last);
      last = percent;
      named.add(line.substring(line.indexOf("%  ") + 3));
    }
    assertThat(named).isEqualTo(Set.copyOf(CLASSES));
    assertThat(result.err()).isEmpty();
  }

  @Test
  void a_folder_gives_one_json_object_a_line_and_a_bad_file_stops_nothing(@TempDir Path dir)
      throws IOException {
    for (int i = 0; i < 11; i++) { // more than go through the network at once
      Photos.square(dir.resolve("in/%02d.png".formatted(i)), 30 + i, 40);
    }
    Photos.halfOf(dir.resolve("in/03.png"), dir.resolve("in/04.png"));
    Files.createFile(dir.resolve("in/10.png.jpg"));
    Cli.Result result = classify(dir, dir.resolve("in"), "--json", "--top", 1);
    assertThat(result.exit()).isEqualTo(1);
    ObjectMapper json = new ObjectMapper();
    List<String> files = new ArrayList<>();
    int bad = 0;
    for (String line : result.out().lines().toList()) {
      JsonNode node = json.readTree(line);
      files.add(Path.of(node.get("file").asText()).getFileName().toString());
      if (node.has("error")) {
        bad++;
      } else {
        assertThat(node.get("labels")).hasSize(1);
        JsonNode label = node.get("labels").get(0);
        assertThat(label.get("label").asText()).isEqualTo(CLASSES.get(label.get("index").asInt()));
        assertThat(label.get("probability").asDouble()).isBetween(1 / 3.0, 1.0);
      }
    }
    assertThat(files).hasSize(12).isSorted();
    assertThat(bad).isEqualTo(2);
    assertThat(result.err())
        .contains("10 classified, 2 failed, in ")
        .containsPattern("failed: '?\\S+04.png");
  }

  @Test
  void a_table_is_quoted(@TempDir Path dir) throws IOException {
    Path photo = Photos.square(dir.resolve("a, b.png"));
    Cli.Result result = classify(dir, photo, "--csv");
    assertFine(result);
    List<String> lines = result.out().lines().toList();
    assertThat(lines).hasSize(4);
    assertThat(lines.get(0)).isEqualTo("file,rank,index,label,probability");
    assertThat(lines.get(1)).startsWith("\"" + photo + "\",1,");
    assertThat(result.out()).containsPattern(",1,\"bee, \"\"honey\"\"\",0\\.\\d{6}\n");
  }

  @Test
  void standard_input_is_a_photo_too(@TempDir Path dir) throws IOException {
    Path photo = Photos.square(dir.resolve("photo.png"));
    Cli cli = new Cli(dir.resolve("home")).withStdin(Files.readAllBytes(photo));
    Cli.Result result = run(cli, weights, "-");
    assertFine(result);
    String ofFile = classify(dir, photo).out();
    assertThat(result.out()).isEqualTo(ofFile.replace(photo.toString(), "standard input"));
    assertFailsInOneLine(classify(dir, "-"), "standard input", "0 bytes");
    assertIsMisuse(classify(dir, "-", photo), "cannot be mixed");
  }

  @Test
  void labels_of_ones_own_are_one_a_line(@TempDir Path dir) throws IOException {
    Path photo = Photos.square(dir.resolve("photo.png"));
    Path labels = Files.write(dir.resolve("labels.txt"), List.of("eins", "zwei", "drei"));
    Cli.Result result = classify(dir, photo, "--labels", labels);
    assertFine(result);
    assertThat(result.out()).contains("eins", "zwei", "drei");

    Files.write(labels, List.of("eins", "zwei"));
    assertFailsInOneLine(
        classify(dir, photo, "--labels", labels), "3 scores", "there are 2 labels");
    assertFailsInOneLine(
        classify(dir, photo, "--labels", dir.resolve("none.txt")), "none.txt", "does not exist");
  }

  @Test
  void every_option_is_understood(@TempDir Path dir) throws IOException {
    Path photo = Photos.square(dir.resolve("photo.png"));
    assertFine(
        classify(dir, photo, "--size=48", "--precision=bf16", "--threads=1", "--top=2", "--quiet"));
    Cli.Result named =
        run(
            new Cli(dir.resolve("home")),
            bare,
            photo,
            "--architecture=vit_tiny_patch16_224",
            "--size=32");
    assertFine(named);
    assertThat(named.out()).contains("class 0", "class 1", "class 2");
  }

  @Test
  void what_cannot_be_opened_fails_in_one_line(@TempDir Path dir) throws IOException {
    Path photo = Photos.square(dir.resolve("photo.png"));
    assertFailsInOneLine(
        classify(dir, dir.resolve("none.jpg")), "none.jpg", "does not exist", "check the path");
    Cli cli = new Cli(dir.resolve("home"));
    assertFailsInOneLine(run(cli, bare, photo), "bare.safetensors", "--architecture");
    assertFailsInOneLine(run(cli, photo, photo), "photo.png");
    assertFailsInOneLine(
        run(cli, dir.resolve("no/weights.pth"), photo), "weights.pth", "check the path");
    assertFailsInOneLine(
        run(cli, Path.of("isnet-general-use"), photo),
        "'isnet-general-use' is a model for cutout, not for classify");
    assertThat(run(cli, Path.of("resnet50.a1_in1k"), photo).err())
        .contains("resnet50.a1_in1k", "VITRAIL_OFFLINE");
  }

  @Test
  void a_senseless_command_line_is_misuse(@TempDir Path dir) throws IOException {
    Path photo = Photos.square(dir.resolve("photo.png"));
    assertIsMisuse(classify(dir, photo, "--top", 0), "--top must be at least 1, got 0");
    assertIsMisuse(classify(dir, photo, "--size", 0), "--size must be at least 1, got 0");
    assertIsMisuse(classify(dir, photo, "--threads", 0), "--threads must be at least 1");
    assertIsMisuse(classify(dir, photo, "--json", "--csv"), "--json", "--csv");
    assertIsMisuse(classify(dir), "IN");
    Cli cli = new Cli(dir.resolve("home"));
    assertIsMisuse(run(cli, Path.of("resnet51"), photo), "--model: unknown model 'resnet51'");
    assertIsMisuse(
        run(cli, Path.of("resnet50.a1_in1k"), photo, "--architecture", "resnet50"),
        "--architecture is for a weight file");
  }
}
