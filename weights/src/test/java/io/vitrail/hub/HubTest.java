package io.vitrail.hub;

import static io.vitrail.hub.TestFiles.NAME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vitrail.hub.Hub.UnknownFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HubTest {
  private static final byte[] CONTENT = TestFiles.weights(100_000, 8);

  @TempDir Path temp;
  private LoopbackServer server;
  private Machine machine;
  private ModelCard card;

  @BeforeEach
  void start() throws IOException {
    server = new LoopbackServer();
    machine = new Machine(temp);
    URI address = server.put("/f", CONTENT);
    card =
        TestFiles.card(
            new HttpsSource(server.address("/nothing"), TestFiles.file("other.onnx", CONTENT)),
            new HttpsSource(address, TestFiles.file(CONTENT)));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Path stored() {
    return machine.home().resolve("models/tiny-net/tiny-net.onnx");
  }

  @Test
  void an_unknown_name_lists_near_ones() {
    Hub hub = Hub.builder().environment(machine.environment()).build();

    assertThatThrownBy(() -> hub.card("isnet"))
        .isInstanceOf(UnknownModelException.class)
        .hasMessageStartingWith("unknown model 'isnet'; near: isnet-general-use")
        .hasMessageEndingWith(" (all names: vitrail models list)");
    assertThatThrownBy(() -> hub.fetch("U2Nte", FetchEvents.NONE))
        .hasMessageContaining("near: u2net");
    assertThatThrownBy(() -> hub.cached("ISNET_general_use"))
        .hasMessageContaining("near: isnet-general-use");
    assertThatThrownBy(() -> hub.card("zzzzzzzz"))
        .hasMessageStartingWith("unknown model 'zzzzzzzz'; known: isnet-general-use, ");
  }

  @Test
  void the_second_source_is_tried_when_the_first_fails() throws IOException {
    CachedFile file = machine.hub(card).fetch(NAME, machine.listener());

    assertThat(file.path()).isEqualTo(stored()).hasBinaryContent(CONTENT);
    assertThat(machine.events)
        .containsExactly(
            "starting Apache-2.0 HttpsSource",
            "failed HttpsSource",
            "starting Apache-2.0 HttpsSource",
            "finished tiny-net.onnx");
  }

  @Test
  void what_a_failed_source_began_is_deleted_once_another_gave_the_file() throws IOException {
    LoopbackServer.Answer nothing = LoopbackServer.cutAfter(0);
    URI flaky =
        server.put("/flaky", CONTENT, LoopbackServer.cutAfter(900), nothing, nothing, nothing);
    ModelCard two =
        TestFiles.card(
            new HttpsSource(flaky, TestFiles.file("other.onnx", CONTENT)),
            new HttpsSource(server.address("/f"), TestFiles.file(CONTENT)));

    machine.hub(two).fetch(NAME, FetchEvents.NONE);

    assertThat(TestFiles.tree(machine.home().resolve("models")))
        .containsExactly("tiny-net/tiny-net.onnx");
  }

  @Test
  void the_environment_does_not_print_its_secrets() {
    machine.variables.put("HF_TOKEN", "hf_secret");

    assertThat(machine.environment().toString()).doesNotContain("hf_secret");
  }

  @Test
  void every_failed_source_gets_a_line() {
    ModelCard hopeless =
        TestFiles.card(
            new HttpsSource(server.address("/a"), TestFiles.file(CONTENT)),
            new HttpsSource(server.address("/b"), TestFiles.file(CONTENT)));

    assertThatThrownBy(() -> machine.hub(hopeless).fetch(NAME, FetchEvents.NONE))
        .hasMessageMatching(
            """
            (?s)no source gave 'tiny-net':\\R  - http://.*/a: .*there is no /a\\R  - http://.*/b: .*there is no /b\\R.*""")
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(2));
  }

  @Test
  void offline_nothing_is_asked_and_the_way_out_is_said() {
    for (String variable : new String[] {"VITRAIL_OFFLINE", "HF_HUB_OFFLINE"}) {
      machine.variables.put(variable, "true");

      assertThatThrownBy(() -> machine.hub(card).fetch(NAME, FetchEvents.NONE))
          .hasMessage(
              "'tiny-net' is not in the cache %s, and %s forbids fetching it; unset %s, or get the file elsewhere and run: vitrail models import tiny-net FILE",
              machine.home(), variable, variable);
      machine.variables.remove(variable);
    }
    assertThat(server.asked()).isEmpty();
  }

  @Test
  void offline_a_cached_file_is_used() throws IOException {
    machine.hub(card).fetch(NAME, FetchEvents.NONE);
    machine.variables.put("VITRAIL_OFFLINE", "1");

    assertThat(machine.hub(card).fetch(NAME, FetchEvents.NONE).path()).isEqualTo(stored());
  }

  @Test
  void a_file_that_was_changed_on_disk_is_not_used() throws IOException {
    Hub hub = machine.hub(card);
    hub.fetch(NAME, FetchEvents.NONE);
    byte[] spoilt = CONTENT.clone();
    spoilt[5]++;
    Files.write(stored(), spoilt);
    Files.setLastModifiedTime(stored(), FileTime.fromMillis(1_000_000));

    assertThat(hub.cached(NAME)).isEmpty();
    assertThat(hub.fetch(NAME, FetchEvents.NONE).path()).hasBinaryContent(CONTENT);
  }

  @Test
  void a_file_that_was_only_touched_or_lost_its_note_is_hashed_again_and_used() throws IOException {
    Hub hub = machine.hub(card);
    hub.fetch(NAME, FetchEvents.NONE);
    Files.setLastModifiedTime(stored(), FileTime.fromMillis(1_000_000));
    assertThat(hub.cached(NAME)).isPresent();

    CacheFolder.deleteTree(machine.home().resolve("verified"));
    assertThat(hub.cached(NAME)).isPresent();
  }

  @Test
  void a_cache_folder_that_cannot_be_written_is_named() throws IOException {
    Files.writeString(machine.home(), "a file where the folder should be");

    assertThatThrownBy(() -> machine.hub(card).fetch(NAME, FetchEvents.NONE))
        .hasMessageContaining("the cache folder " + machine.home())
        .hasMessageContaining("cannot be written (")
        .hasMessageContaining("make it writable, or set VITRAIL_HOME to another folder");
  }

  @Test
  void a_known_file_is_imported_under_its_own_name() throws IOException {
    Path mine = Files.write(temp.resolve("download (1).bin"), CONTENT);
    Hub hub = machine.hub(card);

    CachedFile file = hub.importFile(NAME, mine, UnknownFile.REFUSE);

    assertThat(file.path().getFileName()).hasToString("other.onnx");
    assertThat(file.path()).hasBinaryContent(CONTENT);
    assertThat(hub.cached(NAME)).contains(file);
    assertThat(mine).exists();
  }

  @Test
  void an_unknown_file_is_imported_only_when_accepted() throws IOException {
    byte[] own = TestFiles.weights(5_000, 9);
    Path mine = Files.write(temp.resolve("mine.pth"), own);
    Hub hub = machine.hub(card);

    assertThatThrownBy(() -> hub.importFile(NAME, mine, UnknownFile.REFUSE))
        .hasMessageContaining(mine + " (" + TestFiles.sha256(own) + ") is not a known file")
        .hasMessageContaining("- tiny-net.onnx " + TestFiles.sha256(CONTENT))
        .hasMessageContaining("if you trust it, import it as an unknown file");
    assertThat(hub.cached(NAME)).isEmpty();

    CachedFile file = hub.importFile(NAME, mine, UnknownFile.ACCEPT);

    assertThat(file.file().format()).isEqualTo(FileFormat.PTH);
    assertThat(file.file().checksum()).contains(TestFiles.sha256(own));
    assertThat(hub.fetch(NAME, FetchEvents.NONE)).isEqualTo(file);
    assertThat(server.asked()).isEmpty();
  }

  @Test
  void a_newer_import_replaces_an_older_one() throws IOException {
    Hub hub = machine.hub(card);
    byte[] newer = TestFiles.weights(6_000, 11);
    hub.importFile(NAME, Files.write(temp.resolve("a.onnx"), new byte[5_000]), UnknownFile.ACCEPT);
    hub.importFile(NAME, Files.write(temp.resolve("b.pth"), newer), UnknownFile.ACCEPT);

    assertThat(hub.cached(NAME).orElseThrow().path()).hasBinaryContent(newer);
    assertThat(machine.home().resolve("models/tiny-net/imported.onnx")).doesNotExist();
  }

  @Test
  void what_cannot_be_imported_is_said() throws IOException {
    Hub hub = machine.hub(card);
    Path text = Files.writeString(temp.resolve("notes.txt"), "no weights");

    assertThatThrownBy(() -> hub.importFile(NAME, temp.resolve("gone.onnx"), UnknownFile.REFUSE))
        .hasMessage("there is no file %s to import", temp.resolve("gone.onnx"));
    assertThatThrownBy(() -> hub.importFile(NAME, text, UnknownFile.ACCEPT))
        .hasMessageContaining("the ending must be .onnx, .pth, .pt, .ckpt or .safetensors");
  }

  @Test
  void remove_leaves_nothing_of_the_model() throws IOException {
    Hub hub = machine.hub(card);
    hub.fetch(NAME, FetchEvents.NONE);

    assertThat(hub.remove(NAME)).isTrue();

    assertThat(hub.cached(NAME)).isEmpty();
    assertThat(TestFiles.tree(machine.home())).containsExactly("locks/tiny-net.lock");
    assertThat(hub.remove(NAME)).isFalse();
  }

  @Test
  void folders_follow_the_conventions_of_the_platform() {
    Path home = Path.of("/home/u");
    assertThat(folders(Map.of(), home, Environment.Platform.UNIX))
        .containsExactly(home.resolve(".cache/vitrail"), home.resolve(".cache/huggingface/hub"));
    assertThat(folders(Map.of(), home, Environment.Platform.MAC))
        .containsExactly(
            home.resolve("Library/Caches/vitrail"), home.resolve(".cache/huggingface/hub"));
    assertThat(folders(Map.of("LOCALAPPDATA", "/l"), home, Environment.Platform.WINDOWS))
        .containsExactly(Path.of("/l/vitrail/cache"), home.resolve(".cache/huggingface/hub"));
    assertThat(
            folders(
                Map.of("XDG_CACHE_HOME", "/x", "HF_HOME", "~/hf"), home, Environment.Platform.UNIX))
        .containsExactly(Path.of("/x/vitrail"), home.resolve("hf/hub"));
    assertThat(
            folders(
                Map.of("VITRAIL_HOME", "/v", "HF_HOME", "/hf", "HF_HUB_CACHE", "/hc"),
                home,
                Environment.Platform.UNIX))
        .containsExactly(Path.of("/v"), Path.of("/hc"));
  }

  private static Path[] folders(
      Map<String, String> variables, Path home, Environment.Platform platform) {
    Environment environment = new Environment(variables, home, platform, millis -> {});
    return new Path[] {environment.vitrailHome(), environment.hubCache()};
  }

  @Test
  void proxies_come_from_the_environment() {
    EnvironmentProxies proxies =
        new EnvironmentProxies(
            new Environment(
                Map.of("HTTPS_PROXY", "http://proxy.example:3128", "no_proxy", ".intra,localhost"),
                temp,
                Environment.Platform.UNIX,
                millis -> {}));

    assertThat(proxies.select(URI.create("https://example.org/f")).toString())
        .contains("proxy.example", "3128");
    assertThat(proxies.select(URI.create("https://host.intra/f")).toString()).isEqualTo("[DIRECT]");
    assertThat(proxies.select(URI.create("https://localhost/f")).toString()).isEqualTo("[DIRECT]");
  }
}
