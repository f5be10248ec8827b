package io.vitrail.hub;

import static io.vitrail.hub.LoopbackServer.cutAfter;
import static io.vitrail.hub.LoopbackServer.serve;
import static io.vitrail.hub.LoopbackServer.stallAfter;
import static io.vitrail.hub.LoopbackServer.status;
import static io.vitrail.hub.TestFiles.NAME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpsSourceTest {
  private static final byte[] CONTENT = TestFiles.weights(300_000, 1);

  @TempDir Path temp;
  private LoopbackServer server;
  private Machine machine;

  @BeforeEach
  void start() throws IOException {
    server = new LoopbackServer();
    machine = new Machine(temp);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private ModelCard card(URI address) {
    return TestFiles.card(new HttpsSource(address, TestFiles.file(CONTENT)));
  }

  private CachedFile fetch(URI address) throws HubException {
    return machine.hub(card(address)).fetch(NAME, machine.listener());
  }

  private Path part() {
    return machine.home().resolve("models/tiny-net/tiny-net.onnx.part");
  }

  @Test
  void fetches_verifies_and_keeps_the_file() throws IOException {
    List<Long> seen = new ArrayList<>();
    Hub hub = machine.hub(card(server.put("/f", CONTENT)));

    CachedFile file =
        hub.fetch(
            NAME,
            new FetchEvents() {
              @Override
              public void progress(long done, OptionalLong total) {
                assertThat(total).hasValue(CONTENT.length);
                seen.add(done);
              }
            });

    assertThat(file.path()).hasBinaryContent(CONTENT);
    assertThat(seen).isSorted().startsWith(0L).endsWith((long) CONTENT.length);
    assertThat(hub.cached(NAME)).contains(file);
    assertThat(hub.fetch(NAME, FetchEvents.NONE)).isEqualTo(file);
    assertThat(server.asked()).hasSize(1);
  }

  @Test
  void the_layout_on_disk_is_stable() throws IOException {
    fetch(server.put("/f", CONTENT));

    assertThat(TestFiles.tree(machine.home()))
        .filteredOn(path -> !path.startsWith("verified/"))
        .containsExactly("locks/tiny-net.lock", "models/tiny-net/tiny-net.onnx");
  }

  @Test
  void a_cut_connection_is_resumed_from_the_byte_it_stopped_at() throws IOException {
    URI address = server.put("/f", CONTENT, cutAfter(100_000), cutAfter(50_000));

    assertThat(fetch(address).path()).hasBinaryContent(CONTENT);

    assertThat(server.asked()).hasSize(3);
    // The last bytes before a cut may be lost on their way, so the client may stop earlier.
    int first = rangeStart(1);
    assertThat(first).isBetween(1, 100_000);
    assertThat(rangeStart(2)).isBetween(first + 1, first + 50_000);
    assertThat(server.asked().get(1).header("If-Range")).isEqualTo(LoopbackServer.tag(CONTENT));
    assertThat(machine.pauses).hasSize(2);
  }

  /** Where request {@code index} asked to begin. */
  private int rangeStart(int index) {
    String range = server.asked().get(index).header("Range");
    assertThat(range).matches("bytes=\\d+-");
    return Integer.parseInt(range.replaceAll("\\D", ""));
  }

  @Test
  void a_later_run_goes_on_where_an_earlier_one_gave_up() throws IOException {
    URI address =
        server.put("/f", CONTENT, cutAfter(70_000), cutAfter(0), cutAfter(0), cutAfter(0));
    assertThatThrownBy(() -> fetch(address))
        .hasMessageContaining("the next run goes on from there")
        .hasMessageContaining("bytes are kept");

    assertThat(fetch(address).path()).hasBinaryContent(CONTENT);

    assertThat(rangeStart(server.asked().size() - 1)).isBetween(1, 70_000);
  }

  @Test
  void a_file_that_changed_meanwhile_is_fetched_from_the_start() throws IOException {
    byte[] older = TestFiles.weights(CONTENT.length, 2);
    URI address = server.put("/f", older, cutAfter(70_000), cutAfter(0), cutAfter(0), cutAfter(0));
    assertThatThrownBy(() -> fetch(address)).isInstanceOf(HubException.class);
    server.put("/f", CONTENT);

    assertThat(fetch(address).path()).hasBinaryContent(CONTENT);
  }

  @Test
  void a_spoilt_part_is_thrown_away_and_fetched_once_more() throws IOException {
    URI address =
        server.put("/f", CONTENT, cutAfter(70_000), cutAfter(0), cutAfter(0), cutAfter(0));
    assertThatThrownBy(() -> fetch(address)).isInstanceOf(HubException.class);
    byte[] bytes = Files.readAllBytes(part());
    bytes[17]++;
    Files.write(part(), bytes);

    assertThat(fetch(address).path()).hasBinaryContent(CONTENT);
  }

  @Test
  void a_part_without_a_tag_is_not_trusted() throws IOException {
    Files.createDirectories(part().getParent());
    Files.write(part(), new byte[1000]);

    assertThat(fetch(server.put("/f", CONTENT)).path()).hasBinaryContent(CONTENT);
    assertThat(server.asked().get(0).header("Range")).isEmpty();
  }

  @Test
  void a_wrong_file_is_thrown_away() throws IOException {
    URI address = server.put("/f", TestFiles.weights(CONTENT.length, 3));

    assertThatThrownBy(() -> fetch(address))
        .isInstanceOf(HubException.class)
        .hasMessageContaining("is not the file of the card (got sha256:")
        .hasMessageContaining("expected " + TestFiles.sha256(CONTENT))
        .hasMessageContaining("vitrail models import tiny-net FILE");
    assertThat(TestFiles.tree(machine.home())).containsExactly("locks/tiny-net.lock");
  }

  @Test
  void a_file_of_another_size_is_not_even_downloaded() {
    URI address = server.put("/f", new byte[77]);

    assertThatThrownBy(() -> fetch(address))
        .hasMessageContaining("has a file of 77 bytes, expected 300,000");
  }

  @Test
  void without_a_stated_size_the_checksum_decides() throws IOException {
    ModelFile file =
        new ModelFile(
            "f.onnx",
            FileFormat.ONNX,
            OptionalLong.empty(),
            List.of(TestFiles.sha256(CONTENT)),
            "");
    ModelCard card = TestFiles.card(new HttpsSource(server.put("/f", CONTENT), file));

    assertThat(machine.hub(card).fetch(NAME, FetchEvents.NONE).path()).hasBinaryContent(CONTENT);
  }

  @Test
  void every_checksum_of_the_card_must_hold() {
    Checksum md5 = Checksum.parse("md5:fc16ebd8b0c10d971d3513d564d01e29");
    ModelFile file =
        new ModelFile(
            "f.onnx",
            FileFormat.ONNX,
            OptionalLong.empty(),
            List.of(TestFiles.sha256(CONTENT), md5),
            "");
    ModelCard card = TestFiles.card(new HttpsSource(server.put("/f", CONTENT), file));

    assertThatThrownBy(() -> machine.hub(card).fetch(NAME, FetchEvents.NONE))
        .hasMessageContaining("expected " + md5);
  }

  @Test
  void a_busy_server_is_asked_again_after_the_time_it_names() throws IOException {
    URI address = server.put("/f", CONTENT, status(503, "Retry-After", "7"), status(429), serve());

    assertThat(fetch(address).path()).hasBinaryContent(CONTENT);
    assertThat(machine.pauses).containsExactly(7000L, 2000L);
  }

  @Test
  void a_missing_file_is_not_asked_for_again() {
    assertThatThrownBy(() -> fetch(server.address("/nothing")))
        .hasMessageContaining("127.0.0.1 answered 404: there is no /nothing");
    assertThat(server.asked()).hasSize(1);
    assertThat(machine.pauses).isEmpty();
  }

  @Test
  void redirects_are_followed_but_not_to_plain_http_elsewhere() throws IOException {
    server.put("/f", CONTENT);
    URI good = server.put("/good", new byte[1], status(302, "Location", "/f"));
    URI bad = server.put("/bad", new byte[1], status(302, "Location", "http://example.org/f"));

    assertThatThrownBy(() -> fetch(bad))
        .hasMessageContaining("redirects to 'http://example.org/f'; only https is followed");
    assertThat(fetch(good).path()).hasBinaryContent(CONTENT);
  }

  @Test
  void a_circle_of_redirects_ends() {
    LoopbackServer.Answer again = status(302, "Location", "/f");
    URI address = server.put("/f", CONTENT, again, again, again, again, again, again, again);

    assertThatThrownBy(() -> fetch(address)).hasMessageContaining("redirects more than 5 times");
  }

  @Test
  void a_server_that_stops_sending_is_left_and_asked_for_the_rest() throws IOException {
    CountDownLatch end = new CountDownLatch(1);
    URI address = server.put("/f", CONTENT, stallAfter(100_000, end));
    Hub hub =
        Hub.builder()
            .cards(List.of(card(address)))
            .environment(machine.environment())
            .stallLimit(Duration.ofMillis(200))
            .build();

    CachedFile file = hub.fetch(NAME, FetchEvents.NONE);
    end.countDown();

    assertThat(file.path()).hasBinaryContent(CONTENT);
    assertThat(server.asked().get(1).header("Range")).isEqualTo("bytes=100000-");
  }

  @Test
  void no_network_is_said_at_once() throws IOException {
    URI closed;
    try (ServerSocket socket = new ServerSocket(0)) {
      closed = URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/f");
    }

    assertThatThrownBy(() -> fetch(closed)).hasMessageContaining("cannot be reached: no network");
    assertThat(machine.pauses).isEmpty();
  }

  @Test
  void an_interrupt_ends_the_download_and_tries_no_other_source() {
    CountDownLatch end = new CountDownLatch(1);
    URI address = server.put("/f", CONTENT, stallAfter(100_000, end));
    ModelCard card =
        TestFiles.card(
            new HttpsSource(address, TestFiles.file(CONTENT)),
            new HttpsSource(server.put("/other", CONTENT), TestFiles.file(CONTENT)));
    Thread me = Thread.currentThread();
    FetchEvents interrupting =
        new FetchEvents() {
          @Override
          public void progress(long done, OptionalLong total) {
            if (done >= 100_000) {
              me.interrupt();
            }
          }
        };

    assertThatThrownBy(() -> machine.hub(card).fetch(NAME, interrupting))
        .isInstanceOf(HubException.class)
        .hasMessageContaining("interrupted during the download");
    assertThat(Thread.interrupted()).isTrue();
    end.countDown();
    assertThat(server.asked("GET", "/other")).isEmpty();
    assertThat(part()).hasSize(100_000);
  }

  @Test
  void a_full_disk_is_noticed_before_the_download() {
    ModelFile huge =
        new ModelFile(
            "huge.onnx",
            FileFormat.ONNX,
            OptionalLong.of(1L << 60),
            List.of(TestFiles.sha256(CONTENT)),
            "");
    URI address =
        server.put(
            "/f",
            CONTENT,
            (exchange, content) -> {
              exchange.sendResponseHeaders(200, 1L << 60);
              exchange.getResponseBody().write(content);
              exchange.getResponseBody().flush();
            });

    assertThatThrownBy(
            () ->
                machine
                    .hub(TestFiles.card(new HttpsSource(address, huge)))
                    .fetch(NAME, FetchEvents.NONE))
        .hasMessageContaining("disk full: 1,152,921,504,606,846,976 bytes are needed in")
        .hasMessageContaining("set VITRAIL_HOME to another disk");
  }

  @Test
  void only_https_addresses_are_taken() {
    assertThatThrownBy(
            () -> new HttpsSource(URI.create("http://example.org/f"), TestFiles.file(CONTENT)))
        .hasMessage("a download address starts with https://, got 'http://example.org/f'");
    assertThat(Http.isAllowed(URI.create("https://me:secret@example.org/f"))).isFalse();
    assertThat(Http.isAllowed(URI.create("https://example.org/"), URI.create("http://127.0.0.1/")))
        .isFalse();
  }
}
