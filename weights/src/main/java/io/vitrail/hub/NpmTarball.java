package io.vitrail.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads named entries of an npm package as a stream. Only entries that were asked for are read, and
 * only into the one file the caller names, so an entry's path can lead nowhere.
 */
final class NpmTarball {
  private static final long MAX_INDEX_BYTES = 4L << 20;
  private static final int BUFFER = 1 << 16;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path tarball;
  private final String what;

  NpmTarball(Path tarball, String what) {
    this.tarball = tarball;
    this.what = what;
  }

  /** Bytes {@code [from, to)} of the joined file. */
  private record Chunk(String hash, long from, long to) {}

  /** Takes an entry's content; false ends the reading. */
  @FunctionalInterface
  private interface Visitor {
    boolean visit(TarArchiveEntry entry, InputStream content) throws IOException;
  }

  /**
   * Writes one entry to {@code target}.
   *
   * @throws HubException if there is no such entry, or it is longer than the card says
   */
  void copy(String path, ModelFile file, Path target, Progress progress) throws IOException {
    boolean[] found = {false};
    walk(
        (entry, content) -> {
          if (!entry.getName().equals(path)) {
            return true;
          }
          if (file.size().isPresent() && entry.getSize() != file.size().getAsLong()) {
            throw broken(
                "its %s has %,d bytes, expected %,d"
                    .formatted(path, entry.getSize(), file.size().getAsLong()));
          }
          try (FileChannel out = open(target)) {
            transfer(content, entry.getSize(), out, 0, null, progress, entry.getSize());
          }
          found[0] = true;
          return false;
        });
    if (!found[0]) {
      throw broken("it has no file " + path);
    }
  }

  /**
   * Joins the pieces that an index lists. The index may come after its pieces in the tarball, hence
   * two passes; each piece is checked against its own hash.
   */
  void join(NpmSource.Chunks chunks, Path target, Progress progress) throws IOException {
    List<Chunk> list = index(chunks);
    long total = list.get(list.size() - 1).to();
    Map<String, List<Chunk>> missing = new HashMap<>();
    for (Chunk chunk : list) {
      missing.computeIfAbsent(chunks.pathOf(chunk.hash()), p -> new ArrayList<>()).add(chunk);
    }
    long[] done = {0};
    try (FileChannel out = open(target)) {
      walk(
          (entry, content) -> {
            List<Chunk> places = missing.remove(entry.getName());
            if (places != null) {
              place(places, entry, content, out, done, progress, total);
            }
            return !missing.isEmpty();
          });
    }
    if (!missing.isEmpty()) {
      throw broken(
          "it lacks %d pieces, such as %s"
              .formatted(missing.size(), missing.keySet().iterator().next()));
    }
  }

  private void place(
      List<Chunk> places,
      TarArchiveEntry entry,
      InputStream content,
      FileChannel out,
      long[] done,
      Progress progress,
      long total)
      throws IOException {
    Chunk first = places.get(0);
    long size = first.to() - first.from();
    if (entry.getSize() != size) {
      throw broken(
          "piece %s has %,d bytes, its index says %,d"
              .formatted(entry.getName(), entry.getSize(), size));
    }
    MessageDigest digest = Checksum.Algorithm.SHA256.newDigest();
    long base = done[0];
    transfer(content, size, out, first.from(), digest, (n, t) -> progress.at(base + n, t), total);
    String hash = HexFormat.of().formatHex(digest.digest());
    if (!hash.equals(first.hash())) {
      throw broken("piece %s is damaged (its sha256 is %s)".formatted(entry.getName(), hash));
    }
    done[0] += size;
    for (Chunk again : places.subList(1, places.size())) {
      repeat(out, first, again);
      done[0] += size;
      progress.at(done[0], OptionalLong.of(total));
    }
  }

