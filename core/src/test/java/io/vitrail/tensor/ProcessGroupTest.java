package io.vitrail.tensor;

import static io.vitrail.testkit.TensorAssertions.assertClose;
import static io.vitrail.testkit.TensorAssertions.assertSame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vitrail.tensor.ProcessGroup.Reduction;
import io.vitrail.tensor.ProcessGroup.Transport;
import io.vitrail.testkit.Waves;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ranks are threads here; training's tests have them as processes. */
class ProcessGroupTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** What each of {@code world} ranks gives. */
  private static <T> List<T> ranks(
      int world, ProcessGroup.Meeting meeting, Duration limit, Function<ProcessGroup, T> body)
      throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(world);
    try {
      List<Future<T>> results = new ArrayList<>();
      for (int i = 0; i < world; i++) {
        int rank = i;
        results.add(
            threads.submit(
                () -> {
                  try (ProcessGroup group =
                      ProcessGroup.join(Transport.GLOO, meeting, rank, world, limit)) {
                    return body.apply(group);
                  }
                }));
      }
      List<T> all = new ArrayList<>();
      for (Future<T> result : results) {
        all.add(result.get());
      }
      return all;
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void all_have_the_sum_and_the_mean_to_the_bit(@TempDir Path folder) throws Exception {
    List<List<Tensor>> results =
        ranks(
            3,
            new ProcessGroup.SharedFile(folder.resolve("meeting")),
            LIMIT,
            group -> {
              Tensor sum = Scope.none(() -> Waves.of(group.rank(), 1001));
              Tensor mean = Scope.none(() -> Waves.of(group.rank(), 1001));
              Tensor count = Scope.none(() -> Tensor.of(new long[] {1L << (40 + group.rank())}, 1));
              group.allReduce(sum, Reduction.SUM);
              group.allReduce(mean, Reduction.MEAN);
              group.allReduce(count, Reduction.SUM);
              group.barrier();
              return List.of(sum, mean, count);
            });
    try (Scope scope = Scope.open()) {
      Tensor sum = Waves.of(0, 1001).add(Waves.of(1, 1001)).add(Waves.of(2, 1001));
      for (List<Tensor> result : results) {
        assertClose(result.get(0), sum, 1e-6);
        assertClose(result.get(1), sum.div(3), 1e-6);
        assertThat(result.get(2).toLongs()).containsExactly(7L << 40);
        for (int i = 0; i < 3; i++) {
          assertSame("rank", result.get(i), results.get(0).get(i));
        }
      }
    }
    results.forEach(result -> result.forEach(Tensor::close));
  }

  @Test
  void all_have_what_the_root_has_over_tcp() throws Exception {
    List<String> results =
        ranks(
            2,
            new ProcessGroup.Tcp("127.0.0.1", freePort()),
            LIMIT,
            group -> {
              try (Scope scope = Scope.open()) {
                Tensor floats = Tensor.full(group.rank() + 5, DType.F32, 2, 2).requiresGrad(true);
                Tensor counts = Tensor.of(new long[] {group.rank(), 7}, 2);
                group.broadcast(floats, 1);
                group.broadcast(counts, 0);
                return floats + " " + counts;
              }
            });
    assertThat(results)
        .containsOnly("Tensor [2, 2] float32 {6.0, 6.0, 6.0, 6.0} Tensor [2] int64 {0, 7}");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  void who_does_not_come_in_time_is_told_to_those_who_wait(@TempDir Path folder) throws Exception {
    assertThatThrownBy(
            () ->
                ProcessGroup.join(
                    Transport.GLOO,
                    new ProcessGroup.SharedFile(folder.resolve("alone")),
                    0,
                    2,
                    Duration.ofMillis(300)))
        .isInstanceOf(ProcessGroupException.class)
        .hasMessageStartingWith("rank 0 of 2 meets at " + folder.resolve("alone") + ": ");

    List<String> results =
        ranks(
            2,
            new ProcessGroup.SharedFile(folder.resolve("left")),
            Duration.ofSeconds(20),
            group -> {
              if (group.rank() == 1) {
                return "left";
              }
              try {
                group.barrier();
                return "no error";
              } catch (ProcessGroupException e) {
                return e.getMessage();
              }
            });
    assertThat(results.get(0))
        .startsWith("barrier of rank 0 of 2: ")
        .doesNotContain(".cc:")
        .doesNotContain("\n");
  }

  @Test
  void wrong_ranks_places_and_tensors_are_refused(@TempDir Path folder) throws Exception {
    ProcessGroup.Meeting meeting = new ProcessGroup.SharedFile(folder.resolve("meeting"));
    assertThatThrownBy(() -> ProcessGroup.join(Transport.GLOO, meeting, 2, 2, LIMIT))
        .hasMessage("rank must be 0 to 1 in a group of 2, got 2");
    assertThatThrownBy(() -> new ProcessGroup.Tcp("127.0.0.1", 70000))
        .hasMessage(
            "a meeting point is host:port with a port of 1 to 65535, got '127.0.0.1:70000'");
    ranks(
        1,
        meeting,
        LIMIT,
        group -> {
          try (Scope scope = Scope.open()) {
            assertThatThrownBy(() -> group.broadcast(Tensor.ones(2, 3).t(), 0))
                .hasMessage("broadcast: needs a contiguous tensor, got [3, 2] float32");
          }
          group.close();
          assertThatThrownBy(group::barrier).hasMessage("the process group was closed");
          return true;
        });
  }

  @Test
  void without_gpus_nccl_says_what_it_needs(@TempDir Path folder) {
    NativeLibrary.load();
    assumeTrue(!torch.cuda_is_available(), "this machine has a GPU");
    ProcessGroup.Meeting meeting = new ProcessGroup.SharedFile(folder.resolve("meeting"));
    assertThatThrownBy(() -> ProcessGroup.join(Transport.NCCL, meeting, 0, 1, LIMIT))
        .hasMessageContaining("nccl joins GPUs, and there is none")
        .hasMessageContaining("classifier '-gpu'");
  }
}
