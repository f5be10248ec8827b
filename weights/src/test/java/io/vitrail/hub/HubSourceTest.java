package io.vitrail.hub;

import static io.vitrail.hub.LoopbackServer.cutAfter;
import static io.vitrail.hub.LoopbackServer.status;
import static io.vitrail.hub.TestFiles.NAME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class HubSourceTest {
  private static final byte[] CONTENT = TestFiles.weights(200_000, 7);
  private static final String SHA256 = TestFiles.sha256(CONTENT).hex();
  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
  private static final String FOLDER = "models--org--tiny/";

  @TempDir Path temp;
  private LoopbackServer hub;
  private LoopbackServer storage;
  private Machine machine;

  @BeforeEach
  void start() throws IOException {
    hub = new LoopbackServer();
    storage = new LoopbackServer();
    machine = new Machine(temp);
    machine.variables.put("HF_ENDPOINT", hub.address("/").toString());
  }

  @AfterEach
  void stop() {
    hub.close();
    storage.close();
  }

  private static HubSource source(String revision) {
    return new HubSource("org/tiny", revision, "onnx/net.onnx", TestFiles.file(CONTENT));
  }

  private CachedFile fetch(String revision) throws HubException {
    return machine.hub(TestFiles.card(source(revision))).fetch(NAME, machine.listener());
  }

  /** Like the real hub: facts in headers, the bytes on another server. */
  private void publish(String revision, String sha256) {
    String there = storage.put("/blob", CONTENT, cutAfter(50_000)).toString();
    LoopbackServer.Answer answer =
        status(
            302,
            "Location",
            there,
            "X-Repo-Commit",
            COMMIT,
            "X-Linked-Etag",
            '"' + sha256 + '"',
            "X-Linked-Size",
            String.valueOf(CONTENT.length));
    String path = "/org/tiny/resolve/" + revision + "/onnx/net.onnx";
    hub.put(path, CONTENT, answer, answer, answer, answer);
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "links need a privilege")
  void writes_the_cache_as_python_does() throws IOException {
    publish("main", SHA256);

    CachedFile file = fetch("main");

    assertThat(file.path())
        .isEqualTo(machine.hubCache().resolve(FOLDER + "snapshots/" + COMMIT + "/onnx/net.onnx"))
        .hasBinaryContent(CONTENT)
        .isSymbolicLink();
    assertThat(Files.readSymbolicLink(file.path()).toString())
        .isEqualTo("../../../blobs/" + SHA256);
    assertThat(machine.hubCache().resolve(FOLDER + "refs/main")).hasContent(COMMIT);
    assertThat(TestFiles.tree(machine.hubCache()))
        .containsExactly(
            ".locks/models--org--tiny/" + SHA256 + ".lock",
            FOLDER + "blobs/" + SHA256,
            FOLDER + "refs/main",
            FOLDER + "snapshots/" + COMMIT + "/onnx/net.onnx");
  }

  @Test
  void a_cut_connection_is_resumed_at_the_storage_server() throws IOException {
    publish(COMMIT, SHA256);

    assertThat(fetch(COMMIT).path()).hasBinaryContent(CONTENT);

    assertThat(storage.asked("GET", "/blob")).hasSize(2);
    assertThat(storage.asked().get(1).header("Range")).isEqualTo("bytes=50000-");
    assertThat(machine.hubCache().resolve(FOLDER + "refs")).doesNotExist();
  }

  @Test
  void the_token_goes_to_the_hub_and_nowhere_else() throws IOException {
    machine.variables.put("HF_TOKEN", "hf_secret");
    publish("main", SHA256);

    fetch("main");

    assertThat(hub.asked())
        .hasSizeGreaterThanOrEqualTo(2)
        .allSatisfy(a -> assertThat(a.header("Authorization")).isEqualTo("Bearer hf_secret"));
    assertThat(storage.asked())
        .isNotEmpty()
        .allSatisfy(a -> assertThat(a.header("Authorization")).isEmpty());
  }

  @Test
  void a_spoilt_token_is_not_repeated_in_the_message() {
    machine.variables.put("HF_TOKEN", "hf_sec ret");

    assertThatThrownBy(() -> fetch("main"))
        .hasMessageContaining("HF_TOKEN has characters that no token has")
        .hasMessageNotContaining("ret'")
        .hasMessageNotContaining("hf_sec");
  }

  @Test
  void what_python_put_there_is_found_offline() throws IOException {
    Path repository = machine.hubCache().resolve(FOLDER);
    Path blob = repository.resolve("blobs").resolve(SHA256);
    Path link = repository.resolve("snapshots").resolve(COMMIT).resolve("onnx/net.onnx");
    Files.createDirectories(blob.getParent());
    Files.createDirectories(link.getParent());
    Files.createDirectories(repository.resolve("refs"));
    Files.write(blob, CONTENT);
    try {
      Files.createSymbolicLink(link, Path.of("../../../blobs").resolve(SHA256));
    } catch (IOException noLinks) {
      Files.copy(blob, link); // what Python does on such a machine
    }
    Files.writeString(repository.resolve("refs/main"), COMMIT);
    machine.variables.put("HF_HUB_OFFLINE", "1");

    assertThat(fetch("main").path()).isEqualTo(link).hasBinaryContent(CONTENT);
    assertThat(fetch(COMMIT).path()).isEqualTo(link);
    assertThat(hub.asked()).isEmpty();
  }

  @Test
  void a_damaged_file_of_another_program_is_not_used_but_replaced() throws IOException {
    publish(COMMIT, SHA256);
    Path blob = machine.hubCache().resolve(FOLDER + "blobs/" + SHA256);
    Files.createDirectories(blob.getParent());
    Files.write(blob, new byte[CONTENT.length]);

    assertThat(fetch(COMMIT).path()).hasBinaryContent(CONTENT);
  }

  // ---- cards without a checksum

  private static HubSource unpinned() {
    ModelFile file =
        new ModelFile("net.onnx", FileFormat.ONNX, OptionalLong.empty(), List.of(), "");
    return new HubSource("org/tiny", "main", "onnx/net.onnx", file);
  }

  private CachedFile fetchUnpinned() throws HubException {
    return machine.hub(TestFiles.card(unpinned())).fetch(NAME, machine.listener());
  }

  @Test
  void where_the_card_has_no_checksum_the_hubs_own_holds() throws IOException {
    publish("main", SHA256);

    CachedFile file = fetchUnpinned();

    assertThat(file.path()).hasBinaryContent(CONTENT);
    assertThat(file.file().checksums()).containsExactly(Checksum.sha256(SHA256));
    machine.variables.put("HF_HUB_OFFLINE", "1");
    assertThat(fetchUnpinned()).isEqualTo(file);
  }

  @Test
  void bytes_that_are_not_what_the_hub_states_are_thrown_away() {
    publish("main", "f".repeat(64));

    assertThatThrownBy(this::fetchUnpinned)
        .hasMessageContaining("is not the file of the card")
        .hasMessageContaining("expected sha256:ffff");
    assertThat(machine.hubCache().resolve(FOLDER + "blobs/" + "f".repeat(64))).doesNotExist();
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "links need a privilege")
  void a_spoilt_file_in_the_shared_cache_is_told_by_its_blobs_name() throws IOException {
    publish("main", SHA256);
    Path blob = fetchUnpinned().path().toRealPath();
    Files.write(blob, new byte[CONTENT.length + 1]);
    machine.variables.put("HF_HUB_OFFLINE", "1");

    assertThatThrownBy(this::fetchUnpinned).hasMessageContaining("is not in the cache");
  }

  @Test
  void a_file_that_nobody_states_a_sha256_of_is_not_fetched() {
    publish("main", "a".repeat(40)); // what the hub states for small files

    assertThatThrownBy(this::fetchUnpinned)
        .hasMessageContaining(
            "neither the card nor Hugging Face org/tiny states a SHA-256 of onnx/net.onnx");
    assertThat(storage.asked()).isEmpty();
  }

  @Test
  void any_file_is_unknown_to_a_card_without_a_checksum() throws IOException {
    Path mine = Files.write(temp.resolve("mine.onnx"), CONTENT);
    Hub cards = machine.hub(TestFiles.card(unpinned()));

    assertThatThrownBy(() -> cards.importFile(NAME, mine, Hub.UnknownFile.REFUSE))
        .hasMessageContaining("is not a known file of");
    assertThat(cards.importFile(NAME, mine, Hub.UnknownFile.ACCEPT).path())
        .hasBinaryContent(CONTENT);
  }

  @Test
  void only_the_hub_may_be_trusted_for_a_checksum() {
    assertThatThrownBy(
            () ->
                TestFiles.card(
                    new HttpsSource(URI.create("https://example.org/x"), unpinned().file())))
        .hasMessageContaining("net.onnx has no checksum; a file that cannot be checked");
  }

  @Test
  void a_changed_file_on_the_hub_is_refused_without_downloading_it() {
    publish("main", "f".repeat(64));

    assertThatThrownBy(() -> fetch("main"))
        .hasMessageContaining("Hugging Face org/tiny now has another file: sha256:ffff");
    assertThat(storage.asked()).isEmpty();
  }

  @Test
  void a_gated_repository_says_what_to_do() {
    hub.put("/org/tiny/resolve/main/onnx/net.onnx", CONTENT, status(401));

    assertThatThrownBy(() -> fetch("main"))
        .hasMessageContaining("is private or asks for consent (401): get access on its page")
        .hasMessageContaining("then set HF_TOKEN");
  }

  @Test
  void a_server_that_is_no_hub_is_recognised() {
    hub.put("/org/tiny/resolve/main/onnx/net.onnx", CONTENT);

    assertThatThrownBy(() -> fetch("main"))
        .hasMessageContaining("does not answer like a Hugging Face hub; check HF_ENDPOINT");
    machine.variables.put("HF_ENDPOINT", "http://example.org");
    assertThatThrownBy(() -> fetch("main"))
        .hasMessageContaining("HF_ENDPOINT is 'http://example.org', expected an https:// address");
  }

  @Test
  void an_etag_that_leads_elsewhere_is_refused() {
    publish("main", "../../../../escaped");

    assertThatThrownBy(() -> fetch("main")).hasMessageContaining("does not answer like");
  }

  @Test
  void a_shared_cache_that_cannot_be_written_is_named() throws IOException {
    publish("main", SHA256);
    Files.writeString(temp.resolve("file"), "");
    machine.variables.put("HF_HUB_CACHE", temp.resolve("file").toString());

    assertThatThrownBy(() -> fetch("main"))
        .hasMessageContaining("the shared cache " + temp.resolve("file") + " cannot be written")
        .hasMessageContaining("set HF_HUB_CACHE to a folder that can");
  }
}
