package io.vitrail.hub;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Files of the Hugging Face hub, in the cache folder that all its libraries share:
 *
 * <pre>
 * models--ORG--NAME/blobs/ETAG               content; ETAG is its SHA-256 for large files
 * models--ORG--NAME/refs/REVISION            the commit that a branch or tag stood for
 * models--ORG--NAME/snapshots/COMMIT/PATH    a relative link to the blob
 * .locks/models--ORG--NAME/ETAG.lock         held while a blob is written
 * </pre>
 *
 * <p>What Python put there is found, and Python finds what we put there. The layout is the hub's
 * published "Local Cache" specification.
 */
final class HubRepository {
  private final Environment environment;
  private final HttpCalls http;
  private final Downloader downloader;

  HubRepository(Environment environment, HttpCalls http, Downloader downloader) {
    this.environment = environment;
    this.http = http;
    this.downloader = downloader;
  }

  /** What the hub says about a file. */
  private record Found(String commit, String etag) {}

  /** A file in the shared cache, and what it must be. */
  record Held(Path path, ModelFile file) {}

  /** Where a file lies in the shared cache, if it does. Asks nobody. */
  Optional<Held> find(HubSource source) {
    Path folder = folder(source);
    String commit = source.revision();
    if (!source.isPinned()) {
      try {
        commit = Files.readString(folder.resolve("refs").resolve(source.revision())).strip();
      } catch (IOException e) {
        return Optional.empty();
      }
      if (!commit.matches("[0-9a-f]{40}")) {
        return Optional.empty();
      }
    }
    Path path = snapshot(folder, commit, source);
    if (!Files.isRegularFile(path)) {
      return Optional.empty();
    }
    ModelFile file = source.file();
    return file.checksums().isEmpty()
        ? blobName(folder, path).map(sum -> new Held(path, file.with(sum)))
        : Optional.of(new Held(path, file));
  }

