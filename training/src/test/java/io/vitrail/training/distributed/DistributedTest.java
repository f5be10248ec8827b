package io.vitrail.training.distributed;

import static io.vitrail.testkit.TensorAssertions.assertClose;
import static io.vitrail.testkit.TensorAssertions.assertSame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vitrail.nn.BatchNorm2d;
import io.vitrail.nn.Layer;
import io.vitrail.tensor.DType;
import io.vitrail.tensor.Device;
import io.vitrail.tensor.Mode;
import io.vitrail.tensor.ProcessGroup.SharedFile;
import io.vitrail.tensor.ProcessGroup.Tcp;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.testkit.Leaks;
import io.vitrail.testkit.Waves;
import io.vitrail.vision.vit.VisionTransformer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ranks are threads here, processes in {@link LauncherTest}. */
class DistributedTest {

  private static <T> List<T> ranks(int world, Path folder, Function<Distributed, T> body)
      throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(world);
    try {
      List<Future<T>> results = new ArrayList<>();
      for (int i = 0; i < world; i++) {
        Rendezvous place =
            new Rendezvous(
                new SharedFile(folder.resolve("meeting")), i, world, Duration.ofSeconds(60));
        results.add(
            threads.submit(
                () -> {
                  try (Distributed distributed = Distributed.join(place, Device.CPU)) {
                    return body.apply(distributed);
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
  void two_ranks_with_half_batches_train_as_one_with_the_whole(@TempDir Path folder)
      throws Exception {
    List<VisionTransformer> models =
        ranks(
            2,
            folder,
            distributed -> {
              VisionTransformer model = Work.model(distributed.rank()); // rank 0's counts
              Work.train(model, distributed);
              return model;
            });
    try (VisionTransformer whole = Work.model(0);
        VisionTransformer first = models.get(0);
        VisionTransformer second = models.get(1);
        Scope scope = Scope.open()) {
      Work.train(whole, Distributed.single());
      whole
          .state()
          .forEach(
              (key, param) -> {
                Tensor ours = first.state().get(key).value();
                assertClose(key, ours, param.value(), 1e-6);
                assertSame(key, second.state().get(key).value(), ours);
              });
    }
  }

  @Test
  void gradients_that_only_some_ranks_have_count_as_0_elsewhere(@TempDir Path folder)
      throws Exception {
    List<String> results =
        ranks(
            2,
            folder,
            distributed -> {
              try (Scope scope = Scope.open()) {
                Tensor both = Tensor.ones(2).requiresGrad(true);
                Tensor one = Tensor.ones(2).requiresGrad(true);
                Tensor none = Tensor.ones(2).requiresGrad(true);
                both.mul(distributed.rank() + 1).sum().backward();
                if (distributed.rank() == 1) {
                  one.mul(3).sum().backward();
                }
                distributed.averageGradients(List.of(both, none, one));
                return both.grad() + " " + one.grad() + " " + none.grad();
              }
            });
    assertThat(results)
        .containsOnly("Tensor [2] float32 {1.5, 1.5} Tensor [2] float32 {1.5, 1.5} null");
  }

  @Test
  void weights_with_channels_last_and_counts_are_those_of_rank_0(@TempDir Path folder)
      throws Exception {
    List<String> results =
        ranks(
            2,
            folder,
            distributed -> {
              try (Scope scope = Scope.open();
                  Norms norms = new Norms(distributed.rank())) {
                norms.channelsLast();
                distributed.start(norms);
                return norms.state().values().stream().map(p -> p.value().toString()).toList()
                    + " "
                    + norms.state().get("kernel").value().isChannelsLast();
              }
            });
    assertThat(results.get(1)).isEqualTo(results.get(0)).endsWith("true");
  }

  @Test
  void running_statistics_are_averaged_and_nothing_else(@TempDir Path folder) throws Exception {
    List<String> results =
        ranks(
            2,
            folder,
            distributed -> {
              try (Scope scope = Scope.open();
                  Norms norms = new Norms(distributed.rank())) {
                distributed.averageBatchNorms(norms);
                Map<String, io.vitrail.nn.Param> state = norms.state();
                assertThat(state.get("norm.num_batches_tracked").value().item())
                    .isEqualTo(10 * distributed.rank());
                assertThat(state.get("norm.weight").value().toFloats())
                    .containsOnly(distributed.rank());
                return state.get("norm.running_mean").value()
                    + " "
                    + state.get("norm.running_var").value();
              }
            });
    assertThat(results).containsOnly("Tensor [2] float32 {0.5, 0.5} Tensor [2] float32 {0.5, 0.5}");
  }

  /** A norm and a kernel, filled with the rank; ten batches seen per rank. */
  private static final class Norms extends Layer {
    Norms(int rank) {
      child("norm", new BatchNorm2d(2));
      param("kernel", 2, 3, 2, 2).set(() -> Waves.of(rank, 2, 3, 2, 2));
      init(Rng.seeded(1));
      try (Mode mode = Mode.noGrad()) {
        state().forEach((key, param) -> fill(key, param.value(), rank));
      }
    }

    private static void fill(String key, Tensor value, int rank) {
      if (!key.equals("kernel")) {
        value.fillInPlace(value.dtype() == DType.I64 ? 10 * rank : rank);
      }
    }
  }

  @Test
  void numbers_are_summed_and_a_wish_of_one_is_heard_by_all(@TempDir Path folder) throws Exception {
    List<String> results =
        ranks(
            3,
            folder,
            distributed -> {
              distributed.barrier();
              double[] sums = distributed.sum(distributed.rank(), 0.1);
              boolean any = distributed.any(distributed.rank() == 2);
              boolean none = distributed.any(false);
              return "%s %.3f %s %s %d"
                  .formatted(sums[0], sums[1], any, none, distributed.sum().length);
            });
    assertThat(results).containsOnly("3.0 0.300 true false 0");
  }

  @Test
  void a_single_process_agrees_with_itself() {
    Distributed single = Distributed.single();
    assertThat(single.isFirst()).isTrue();
    assertThat(single.world()).isEqualTo(1);
    assertThat(single.sum(1, 2)).containsExactly(1, 2);
    assertThat(single.any(true)).isTrue();
    try (Scope scope = Scope.open()) {
      Tensor tensor = Tensor.ones(2).requiresGrad(true);
      tensor.sum().backward();
      single.averageGradients(List.of(tensor));
      assertThat(Objects.requireNonNull(tensor.grad()).toFloats()).containsExactly(1, 1);
    }
  }

  @Test
  void buckets_are_of_one_type_and_bounded_and_copied_back_in_place() {
    try (Scope scope = Scope.open()) {
      Tensor big = Tensor.zeros((Buckets.BYTES >> 2) + 1);
      Tensor half = Tensor.zeros((Buckets.BYTES >> 2) / 2);
      Tensor count = Tensor.of(new long[] {3}, 1);
      Tensor small = Tensor.zeros(4);
      assertThat(Buckets.of(List.of(half, half, small, big, small, count, count)))
          .containsExactly(
              List.of(half, half),
              List.of(small),
              List.of(big),
              List.of(small),
              List.of(count, count));
      assertThat(Buckets.of(List.of())).isEmpty();

      Tensor matrix = Waves.of(1, 2, 3).t(); // [3, 2], not contiguous
      List<Tensor> bucket = List.of(matrix, small);
      Tensor flat = Buckets.flatten(bucket);
      Tensor before = matrix.copy();
      Buckets.copyBack(flat.mul(2), bucket);
      assertClose(matrix, before.mul(2), 0);
    }
  }

  @Test
  void averaging_leaks_nothing(@TempDir Path folder) throws Exception {
    ranks(
        1,
        folder,
        distributed -> {
          Leaks.flat(
              () -> {
                try (Scope scope = Scope.open()) {
                  Tensor tensor = Tensor.ones(100).requiresGrad(true);
                  tensor.sum().backward();
                  distributed.averageGradients(List.of(tensor));
                }
              },
              20);
          return true;
        });
  }

  @Test
  void places_are_read_from_texts_and_from_the_launcher() {
    Rendezvous place = Rendezvous.at("10.0.0.1:29500", 1, 3);
    assertThat(place.meeting()).isEqualTo(new Tcp("10.0.0.1", 29500));
    assertThat(place.timeout()).isEqualTo(Duration.ofMinutes(10));
    Rendezvous given =
        new Rendezvous(new SharedFile(Path.of("meeting")), 2, 3, Duration.ofSeconds(7));
    assertThat(Rendezvous.from(given.environment())).contains(given);
    assertThat(Rendezvous.from(Map.of())).isEmpty();
    for (String wrong : List.of("host", "host:", ":1", "host:no", "host:99999")) {
      assertThatThrownBy(() -> Rendezvous.at(wrong, 0, 2))
          .hasMessage("a rendezvous is host:port, such as 10.0.0.1:29500, got '" + wrong + "'");
    }
    assertThatThrownBy(() -> Rendezvous.at("host:1", 2, 2))
        .hasMessage("rank 2 of 2 processes: ranks are 0 to 1");
    assertThatThrownBy(() -> place.withTimeout(Duration.ZERO))
        .hasMessage("a timeout is above 0 seconds, got 0");
  }

  @Test
  void ranks_that_do_not_come_are_named(@TempDir Path folder) {
    Rendezvous alone =
        new Rendezvous(new SharedFile(folder.resolve("alone")), 0, 2, Duration.ofSeconds(1));
    assertThatThrownBy(() -> Distributed.join(alone, Device.CPU))
        .isInstanceOf(DistributedException.class)
        .hasMessageStartingWith("another process is gone or silent (rank 0 of 2 meets at ")
        .hasMessageEndingWith("not all came within 1 s; start every rank from 0 to 1");
  }
}
