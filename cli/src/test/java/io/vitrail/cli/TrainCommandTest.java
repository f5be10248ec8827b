package io.vitrail.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.vitrail.imaging.Image;
import io.vitrail.imaging.Images;
import io.vitrail.weights.Weights;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainCommandTest {
  @TempDir static Path photos;
  @TempDir Path dir;

  private static final List<String> CLASSES = List.of("blue", "green", "red");

  @BeforeAll
  static void twelve_photos_of_each_colour() throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    for (int c = 0; c < CLASSES.size(); c++) {
      for (int i = 0; i < 12; i++) {
        byte[] pixels = new byte[40 * 36 * 3];
        for (int p = 0; p < pixels.length; p++) {
          pixels[p] = (byte) ((p % 3 == 2 - c ? 180 : 60) + random.nextInt(-40, 41));
        }
        Path folder = Files.createDirectories(photos.resolve(CLASSES.get(c)));
        Images.write(Image.of(40, 36, 3, pixels), folder.resolve(i + ".png"));
      }
    }
  }

  /** The smallest network of the zoo on few pixels. */
  private List<String> arguments(String... more) {
    List<String> all =
        new ArrayList<>(
            List.of("train", "--recipe", "tiny-vit", "--data", photos.toString(), "--seed", "3"));
    all.addAll(List.of("-o", dir.resolve("run").toString(), "--workers", "1", "--threads", "1"));
    for (String set :
        List.of("imageSize=32", "batch=8", "epochs=2", "warmupEpochs=0", "holdOut=0.25")) {
      all.addAll(List.of("--set", set));
    }
    all.addAll(List.of("--precision", "f32"));
    all.addAll(List.of(more));
    return all;
  }

  private Cli.Result train(String... more) {
    return new Cli(dir).run(arguments(more).toArray());
  }

  @Test
  void a_folder_of_photos_becomes_weights_that_know_what_they_are() throws IOException {
    Cli.Result result = train("--set", "epochs=3", "--masksub", "0.5");
    assertThat(result.exit()).as(result.err()).isZero();
    assertThat(result.err())
        .contains("tiny-vit: vit_tiny_patch16_224 on 27 images of 3 classes, 9 to judge by")
        .containsPattern("epoch 3/3: loss [0-9.]+, top-1 [0-9.]+ %, top-5 100.00 %, loss .* on 9")
        .contains("images/s", "3 epochs done; the best weights are ");
    Path run = dir.resolve("run");
    for (String file :
        List.of(
            "last.safetensors",
            "best.safetensors",
            "resume.safetensors",
            "recipe.json",
            "log.jsonl")) {
      assertThat(run.resolve(file)).isNotEmptyFile();
    }
    try (Weights weights = Weights.open(run.resolve("best.safetensors"))) {
      assertThat(weights.metadata())
          .containsEntry("architecture", "vit_tiny_patch16_224")
          .containsEntry("label_names", "[\"blue\",\"green\",\"red\"]");
      assertThat(weights.get("head.weight").shape()).containsExactly(3, 192);
    }

    Cli.Result shown =
        new Cli(dir)
            .run(
                "classify",
                "--model",
                run.resolve("best.safetensors"),
                photos.resolve("red/0.png"));
    assertThat(shown.exit()).as(shown.err()).isZero();
    assertThat(shown.out()).contains("blue", "green", "red");

    Cli.Result judged =
        new Cli(dir)
            .run(
                "validate",
                run.resolve("best.safetensors"),
                "--data",
                photos,
                "--per-class",
                "--json",
                dir.resolve("scores.json"),
                "--confusion",
                dir.resolve("confusion.csv"));
    assertThat(judged.exit()).as(judged.err()).isZero();
    assertThat(judged.out()).containsPattern("top-1 .* on 9 images").containsPattern("red +3 ");
    assertThat(dir.resolve("scores.json")).content().contains("\"top1\"", "\"confusion\"");
    assertThat(Files.readAllLines(dir.resolve("confusion.csv")))
        .hasSize(4)
        .startsWith("class,blue,green,red");
  }

  @Test
  void a_run_goes_on_with_nothing_but_its_folder() {
    assertThat(train().exit()).isZero();
    Path run = dir.resolve("run");
    Cli.Result again = new Cli(dir).run("train", "--resume", "-o", run);
    assertThat(again.exit()).as(again.err()).isZero();
    assertThat(again.err()).contains("resumed after epoch 2, step 0", "2 epochs done");

    Cli.Result over = train();
    assertThat(over.exit()).isEqualTo(1);
    assertThat(over.err()).contains("holds a training already; go on with it by --resume");

    Cli.Result other = train("--resume", "--set", "lr=1");
    assertThat(other.exit()).isEqualTo(1);
    assertThat(other.err()).contains("optimizer.lr: 0.001 -> 1.0");
  }

  @Test
  void a_dry_run_tells_what_would_be() {
    Cli.Result result = train("--dry-run", "--set", "accumulation=2");
    assertThat(result.exit()).as(result.err()).isZero();
    assertThat(result.out())
        .contains("5,4", "steps       8: 2 epochs of 4, each of 8 images in 2 parts")
        .containsPattern("memory +8[0-9.]+ MB for weights, gradients and averages")
        .containsPattern("decay 0.05 ");
    assertThat(dir.resolve("run")).doesNotExist();
  }

  @Test
  void weights_of_another_run_are_a_start() throws IOException {
    assertThat(train().exit()).isZero();
    Path weights = dir.resolve("run/best.safetensors");
    List<String> words = arguments("--init", weights.toString());
    words.set(words.indexOf(dir.resolve("run").toString()), dir.resolve("next").toString());
    Cli.Result next = new Cli(dir).run(words.toArray());
    assertThat(next.exit()).as(next.err()).isZero();
    assertThat(dir.resolve("next/best.safetensors")).exists();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "train --data x | where to? give a folder for checkpoints and logs with -o RUN",
        "train -o run | on what? give a folder of images with --data DIR",
        "train -o run --data x --recipe tiny-vitt | unknown recipe 'tiny-vitt'; near: tiny-vit",
        "train -o run --data x --recipe no/such.yaml | there is no recipe file 'no/such.yaml'",
        "train -o run --data x --set epoch=3 | --set: there is no 'epoch'; near: epochs",
        "train -o run --data x --set epochs=many | --set: 'epochs' is a whole number",
        "train -o run --data x --masksub 2 | masksub.ratio is in [0, 1), got 2.0",
        "train -o run --data x --workers 0 | --workers must be at least 1, got 0",
        "train recipes no-such | unknown recipe 'no-such'; near: "
      })
  void misuse_is_told_in_one_line(String command, String message) {
    Cli.Result result = new Cli(dir).run((Object[]) command.split(" "));
    assertThat(result.exit()).isEqualTo(2);
    assertThat(result.err()).contains(message);
    assertThat(result.errLines()).hasSize(1);
  }

  @Test
  void what_is_not_there_is_told_in_one_line() {
    Cli.Result data =
        new Cli(dir).run("train", "-o", dir.resolve("run"), "--data", dir.resolve("no"));
    assertThat(data.exit()).isEqualTo(1);
    assertThat(data.errLines()).hasSize(1);
    assertThat(data.err()).contains("no");
    assertThat(dir.resolve("run")).doesNotExist();

    Cli.Result init = train("--init", "no.safetensors");
    assertThat(init.exit()).isEqualTo(1);
    assertThat(init.err()).contains("there is no weight file 'no.safetensors'; check the path");

    Cli.Result batch = train("--set", "batch=64", "--set", "lastBatch=drop");
    assertThat(batch.exit()).isEqualTo(1);
    assertThat(batch.err()).contains("27 images make no batch of 64; set a smaller batch");

    Cli.Result net = train("--set", "model.name=vit_tiny_patch61_224");
    assertThat(net.exit()).isEqualTo(1);
    assertThat(net.err()).contains("unknown network 'vit_tiny_patch61_224'; near: vit_tiny");
  }

  @Test
  void a_folder_that_cannot_be_made_is_told_in_one_line() throws IOException {
    Files.createFile(dir.resolve("run"));
    Cli.Result result = train();
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.errLines()).last().asString().contains("run' is not a folder");
  }

  @Test
  void recipes_are_listed_and_shown() {
    Cli.Result list = new Cli(dir).run("train", "recipes");
    assertThat(list.exit()).isZero();
    assertThat(list.out())
        .containsPattern("deit3-small +deit3_small_patch16_224 +224 +400 +2048 +lamb +bce")
        .contains("transfer", "mae-huge", "clip-base", "resnet152-rsb", "swin-base");
    Cli.Result one = new Cli(dir).run("train", "recipes", "mae-base");
    assertThat(one.out()).contains("layerDecay: 0.65", "autoAugment: \"rand-m9-mstd0.5-inc1\"");
  }

  @Test
  void two_processes_give_what_one_gives() throws IOException {
    String[] sets = {"--set", "optimizer.type=sgd", "--set", "lastBatch=drop"};
    assertThat(train(sets).exit()).isZero();
    List<String> words = arguments(sets);
    words.addAll(List.of("--nproc", "2"));
    words.set(words.indexOf(dir.resolve("run").toString()), dir.resolve("two").toString());
    Cli.Result two = new Cli(dir).run(words.toArray());
    assertThat(two.exit()).as(two.err()).isZero();
    try (Weights one = Weights.open(dir.resolve("run/last.safetensors"));
        Weights both = Weights.open(dir.resolve("two/last.safetensors"))) {
      for (String name : one.names()) {
        float[] expected = one.get(name).toFloats();
        float[] found = both.get(name).toFloats();
        for (int i = 0; i < expected.length; i++) {
          assertThat(found[i]).as(name).isCloseTo(expected[i], offset(1e-6f));
        }
      }
    }
  }

  /** By SIGTERM: Ctrl-C takes the same way, but whoever runs tests in the background ignores it. */
  @Test
  void asked_to_end_it_saves_and_tells_how_to_go_on() throws Exception {
    assumeFalse(System.getProperty("os.name").startsWith("Windows"), "has no SIGTERM");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(
        List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
    command.add("io.vitrail.cli.Main");
    command.addAll(arguments("--set", "epochs=200"));
    Process process =
        new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    StringBuilder said = new StringBuilder();
    try (BufferedReader err = process.errorReader()) {
      for (String line = err.readLine(); line != null; line = err.readLine()) {
        said.append(line).append('\n');
        if (line.startsWith("epoch 1/")) {
          process.toHandle().destroy(); // of the handle, since the process's own closes its streams
        }
      }
    }
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(said.toString())
        .contains("stopping after this step, and saving; once more ends at once")
        .contains("stopped and saved; go on with: vitrail train --resume -o " + dir.resolve("run"));
    assertThat(process.exitValue()).isEqualTo(130);
    try (Weights state = Weights.open(dir.resolve("run/resume.safetensors"))) {
      assertThat(Integer.parseInt(state.metadata().get("epoch"))).isBetween(1, 199);
    }
  }
}
