package io.vitrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReproduceCommandTest {
  @TempDir Path dir;

  @Test
  void without_a_claim_it_says_which_there_are() {
    Cli.Result result = new Cli(dir).run("reproduce");
    assertThat(result.exit()).isEqualTo(2);
    assertThat(result.err()).contains("which claim? masksub");
  }

  @Test
  void options_that_make_no_sense_are_told_before_anything_is_trained() {
    Path missing = dir.resolve("fashion");
    Cli.Result folder = new Cli(dir).run("reproduce", "masksub", "--fashion", missing, "-o", dir);
    assertThat(folder.exit()).isEqualTo(2);
    assertThat(folder.err())
        .contains("'" + missing + "' is not a folder; --fashion takes the one with the four IDX");

    Cli.Result workers =
        new Cli(dir).run("reproduce", "masksub", "--quick", "--workers", "0", "-o", dir);
    assertThat(workers.exit()).isEqualTo(2);
    assertThat(workers.err()).contains("--workers must be at least 1, got 0");
    assertThat(dir).isEmptyDirectory();
  }
}