  /** The SHA-256 that the hub stated when a file was fetched: its blob is named so. */
  private static Optional<Checksum> blobName(Path folder, Path snapshot) {
    try (DirectoryStream<Path> blobs = Files.newDirectoryStream(folder.resolve("blobs"))) {
      for (Path blob : blobs) {
        String name = blob.getFileName().toString();
        if (name.matches("[0-9a-f]{64}") && Files.isSameFile(blob, snapshot)) {
          return Optional.of(Checksum.sha256(name));
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // not known, so not used; the fetch that follows says why
    }
  }

  /** Downloads into the shared cache. */
  Held fetch(HubSource source, Progress progress) throws HubException {
    URI address = address(source);
    Optional<String> token = token();
    Found found = ask(source, address, token);
    ModelFile file = expected(source, found);
    Path folder = folder(source);
    Path blob = folder.resolve("blobs").resolve(found.etag());
    Path link = snapshot(folder, found.commit(), source);
    Path lockFile =
        environment
            .hubCache()
            .resolve(".locks")
            .resolve(folder.getFileName())
            .resolve(found.etag() + ".lock");
    try {
      // Vitrail processes with different homes may share this cache.
      CacheLock.holding(
          lockFile,
          () -> {},
          () -> {
            fetchBlob(new Downloader.Order(address, token, file), blob, progress);
            link(link, blob);
            return link;
          });
      if (!source.isPinned()) {
        Path ref = folder.resolve("refs").resolve(source.revision());
        Files.createDirectories(ref.getParent());
        Files.writeString(ref, found.commit());
      }
      return new Held(link, file);
    } catch (HubException e) {
      throw e;
    } catch (IOException e) {
      throw new HubException(
          "the shared cache %s cannot be written (%s); set HF_HUB_CACHE to a folder that can"
              .formatted(environment.hubCache(), CacheFolder.describe(e)),
          e);
    }
  }

  /** The file that must come: where the card has no checksum, the hub's own SHA-256 holds. */
  private static ModelFile expected(HubSource source, Found found) throws HubException {
    ModelFile file = source.file();
    if (!file.checksums().isEmpty()) {
      return file;
    }
    if (found.etag.length() != 64) {
      throw new HubException(
          "neither the card nor %s states a SHA-256 of %s, so it cannot be checked"
              .formatted(source.describe(), source.path()));
    }
    return file.with(Checksum.sha256(found.etag));
  }

  private void fetchBlob(Downloader.Order order, Path blob, Progress progress) throws IOException {
    Files.createDirectories(blob.getParent());
    if (!Files.isRegularFile(blob) || Verifier.mismatch(blob, order.file()).isPresent()) {
      // A name of our own: Python may write ETAG.incomplete at the same time.
      Path part = blob.resolveSibling(blob.getFileName() + ".vitrail.part");
      downloader.fetch(order, part, blob, progress);
    }
  }

  private Found ask(HubSource source, URI address, Optional<String> token) throws HubException {
    HttpResponse<Void> response = http.head(address, token);
    int status = response.statusCode();
    if (status == 401 || status == 403) {
      throw new HubException(
          "%s is private or asks for consent (%s): get access on its page, then set HF_TOKEN"
              .formatted(source.describe(), status));
    }
    if (status != 200 && !HttpCalls.isRedirect(response)) {
      throw HttpCalls.failure(address, response);
    }
    String commit = response.headers().firstValue("X-Repo-Commit").orElse(source.revision());
    String etag =
        response
            .headers()
            .firstValue("X-Linked-Etag")
            .or(() -> response.headers().firstValue("ETag"))
            .map(value -> value.replaceFirst("^W/", "").replace("\"", ""))
            .orElse("");
    if (!commit.matches("[0-9a-f]{40}") || !etag.matches("[0-9A-Za-z_-]{8,128}")) {
      throw new HubException(
          "%s does not answer like a Hugging Face hub; check HF_ENDPOINT"
              .formatted(address.getHost()));
    }
    Optional<Checksum> pinned =
        source.file().checksum().filter(c -> c.algorithm() == Checksum.Algorithm.SHA256);
    if (etag.length() == 64 && pinned.isPresent() && !etag.equals(pinned.get().hex())) {
      throw new WrongFileException(
          "%s now has another file: sha256:%s, expected %s"
              .formatted(source.describe(), etag, pinned.get()));
    }
    return new Found(commit, etag);
  }

  private URI address(HubSource source) throws HubException {
    String endpoint =
        environment.variable("HF_ENDPOINT").orElse("https://huggingface.co").replaceAll("/+$", "");
    try {
      URI address =
          URI.create(
              "%s/%s/resolve/%s/%s"
                  .formatted(
                      endpoint,
                      source.repository(),
                      source.revision().replace("/", "%2F"),
                      source.path()));
      if (Http.isAllowed(address)) {
        return address;
      }
    } catch (IllegalArgumentException e) {
      // said below
    }
    throw new HubException("HF_ENDPOINT is '%s', expected an https:// address".formatted(endpoint));
  }

  private Optional<String> token() throws HubException {
    Optional<String> token = environment.variable("HF_TOKEN");
    if (token.isPresent() && !token.get().matches("[\\x21-\\x7e]+")) {
      throw new HubException("HF_TOKEN has characters that no token has; copy it again");
    }
    return token;
  }

  private Path folder(HubSource source) {
    return environment.hubCache().resolve("models--" + source.repository().replace("/", "--"));
  }

  private static Path snapshot(Path folder, String commit, HubSource source) {
    return folder.resolve("snapshots").resolve(commit).resolve(source.path());
  }

  /** Links relatively, as Python does; where links are not to be had, a second name or a copy. */
  private static void link(Path link, Path blob) throws IOException {
    Files.createDirectories(link.getParent());
    if (Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
      if (Files.exists(link) && Files.isSameFile(link, blob)) {
        return;
      }
      Files.delete(link);
    }
    try {
      Files.createSymbolicLink(link, link.getParent().relativize(blob));
    } catch (IOException | UnsupportedOperationException noSymbolicLinks) {
      try {
        Files.createLink(link, blob);
      } catch (IOException | UnsupportedOperationException noHardLinks) {
        Path part = link.resolveSibling(link.getFileName() + ".vitrail.part");
        Files.copy(blob, part);
        CacheFolder.publish(part, link);
      }
    }
  }
}
