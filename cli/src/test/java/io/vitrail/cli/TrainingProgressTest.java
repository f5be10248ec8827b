package io.vitrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vitrail.hub.Environment;
import io.vitrail.hub.Hub;
import io.vitrail.training.Scores;
import io.vitrail.training.TrainingListener.Epoch;
import io.vitrail.training.TrainingListener.Step;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TrainingProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private long seconds;

  private TrainingProgress progress(boolean terminal) {
    PrintStream err = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    Io io =
        new Io(
            InputStream.nullInputStream(), err, err, terminal, Environment.system(), Hub::standard);
    return new TrainingProgress(io, false, () -> seconds * 1_000_000_000L);
  }

  /** Two epochs of 100 steps; each step takes 2 seconds and has 32 images. */
  private void train(TrainingProgress progress, int from, int to) {
    for (int i = from; i <= to; i++) {
      seconds += 2;
      progress.step(new Step(0, i, 100, 2, 32, Map.of("loss", 1.25), 1e-3, 0.5));
    }
  }

  private String said() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void a_terminal_has_one_line_with_rate_and_time_left() {
    TrainingProgress progress = progress(true);
    progress.started(0, 0);
    train(progress, 1, 50);
    assertThat(said())
        .endsWith("epoch 1/2  step 50/100  loss 1.2500  lr 0.00100  16.0 images/s, 5 min left")
        .doesNotContain("\n");
  }

  @Test
  void a_log_has_a_line_a_minute() {
    TrainingProgress progress = progress(false);
    progress.started(0, 0);
    train(progress, 1, 100);
    assertThat(said().lines()).hasSize(3).allMatch(line -> line.contains("16.0 images/s"));
  }

  @Test
  void time_left_counts_from_where_a_run_was_resumed() {
    TrainingProgress progress = progress(true);
    progress.started(0, 90);
    train(progress, 91, 100);
    assertThat(said()).contains("resumed after epoch 0, step 90").endsWith("3 min left");
  }

  @Test
  void an_epoch_has_a_line_with_its_scores() {
    TrainingProgress progress = progress(false);
    progress.started(0, 0);
    train(progress, 1, 1);
    Scores scores = new Scores(40, 0.7312, 0.812, 1, new long[][] {{20, 0}, {0, 20}});
    progress.epoch(new Epoch(0, 2, Map.of("loss", 1.5), Optional.of(scores), true));
    assertThat(said())
        .isEqualTo(
            "epoch 1/2: loss 1.5000, top-1 81.20 %, top-5 100.00 %, loss 0.7312 on 40 images"
                + " (best), 16.0 images/s\n");
  }
}
