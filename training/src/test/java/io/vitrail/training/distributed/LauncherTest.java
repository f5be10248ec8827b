package io.vitrail.training.distributed;

import static io.vitrail.testkit.TensorAssertions.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vitrail.nn.StateDict;
import io.vitrail.tensor.Device;
import io.vitrail.tensor.ProcessGroup.SharedFile;
import io.vitrail.tensor.Scope;
import io.vitrail.vision.vit.VisionTransformer;
import io.vitrail.weights.Weights;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ranks are processes here. The launcher is one too, so that what users see can be read. */
@Timeout(180)
class LauncherTest {

  /** The program: launches itself, and does as a rank what its first argument says. */
  static final class Main {
    private Main() {}

    public static void main(String[] arguments) throws Exception {
      var given = Rendezvous.given();
      if (given.isEmpty()) {
        System.exit(Launcher.run(2, Main.class, List.of(arguments), Duration.ofSeconds(60)));
      }
      if (arguments[0].equals("fail")) {
        fail(given.get().rank());
      }
      try (Distributed distributed = Distributed.join(given.get(), Device.CPU)) {
        switch (arguments[0]) {
          case "train" -> train(distributed, Path.of(arguments[1]));
          default -> together(distributed, arguments[0].equals("kill"));
        }
      } catch (DistributedException e) {
        System.err.println("rank " + given.get().rank() + ": " + e.getMessage());
        System.exit(3);
      }
    }

    private static void train(Distributed distributed, Path result) throws IOException {
      try (VisionTransformer model = Work.model(distributed.rank())) {
        Work.train(model, distributed);
        System.out.println("rank " + distributed.rank() + " has trained");
        if (distributed.isFirst()) {
          StateDict.of(model).save(result);
        }
        distributed.barrier();
      }
    }

    /** Rank 1 fails before it meets rank 0, which waits. */
    private static void fail(int rank) throws InterruptedException {
      if (rank == 1) {
        System.err.println("rank 1 cannot read its images");
        System.exit(5);
      }
      Thread.currentThread().join();
    }

    /** Exchanges numbers without an end; rank 0 may kill rank 1. */
    private static void together(Distributed distributed, boolean kill) {
      long own = ProcessHandle.current().pid();
      long first = (long) distributed.sum(distributed.isFirst() ? own : 0)[0];
      long second = (long) distributed.sum(distributed.isFirst() ? 0 : own)[0];
      if (distributed.isFirst()) {
        System.out.println("pids " + first + " " + second);
        if (kill) {
          ProcessHandle.of(second).orElseThrow().destroyForcibly();
        }
      }
      while (true) {
        distributed.barrier();
      }
    }
  }

  private static Process start(Map<String, String> environment, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-Dvitrail.threads=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(Main.class.getName());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    return builder.start();
  }

  private static String output(Process process) throws Exception {
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    return output;
  }

  @Test
  void two_processes_with_half_batches_train_as_one_with_the_whole(@TempDir Path folder)
      throws Exception {
    Path result = folder.resolve("result.safetensors");
    Process launcher = start(Map.of(), "train", result.toString());
    String output = output(launcher);
    assertThat(launcher.exitValue()).as(output).isZero();
    assertThat(output).contains("rank 0 has trained").doesNotContain("rank 1 has trained");
    try (VisionTransformer whole = Work.model(0);
        Weights file = Weights.open(result);
        Scope scope = Scope.open()) {
      Work.train(whole, Distributed.single());
      StateDict trained = StateDict.of(file);
      whole
          .state()
          .forEach((key, param) -> assertClose(key, trained.tensor(key), param.value(), 1e-6));
    }
  }

  @Test
  void a_killed_rank_ends_all_with_one_line_that_names_it() throws Exception {
    Process launcher = start(Map.of(), "kill");
    String output = output(launcher);
    assertThat(output)
        .containsOnlyOnce(
            "rank 1 was killed by signal 9; all ranks were ended; the same command resumes from"
                + " the last checkpoint\n")
        .doesNotContain("Exception");
    assertThat(launcher.exitValue()).isEqualTo(137);
  }

  @Test
  void without_a_launcher_the_rank_that_is_left_says_so_and_ends(@TempDir Path folder)
      throws Exception {
    List<Process> ranks = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Rendezvous place =
          new Rendezvous(new SharedFile(folder.resolve("meeting")), i, 2, Duration.ofSeconds(60));
      ranks.add(start(place.environment(), "kill"));
    }
    assertThat(output(ranks.get(0)))
        .containsOnlyOnce("rank 0: another process is gone or silent (barrier of rank 0 of 2: ")
        .contains("; the last checkpoint is whole: start all processes again to resume\n")
        .doesNotContain("Exception");
    assertThat(ranks.get(0).exitValue()).isEqualTo(3);
    assertThat(ranks.get(1).waitFor()).isEqualTo(137);
  }

  @Test
  void a_rank_that_fails_ends_all_and_its_last_line_is_told() throws Exception {
    Process launcher = start(Map.of(), "fail");
    String output = output(launcher);
    assertThat(output)
        .contains("rank 1 ended with exit code 5 (\"rank 1 cannot read its images\"); all ranks");
    assertThat(launcher.exitValue()).isEqualTo(5);
  }

  @Test
  void ranks_end_when_their_launcher_is_killed() throws Exception {
    Process launcher = start(Map.of(), "together");
    BufferedReader lines = new BufferedReader(new InputStreamReader(launcher.getInputStream()));
    String pids = lines.readLine();
    while (!pids.startsWith("pids ")) {
      pids = lines.readLine();
    }
    launcher.destroyForcibly();
    Stream.of(pids.substring(5).split(" "))
        .map(pid -> ProcessHandle.of(Long.parseLong(pid)))
        .flatMap(Optional::stream)
        .forEach(rank -> assertThat(rank.onExit()).succeedsWithin(Duration.ofSeconds(60)));
  }

  @Test
  void no_processes_are_too_few() {
    assertThatThrownBy(() -> Launcher.run(0, Main.class, List.of(), Duration.ofSeconds(1)))
        .hasMessage("processes must be at least 1, got 0");
  }
}