  /** Copies a piece that the file contains more than once. */
  private static void repeat(FileChannel out, Chunk from, Chunk to) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    long length = from.to() - from.from();
    for (long at = 0; at < length; ) {
      buffer.clear().limit((int) Math.min(BUFFER, length - at));
      int n = out.read(buffer, from.from() + at);
      if (n < 0) {
        throw new IOException("the unpacked file is shorter than what was written to it");
      }
      buffer.flip();
      while (buffer.hasRemaining()) {
        out.write(buffer, to.from() + at + buffer.position());
      }
      at += n;
    }
  }

  /** Reads the list of pieces, and checks that they cover the file without gap or overlap. */
  private List<Chunk> index(NpmSource.Chunks chunks) throws IOException {
    List<Chunk> list = new ArrayList<>();
    walk(
        (entry, content) -> {
          if (!entry.getName().equals(chunks.index())) {
            return true;
          }
          if (entry.getSize() > MAX_INDEX_BYTES) {
            throw broken("its index %s is too large".formatted(chunks.index()));
          }
          parse(json(content.readAllBytes(), chunks), chunks, list);
          return false;
        });
    if (list.isEmpty()) {
      throw broken("it has no index %s".formatted(chunks.index()));
    }
    return list;
  }

  private JsonNode json(byte[] text, NpmSource.Chunks chunks) throws HubException {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw broken("its index %s is not JSON".formatted(chunks.index()));
    }
  }

  private void parse(JsonNode index, NpmSource.Chunks chunks, List<Chunk> list)
      throws HubException {
    JsonNode model = index.path(chunks.key());
    long at = 0;
    for (JsonNode piece : model.path("chunks")) {
      String hash = piece.path("hash").asText();
      long from = piece.path("offsets").path(0).asLong(-1);
      long to = piece.path("offsets").path(1).asLong(-1);
      if (!hash.matches("[0-9a-f]{64}") || from != at || to <= from) {
        throw broken(
            "its index lists under '%s' the piece %s, which does not follow byte %,d"
                .formatted(chunks.key(), piece, at));
      }
      list.add(new Chunk(hash, from, to));
      at = to;
    }
    if (list.isEmpty() || at != model.path("size").asLong(at)) {
      throw broken("its index has no whole list under '%s'".formatted(chunks.key()));
    }
  }

  private void walk(Visitor visitor) throws IOException {
    try (InputStream raw = new BufferedInputStream(Files.newInputStream(tarball), BUFFER);
        TarArchiveInputStream tar = open(raw)) {
      for (TarArchiveEntry entry = next(tar); entry != null; entry = next(tar)) {
        if (entry.isFile() && !visitor.visit(entry, tar)) {
          return;
        }
      }
    }
  }

  private TarArchiveInputStream open(InputStream raw) throws HubException {
    try {
      return new TarArchiveInputStream(new GzipCompressorInputStream(raw));
    } catch (IOException e) {
      throw broken("it is not a gzip file");
    }
  }

  private TarArchiveEntry next(TarArchiveInputStream tar) throws HubException {
    try {
      return tar.getNextEntry();
    } catch (IOException e) {
      throw broken("it is cut short or damaged (%s)".formatted(CacheFolder.describe(e)));
    }
  }

  private void transfer(
      InputStream in,
      long size,
      FileChannel out,
      long position,
      @Nullable MessageDigest digest,
      Progress progress,
      long total)
      throws IOException {
    byte[] buffer = new byte[BUFFER];
    for (long done = 0; done < size; ) {
      if (Thread.currentThread().isInterrupted()) {
        throw Interrupted.during("unpacking");
      }
      int n = read(in, buffer, (int) Math.min(buffer.length, size - done));
      if (digest != null) {
        digest.update(buffer, 0, n);
      }
      ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, n);
      while (bytes.hasRemaining()) {
        out.write(bytes, position + done + bytes.position());
      }
      done += n;
      progress.at(done, OptionalLong.of(total));
    }
  }

  /** Reading errors are the package's fault, writing errors the disk's: told apart here. */
  private int read(InputStream in, byte[] buffer, int length) throws HubException {
    int n;
    try {
      n = in.read(buffer, 0, length);
    } catch (IOException e) {
      throw broken("it is cut short or damaged (%s)".formatted(CacheFolder.describe(e)));
    }
    if (n <= 0) {
      throw broken("it is cut short");
    }
    return n;
  }

  private static FileChannel open(Path target) throws IOException {
    return FileChannel.open(
        target,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.READ,
        StandardOpenOption.WRITE);
  }

  private HubException broken(String why) {
    return new HubException("%s cannot be used: %s".formatted(what, why));
  }
}
