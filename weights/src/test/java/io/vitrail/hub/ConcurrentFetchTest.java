package io.vitrail.hub;

import static io.vitrail.hub.TestFiles.NAME;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One downloads, the other waits and finds the file: in one process and between two. */
@Timeout(60)
class ConcurrentFetchTest {
  private static final byte[] CONTENT = TestFiles.weights(400_000, 10);

  @TempDir Path temp;
  private LoopbackServer server;
  private final CountDownLatch arrived = new CountDownLatch(1);
  private final CountDownLatch go = new CountDownLatch(1);

  @BeforeEach
  void start() throws IOException {
    server = new LoopbackServer();
    server.put("/f", CONTENT, LoopbackServer.hold(arrived, go));
  }

  @AfterEach
  void stop() {
    go.countDown();
    server.close();
  }

  @Test
  void two_threads_with_a_hub_each_download_once() throws Exception {
    Machine machine = new Machine(temp);
    ModelCard card = TestFiles.card(new HttpsSource(server.address("/f"), TestFiles.file(CONTENT)));
    CountDownLatch waiting = new CountDownLatch(1);
    Callable<CachedFile> fetch =
        () ->
            machine
                .hub(card)
                .fetch(
                    NAME,
                    new FetchEvents() {
                      @Override
                      public void waiting(ModelCard c) {
                        waiting.countDown();
                      }
                    });
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<CachedFile> first = threads.submit(fetch);
      arrived.await();
      Future<CachedFile> second = threads.submit(fetch);
      waiting.await();
      go.countDown();

      assertThat(first.get().path()).hasBinaryContent(CONTENT);
      assertThat(second.get()).isEqualTo(first.get());
    } finally {
      threads.shutdownNow();
    }
    assertThat(server.asked("GET", "/f")).hasSize(1);
  }

  @Test
  void two_processes_download_once() throws Exception {
    Process first = fetchInAnotherProcess();
    arrived.await();
    Process second = fetchInAnotherProcess();
    try (BufferedReader secondSays = second.inputReader();
        BufferedReader firstSays = first.inputReader()) {
      assertThat(secondSays.readLine()).isEqualTo("waiting");
      go.countDown();

      String done = "done " + TestFiles.sha256(CONTENT);
      assertThat(firstSays.readLine()).isEqualTo(done);
      assertThat(secondSays.readLine()).isEqualTo(done);
    }
    assertThat(first.waitFor()).isZero();
    assertThat(second.waitFor()).isZero();
    assertThat(server.asked("GET", "/f")).hasSize(1);
  }

  private Process fetchInAnotherProcess() throws IOException {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            classPath,
            OtherProcess.class.getName(),
            server.address("/f").toString(),
            temp.toString(),
            String.valueOf(CONTENT.length),
            TestFiles.sha256(CONTENT).toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** What the other process runs: fetches and reports. */
  static final class OtherProcess {
    private OtherProcess() {}

    public static void main(String[] args) throws IOException {
      ModelFile file =
          new ModelFile(
              "tiny-net.onnx",
              FileFormat.ONNX,
              OptionalLong.of(Long.parseLong(args[2])),
              List.of(Checksum.parse(args[3])),
              "");
      ModelCard card = TestFiles.card(new HttpsSource(URI.create(args[0]), file));
      CachedFile cached =
          new Machine(Path.of(args[1]))
              .hub(card)
              .fetch(
                  NAME,
                  new FetchEvents() {
                    @Override
                    public void waiting(ModelCard c) {
                      System.out.println("waiting");
                    }
                  });
      System.out.println(
          "done " + Verifier.hash(cached.path(), List.of(Checksum.Algorithm.SHA256)).get(0));
    }
  }
}
