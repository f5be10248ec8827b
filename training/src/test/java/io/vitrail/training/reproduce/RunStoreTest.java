package io.vitrail.training.reproduce;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunStoreTest {
  @TempDir Path dir;

  private static final Study STUDY = Study.quickDigits();
  private static final Arm PLAIN = STUDY.arms().get(0);

  static RunResult result(Study study, Arm arm, int seed, double top1) {
    return new RunResult(
        study.name(),
        study.settings(),
        arm.name(),
        seed,
        arm.epochs(),
        top1,
        1 - top1,
        top1 / 2,
        0.01,
        12.5,
        List.of(new RunResult.Point(5, 2.0, 0.3, 1.5), new RunResult.Point(10, 1.0, 0.6, 0.9)));
  }

  @Test
  void what_was_added_is_there_after_a_restart() throws IOException {
    RunResult first = result(STUDY, PLAIN, 0, 0.93);
    RunStore.open(dir.resolve("runs.jsonl")).add(first);
    RunStore again = RunStore.open(dir.resolve("runs.jsonl"));
    assertThat(again.find(STUDY, PLAIN, 0)).contains(first);
    assertThat(again.find(STUDY, PLAIN, 1)).isEmpty();
    assertThat(again.find(STUDY, STUDY.arms().get(1), 0)).isEmpty();
  }

  @Test
  void a_line_cut_short_is_trained_again_and_spoils_no_other() throws IOException {
    Path file = dir.resolve("runs.jsonl");
    RunStore.open(file).add(result(STUDY, PLAIN, 0, 0.93));
    Files.writeString(file, "{\"study\":\"digi", StandardOpenOption.APPEND);
    RunStore store = RunStore.open(file);
    assertThat(store.find(STUDY, PLAIN, 0)).isPresent();
    store.add(result(STUDY, PLAIN, 1, 0.9));
    assertThat(RunStore.open(file).find(STUDY, PLAIN, 1)).isPresent();
  }

  @Test
  void runs_of_other_settings_or_lengths_do_not_count() throws IOException {
    RunStore store = RunStore.open(dir.resolve("runs.jsonl"));
    store.add(result(STUDY, PLAIN, 0, 0.93));
    Study full = Study.digits();
    assertThat(store.find(full, full.arms().get(0), 0)).as("400 epochs").isEmpty();
    assertThat(Study.digits().settings()).isEqualTo(STUDY.settings());
    assertThat(Study.fashion(dir).settings()).isNotEqualTo(STUDY.settings());
  }
}
