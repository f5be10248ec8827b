package io.vitrail.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vitrail.imaging.Image;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.testkit.Leaks;
import io.vitrail.testkit.Seeds;
import io.vitrail.training.augment.Preparation;
import io.vitrail.training.data.LoaderConfig.BadFiles;
import io.vitrail.training.data.LoaderConfig.LastBatch;
import io.vitrail.training.data.Sampler.Remainder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LoaderTest {

  /** Images of one pixel, whose value is their index; some cannot be read. */
  private record Numbers(int size, Set<Integer> broken) implements Dataset {
    @Override
    public List<String> classes() {
      return List.of("even", "odd");
    }

    @Override
    public int label(int index) {
      return index % 2;
    }

    @Override
    public Image image(int index) throws IOException {
      if (broken.contains(index)) {
        throw new IOException("'" + name(index) + "' is broken");
      }
      return Image.grey(1, 1, index);
    }

    @Override
    public String name(int index) {
      return "number-" + index + ".png";
    }
  }

  /** Writes the pixel and a random number. */
  private interface Noisy extends Preparation {
    @Override
    default int channels() {
      return 1;
    }

    @Override
    default int height() {
      return 1;
    }

    @Override
    default int width() {
      return 2;
    }
  }

  private static final Noisy NOISY =
      (image, random, out, offset) -> {
        out[offset] = image.get(0, 0, 0);
        out[offset + 1] = random.nextFloat();
      };

  private static Numbers numbers(int size) {
    return new Numbers(size, Set.of());
  }

  private static Loader loader(Dataset data, Sampler sampler, LoaderConfig config) {
    return new Loader(data, sampler, NOISY, config);
  }

  /** All a consumer can see of the batches. */
  private static List<String> seen(Batches batches) {
    List<String> seen = new ArrayList<>();
    try (batches) {
      while (batches.hasNext()) {
        try (Scope scope = Scope.open()) {
          Batch batch = batches.next();
          List<String> samples = samples(batch);
          seen.add(batch.epoch() + "/" + batch.number() + " " + samples);
        }
      }
    }
    return seen;
  }

  private static List<String> samples(Batch batch) {
    float[] pixels = batch.images().toFloats();
    long[] labels = batch.labels().toLongs();
    List<String> samples = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      assertThat(batch.label(i)).isEqualTo((int) labels[i]);
      samples.add(batch.index(i) + ":" + labels[i] + ":" + pixels[2 * i] + ":" + pixels[2 * i + 1]);
    }
    return samples;
  }

  @Test
  void batches_hold_images_and_labels_in_the_samplers_order() {
    Loader loader = loader(numbers(5), Sampler.sequential(5), LoaderConfig.evaluation(2));
    try (Batches batches = loader.epoch(0);
        Scope scope = Scope.open()) {
      Batch first = batches.next();
      Tensor images = first.images();
      assertThat(images.shape()).containsExactly(2, 1, 1, 2);
      assertThat(first.labels().toLongs()).containsExactly(0, 1);
      batches.next();
      Batch last = batches.next();
      assertThat(last.size()).isEqualTo(1);
      assertThat(last.images().toFloats()[0]).isEqualTo(4);
      assertThat(batches.hasNext()).isFalse();
      assertThat(images.toFloats()[2]).isEqualTo(1); // its array was used again, it was not
    }
  }

  @Test
  void results_do_not_depend_on_the_number_of_workers_or_batches_ahead() {
    long seed = Seeds.next();
    Sampler sampler = Sampler.shuffled(103, seed);
    LoaderConfig config = LoaderConfig.training(8, seed).withWorkers(1);
    List<String> expected = seen(loader(numbers(103), sampler, config).epoch(4));
    assertThat(expected).hasSize(12);
    for (int workers = 2; workers < 7; workers++) {
      LoaderConfig other = config.withWorkers(workers).withAhead(workers);
      assertThat(seen(loader(numbers(103), sampler, other).epoch(4))).isEqualTo(expected);
    }
  }

  @Test
  void an_epoch_can_start_at_any_batch() {
    Sampler sampler = Sampler.shuffled(50, 1);
    Loader loader = loader(numbers(50), sampler, LoaderConfig.training(8, 1).withWorkers(3));
    List<String> whole = seen(loader.epoch(2));
    for (int first = 0; first <= 6; first++) {
      assertThat(seen(loader.epoch(2, first))).isEqualTo(whole.subList(first, 6));
    }
    assertThat(seen(loader.epoch(3))).isNotEqualTo(whole);
  }

  @Test
  void ranks_together_see_the_batches_of_one() {
    Sampler all = Sampler.repeated(40, 3, 9);
    List<List<String>> whole = new ArrayList<>();
    List<List<String>> shared = new ArrayList<>();
    try (Scope scope = Scope.open();
        Batches one = loader(numbers(40), all, LoaderConfig.training(8, 9)).epoch(1);
        Batches left = rank(all, 0).epoch(1);
        Batches right = rank(all, 1).epoch(1)) {
      while (one.hasNext()) {
        whole.add(samples(one.next()));
        List<String> both = new ArrayList<>(samples(left.next()));
        both.addAll(samples(right.next()));
        shared.add(both);
      }
    }
    assertThat(whole).hasSize(5);
    for (int i = 0; i < 5; i++) {
      assertThat(shared.get(i)).containsExactlyInAnyOrderElementsOf(whole.get(i));
    }
  }

  private static Loader rank(Sampler all, int rank) {
    return loader(numbers(40), all.shard(rank, 2, Remainder.DROP), LoaderConfig.training(4, 9));
  }

  @Test
  void copies_of_an_image_are_augmented_differently() {
    Loader loader = loader(numbers(9), Sampler.repeated(9, 3, 0), LoaderConfig.training(3, 0));
    try (Scope scope = Scope.open();
        Batches batches = loader.epoch(0)) {
      Batch batch = batches.next();
      assertThat(batch.index(0)).isEqualTo(batch.index(1)).isEqualTo(batch.index(2));
      float[] values = batch.images().toFloats();
      assertThat(Set.of(values[1], values[3], values[5])).hasSize(3);
    }
  }

  @Test
  void an_incomplete_last_batch_is_dropped_or_kept() {
    LoaderConfig config = LoaderConfig.training(4, 0);
    Loader dropping = loader(numbers(10), Sampler.sequential(10), config);
    Loader keeping =
        loader(numbers(10), Sampler.sequential(10), config.withLastBatch(LastBatch.KEEP));
    assertThat(List.of(dropping.batches(), dropping.samples())).containsExactly(2, 8);
    assertThat(List.of(keeping.batches(), keeping.samples())).containsExactly(3, 10);
    assertThat(seen(dropping.epoch(0))).isEqualTo(seen(keeping.epoch(0)).subList(0, 2));
    assertThatThrownBy(() -> loader(numbers(3), Sampler.sequential(3), LoaderConfig.training(4, 0)))
        .hasMessage(
            "an epoch of 3 images has no batch of 4; lower batchSize, or keep the last batch");
  }

  @Test
  void an_image_that_cannot_be_read_ends_the_epoch_at_its_batch_with_its_name() {
    Numbers data = new Numbers(20, Set.of(11, 9));
    for (int workers = 1; workers < 5; workers++) {
      LoaderConfig config = LoaderConfig.training(4, 0).withWorkers(workers);
      try (Scope scope = Scope.open();
          Batches batches = loader(data, Sampler.sequential(20), config).epoch(0)) {
        batches.next();
        batches.next();
        assertThatThrownBy(batches::next)
            .isInstanceOf(LoadException.class)
            .hasMessage(
                "'number-9.png' is broken; replace the file, or let training skip bad files");
        assertThat(batches.next().number()).isEqualTo(3); // the rest is as it should be
        assertThat(batches.next().size()).isEqualTo(4);
      }
    }
  }

  @Test
  void images_that_cannot_be_read_can_be_left_out_and_are_counted() {
    Numbers data = new Numbers(8, Set.of(1, 2, 7));
    LoaderConfig config = LoaderConfig.training(4, 0).withBadFiles(BadFiles.SKIP);
    Loader loader = loader(data, Sampler.sequential(8), config);
    Loader whole = loader(numbers(8), Sampler.sequential(8), config);
    for (int epoch = 0; epoch < 2; epoch++) {
      try (Scope scope = Scope.open();
          Batches some = loader.epoch(epoch);
          Batches all = whole.epoch(epoch)) {
        List<String> expected = samples(all.next());
        assertThat(samples(some.next())).containsExactly(expected.get(0), expected.get(3));
        assertThat(samples(some.next())).isEqualTo(samples(all.next()).subList(0, 3));
      }
    }
    assertThat(loader.skipped()).isEqualTo(3);
  }

  @Test
  void a_batch_without_a_readable_image_is_an_error() {
    Numbers data = new Numbers(4, Set.of(0, 1));
    LoaderConfig config = LoaderConfig.training(2, 0).withBadFiles(BadFiles.SKIP);
    try (Batches batches = loader(data, Sampler.sequential(4), config).epoch(0)) {
      assertThatThrownBy(batches::next)
          .hasMessage("none of the 2 images of batch 0 can be read; see the log");
    }
  }

  @Test
  void what_fails_in_a_worker_reaches_the_consumer() {
    Noisy throwing =
        (image, random, out, offset) -> {
          throw new IllegalStateException("no such crop");
        };
    Noisy dying =
        (image, random, out, offset) -> {
          throw new OutOfMemoryError("heap");
        };
    LoaderConfig config = LoaderConfig.training(2, 0);
    try (Batches batches =
        new Loader(numbers(4), Sampler.sequential(4), throwing, config).epoch(0)) {
      assertThatThrownBy(batches::next)
          .hasMessage(
              "cannot prepare 'number-0.png': java.lang.IllegalStateException: no such crop");
    }
    try (Batches batches = new Loader(numbers(4), Sampler.sequential(4), dying, config).epoch(0)) {
      assertThatThrownBy(batches::next).hasRootCauseInstanceOf(OutOfMemoryError.class);
    }
  }

  @Test
  void workers_make_batches_ahead_and_then_wait() throws InterruptedException {
    int batchSize = 4;
    int ahead = 3;
    AtomicInteger made = new AtomicInteger();
    AtomicInteger asked = new AtomicInteger(); // calls of next()
    AtomicInteger tooFar = new AtomicInteger();
    CountDownLatch madeAhead = new CountDownLatch(ahead * batchSize);
    Noisy counting =
        (image, random, out, offset) -> {
          if (made.incrementAndGet() > (Math.max(asked.get() - 1, 0) + ahead) * batchSize) {
            tooFar.incrementAndGet();
          }
          madeAhead.countDown();
        };
    LoaderConfig config = LoaderConfig.training(batchSize, 0).withAhead(ahead).withWorkers(3);
    try (Batches batches =
        new Loader(numbers(80), Sampler.sequential(80), counting, config).epoch(0)) {
      madeAhead.await(); // nobody asked for a batch so far
      while (batches.hasNext()) {
        asked.incrementAndGet();
        batches.next();
      }
    }
    assertThat(made.get()).isEqualTo(80);
    assertThat(tooFar.get()).isZero();
  }

  @Test
  void closing_ends_the_workers_wherever_they_are() {
    Set<Thread> workers = ConcurrentHashMap.newKeySet();
    Noisy noting = (image, random, out, offset) -> workers.add(Thread.currentThread());
    LoaderConfig config = LoaderConfig.training(2, 0).withWorkers(4);
    Loader loader = new Loader(numbers(100), Sampler.sequential(100), noting, config);
    for (int taken = 0; taken < 5; taken++) {
      Batches batches = loader.epoch(0);
      for (int i = 0; i < taken; i++) {
        batches.next();
      }
      batches.close();
      batches.close();
      assertThat(workers).noneMatch(Thread::isAlive);
      assertThatThrownBy(batches::next).hasMessage("these batches were closed");
    }
  }

  @Test
  void epochs_leave_no_native_memory() {
    Loader loader = loader(numbers(64), Sampler.shuffled(64, 0), LoaderConfig.training(16, 0));
    Leaks.flat(() -> seen(loader.epoch(0)), 30);
  }

  @Test
  void random_numbers_of_neighbouring_samples_are_independent() {
    double[] values = new double[4096];
    for (int place = 0; place < values.length; place++) {
      RandomGenerator random = new java.util.SplittableRandom(Randomness.seed(0, 0, place));
      values[place] = random.nextDouble() - 0.5;
    }
    double mean = 0;
    double neighbours = 0;
    for (int i = 1; i < values.length; i++) {
      mean += values[i] / values.length;
      neighbours += values[i] * values[i - 1] * 12 / values.length; // correlation
    }
    assertThat(Math.abs(mean)).isLessThan(0.025); // 5 standard deviations
    assertThat(Math.abs(neighbours)).isLessThan(0.08);
  }
}
