package io.vitrail.training.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JSON lines and tables; the log of a run that is killed and goes on. */
class RunLogTest {
  @TempDir Path folder;

  private static Entry train(long step, double loss) {
    Map<String, Double> numbers = new LinkedHashMap<>();
    numbers.put("loss", loss);
    numbers.put("lr", 1e-3);
    return new Entry("train", step, step / 10.0, numbers);
  }

  private static Entry val(long step, double top1) {
    return new Entry("val", step, step / 10.0, Map.of("top1", top1));
  }

  private static void addAll(RunLog log, int from, int to) throws IOException {
    for (int step = from; step <= to; step++) {
      log.add(train(step, 1.0 / step));
      if (step % 3 == 0) {
        log.add(val(step, step));
      }
    }
  }

  private String text(String name) throws IOException {
    return Files.readString(folder.resolve(name));
  }

  @Test
  void entries_come_back_from_json_lines() throws IOException {
    Path file = folder.resolve("log.jsonl");
    List<Entry> entries =
        new ArrayList<>(List.of(train(1, Double.NaN), val(2, 0.1), train(3, 1e-300)));
    entries.add(train(4, Double.NEGATIVE_INFINITY));
    try (JsonLines log = JsonLines.open(file, -1)) {
      for (Entry entry : entries) {
        log.add(entry);
      }
    }
    assertThat(JsonLines.read(file)).isEqualTo(entries);
    assertThat(text("log.jsonl").lines().skip(1).findFirst())
        .contains("{\"part\":\"val\",\"step\":2,\"epoch\":0.2,\"top1\":0.1}");
  }

  @Test
  void tables_have_the_numbers_of_their_part() throws IOException {
    try (RunLog log = RunLog.create(folder)) {
      addAll(log, 1, 3);
    }
    assertThat(text("train.csv"))
        .isEqualTo(
            """
            step,epoch,loss,lr
            1,0.1,1.0,0.001
            2,0.2,0.5,0.001
            3,0.3,0.3333333333333333,0.001
            """);
    assertThat(text("val.csv")).isEqualTo("step,epoch,top1\n3,0.3,3.0\n");
  }

  @Test
  void a_new_number_becomes_a_new_column() throws IOException {
    try (RunLog log = RunLog.create(folder)) {
      log.add(train(1, 1));
      log.add(new Entry("train", 2, 0.2, Map.of("sub_loss", 0.5)));
      log.add(train(3, 1));
    }
    assertThat(text("train.csv"))
        .isEqualTo(
            """
            step,epoch,loss,lr,sub_loss
            1,0.1,1.0,0.001,
            2,0.2,,,0.5
            3,0.3,1.0,0.001,
            """);
  }

  @Test
  void a_run_that_goes_on_leaves_the_log_of_an_uninterrupted_one() throws IOException {
    Path whole = folder.resolve("whole");
    try (RunLog log = RunLog.create(whole)) {
      addAll(log, 1, 20);
    }
    Path broken = folder.resolve("broken");
    RunLog killed = RunLog.create(broken);
    addAll(killed, 1, 14); // the checkpoint was written at step 10
    Files.writeString(broken.resolve("log.jsonl"), "{\"part\":\"tr", StandardOpenOption.APPEND);
    Files.writeString(broken.resolve("train.csv"), "15,1.", StandardOpenOption.APPEND);
    try (RunLog log = RunLog.resume(broken, 10)) {
      addAll(log, 11, 20);
    }
    killed.close();
    for (String name : List.of("log.jsonl", "train.csv", "val.csv")) {
      assertThat(broken.resolve(name)).hasSameTextualContentAs(whole.resolve(name));
    }
  }

  @Test
  void a_run_without_a_checkpoint_begins_its_log_anew() throws IOException {
    try (RunLog log = RunLog.create(folder)) {
      addAll(log, 1, 5);
    }
    try (RunLog log = RunLog.resume(folder, -1)) {
      addAll(log, 1, 2);
    }
    assertThat(text("train.csv").lines()).hasSize(3);
    assertThat(text("val.csv").lines()).hasSize(1);
    assertThat(JsonLines.read(folder.resolve("log.jsonl"))).hasSize(2);
  }

  @Test
  void tables_of_others_are_left_alone() throws IOException {
    Files.writeString(folder.resolve("predictions.csv"), "file,label\n");
    RunLog.resume(folder, -1).close();
    assertThat(text("predictions.csv")).isEqualTo("file,label\n");
  }

  @Test
  void a_new_run_does_not_overwrite_the_log_of_another() throws IOException {
    RunLog.create(folder).close();
    assertThatThrownBy(() -> RunLog.create(folder))
        .hasMessage(
            "'%s' holds the log of a run; go on with it, or name another folder".formatted(folder));
  }

  @Test
  void a_file_that_is_no_log_is_named() throws IOException {
    Path file = Files.writeString(folder.resolve("log.jsonl"), "{\"step\":1}\n");
    assertThatThrownBy(() -> RunLog.resume(folder, 5))
        .hasMessage("'%s' is no log of a run; a line of it is: {\"step\":1}".formatted(file));
  }

  @Test
  void what_was_added_is_on_its_way_to_the_disk() throws IOException {
    try (RunLog log = RunLog.create(folder)) {
      log.add(train(1, 1));
      assertThat(text("train.csv").lines()).hasSize(2);
      assertThat(text("log.jsonl").lines()).hasSize(1);
    }
  }

  @Test
  void closing_closes_all_sinks_also_when_one_fails() {
    List<String> closed = new ArrayList<>();
    LogSink failing =
        sink(
            () -> {
              throw new IOException("disk full");
            });
    LogSink good = sink(() -> closed.add("good"));
    assertThatThrownBy(RunLog.of(failing, good, failing)::close)
        .hasMessage("disk full")
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
    assertThat(closed).containsExactly("good");
  }

  private interface Closing {
    void run() throws IOException;
  }

  private static LogSink sink(Closing closing) {
    return new LogSink() {
      @Override
      public void add(Entry entry) {}

      @Override
      public void close() throws IOException {
        closing.run();
      }
    };
  }

  @Test
  void wrong_entries_are_named() {
    assertThatThrownBy(() -> new Entry("a/b", 0, 0, Map.of("x", 1.0)))
        .hasMessage("part of a log is letters, digits, '_' and '-', got 'a/b'");
    assertThatThrownBy(() -> new Entry("a", -1, 0, Map.of("x", 1.0)))
        .hasMessage("step must be at least 0, got -1");
    assertThatThrownBy(() -> new Entry("a", 0, 0, Map.of("epoch", 1.0)))
        .hasMessage("an entry has its epoch beside its numbers");
    assertThatThrownBy(() -> new Entry("a", 0, 0, Map.of("top 1", 1.0)))
        .hasMessage("name of a number has no blanks, commas and quotes, got 'top 1'");
    assertThatThrownBy(() -> new Entry("a", 0, 0, Map.of()))
        .hasMessage("an entry needs at least one number, got none");
  }

  @Test
  void nothing_temporary_is_left() throws IOException {
    try (RunLog log = RunLog.create(folder)) {
      addAll(log, 1, 6);
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(f -> f.getFileName().toString()).filter(n -> !n.startsWith("events.")))
          .containsExactlyInAnyOrder(
              "log.jsonl", "train.csv", "val.csv", "curves.png", "curves.svg");
    }
  }
}
