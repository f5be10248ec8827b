package io.vitrail.cutout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.vitrail.cutout.CutoutOptions.Foreground;
import io.vitrail.imaging.Box;
import io.vitrail.imaging.Image;
import io.vitrail.tensor.Engine;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One session over many calls and many threads. */
class SharedSessionTest {
  @TempDir static Path folder;
  private static Path weights;
  private static final Image PHOTO = TinyNet.golden("large");

  @BeforeAll
  static void writeWeights() throws IOException {
    weights = TinyNet.write(folder);
  }

  @Test
  void eight_threads_get_what_one_gets() throws Exception {
    List<Image> photos = crops(24);
    try (CutoutSession session = CutoutSession.open(weights, TinyNet.OPTIONS)) {
      List<Cutout> alone = photos.stream().map(session::remove).toList();
      ExecutorService threads = Executors.newFixedThreadPool(8);
      try {
        List<Future<Cutout>> together = new ArrayList<>();
        for (Image photo : photos) {
          together.add(threads.submit(() -> session.remove(photo)));
        }
        for (int i = 0; i < photos.size(); i++) {
          assertThat(together.get(i).get()).as("photo " + i).isEqualTo(alone.get(i));
        }
      } finally {
        threads.shutdownNow();
      }
    }
  }

  @Test
  void a_virtual_thread_gets_the_same() throws Exception {
    Optional<Method> start =
        Arrays.stream(Thread.class.getMethods())
            .filter(method -> method.getName().equals("startVirtualThread"))
            .findFirst();
    assumeThat(start).as("virtual threads came with Java 21").isPresent();
    try (CutoutSession session = CutoutSession.open(weights, TinyNet.OPTIONS)) {
      Cutout expected = session.remove(PHOTO);
      Callable<Cutout> all =
          () -> {
            try (CutoutSession own = CutoutSession.open(weights, TinyNet.OPTIONS)) {
              assertThat(own.remove(PHOTO)).isEqualTo(expected);
            }
            return session.remove(PHOTO);
          };
      List<FutureTask<Cutout>> tasks = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        FutureTask<Cutout> task = new FutureTask<>(all);
        start.get().invoke(null, task);
        tasks.add(task);
      }
      for (FutureTask<Cutout> task : tasks) {
        assertThat(task.get()).isEqualTo(expected);
      }
    }
  }

  @Test
  void closing_while_others_cut_out_breaks_nobody() throws Exception {
    CutoutSession session = CutoutSession.open(weights, TinyNet.OPTIONS);
    Cutout expected = session.remove(PHOTO);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Cutout>> results = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        results.add(threads.submit(() -> session.remove(PHOTO)));
      }
      results.get(0).get();
      session.close();
      for (Future<Cutout> result : results) {
        try {
          assertThat(result.get()).isEqualTo(expected);
        } catch (java.util.concurrent.ExecutionException e) {
          assertThat(e).hasCauseInstanceOf(IllegalStateException.class);
          assertThat(e.getCause()).hasMessageStartingWith("this cutout session was closed");
        }
      }
    } finally {
      threads.shutdownNow();
      session.close();
    }
  }

  /**
   * Native objects: none more. Resident memory: measured -10 to +1 MiB; the band of 32 MiB leaves
   * room for the heap, and is far below what 50 leaked inputs and maps would take.
   */
  @Test
  void fifty_cutouts_leave_no_memory_behind() throws Exception {
    CutoutOptions options =
        TinyNet.OPTIONS.withInputSize(256).withForeground(Foreground.PHOTO); // 0.75 MiB of input
    try (CutoutSession session = CutoutSession.open(weights, options)) {
      repeat(session, 10);
      long pointers = settledPointers();
      long resident = residentBytes();
      repeat(session, 50);
      assertThat(Engine.livePointers()).as("native objects").isLessThanOrEqualTo(pointers);
      Engine.trimMemory();
      assertThat(residentBytes() - resident).as("bytes more").isLessThan(32L << 20);
    }
  }

  @Test
  void opening_and_closing_sessions_leaves_no_memory_behind() throws Exception {
    openAndClose(3);
    long pointers = settledPointers();
    openAndClose(10);
    assertThat(Engine.livePointers()).as("native objects").isLessThanOrEqualTo(pointers);
  }

  @Test
  void files_that_do_not_fit_leave_no_memory_behind() throws Exception {
    Path five = TinyNet.writeFiveChannels(folder);
    assertThatThrownBy(() -> CutoutSession.open(five, TinyNet.OPTIONS)).isNotNull();
    long pointers = settledPointers();
    for (int i = 0; i < 5; i++) {
      assertThatThrownBy(() -> CutoutSession.open(five, TinyNet.OPTIONS)).isNotNull();
    }
    assertThat(Engine.livePointers()).as("native objects").isLessThanOrEqualTo(pointers);
  }

  private static void repeat(CutoutSession session, int times) {
    for (int i = 0; i < times; i++) {
      session.remove(PHOTO);
    }
  }

  private static void openAndClose(int times) throws IOException {
    for (int i = 0; i < times; i++) {
      try (CutoutSession session = CutoutSession.open(weights, TinyNet.OPTIONS)) {
        session.alpha(PHOTO);
      }
    }
  }

  /** Without those of other tests that only wait for the garbage collector. */
  private static long settledPointers() {
    System.gc();
    Engine.trimMemory();
    return Engine.livePointers();
  }

  /** Resident memory of this process; 0 where the system does not tell. */
  private static long residentBytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return 0;
    }
    try (var lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .findFirst()
          .orElse(0);
    }
  }

  /** Photos that all differ. */
  private static List<Image> crops(int count) {
    List<Image> crops = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      crops.add(PHOTO.crop(new Box(i, 2 * i, 60 + 2 * i, 80 + i)));
    }
    return crops;
  }
}
