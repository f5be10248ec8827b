package io.vitrail.training.reproduce;

import static org.assertj.core.api.Assertions.assertThat;

import io.vitrail.imaging.Images;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reports of made-up numbers. */
class ReportTest {
  @TempDir Path dir;

  private final Study study = Study.quickDigits().with(Study.quickDigits().arms().subList(0, 2), 3);
  private RunStore store;
  private StepTimes times;

  @BeforeEach
  void open() throws IOException {
    store = RunStore.open(dir.resolve("runs.jsonl"));
    Files.writeString(
        dir.resolve("steps.json"), "{\"digits\": {\"MAIN\": 20.0, \"MAIN_AND_SUB\": 30.0}}");
    times = StepTimes.open(dir.resolve("steps.json"));
  }

  private void add(int seed, double plain, double maskSub) throws IOException {
    store.add(RunStoreTest.result(study, study.arms().get(0), seed, plain));
    store.add(RunStoreTest.result(study, study.arms().get(1), seed, maskSub));
  }

  private String report() {
    return Report.of(List.of(study), store, times, "vitrail reproduce masksub", "curves.png");
  }

  @Test
  void a_gain_beyond_two_standard_errors_is_claimed() throws IOException {
    add(0, 0.90, 0.92);
    add(1, 0.91, 0.94);
    add(2, 0.92, 0.94);
    assertThat(report())
        .contains("| plain, 100 epochs | 3 | 1.00 | 20.0 | 24 | 91.00 ± 0.58 |")
        .contains("+2.33 ± 0.33 (3 of 3)")
        .contains("**better top-1** (+2.33 points, standard error 0.33)")
        .contains("| 1 | 91.00 / 0.090 / 45.50 | 94.00 / 0.060 / 47.00 |");
  }

  @Test
  void a_gain_within_the_noise_is_not() throws IOException {
    add(0, 0.90, 0.95);
    add(1, 0.91, 0.90);
    add(2, 0.92, 0.93);
    assertThat(report())
        .contains("no clear difference in top-1 (+1.67 points, standard error 1.76)")
        .doesNotContain("**better");
  }

  @Test
  void only_pairs_are_compared() throws IOException {
    add(0, 0.90, 0.92);
    add(1, 0.90, 0.93);
    store.add(RunStoreTest.result(study, study.arms().get(0), 2, 0.1));
    assertThat(report())
        .contains("| plain, 100 epochs | 3 |")
        .contains("+2.50 ± 0.50 (2 of 2)")
        .contains("| 2 | 10.00 / 0.900 / 5.00 | - |");
  }

  @Test
  void curves_and_table_are_written() throws IOException {
    add(0, 0.90, 0.92);
    add(1, 0.91, 0.93);
    Curves.of(List.of(study), store, times).write(dir.resolve("curves.png"));
    assertThat(Images.read(dir.resolve("curves.png")).width()).isGreaterThan(1000);
    RunTable.write(List.of(study), store, dir.resolve("runs.csv"));
    assertThat(Files.readAllLines(dir.resolve("runs.csv")))
        .hasSize(5)
        .contains("digits,masksub,67,1,0.93000,0.07000,0.46500,0.010000");
  }
}
