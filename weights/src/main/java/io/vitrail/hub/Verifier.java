package io.vitrail.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Compares files with their cards. A file that passed is remembered by its size and time of last
 * change, so that gigabytes are hashed once, not at every start.
 */
final class Verifier {
  private static final int BUFFER = 1 << 16;

  private final Path memory;

  /**
   * @param memory folder for what was verified
   */
  Verifier(Path memory) {
    this.memory = memory;
  }

  /** Why this is not the file of the card; empty if it is. Always reads the whole file. */
  static Optional<String> mismatch(Path path, ModelFile file) throws IOException {
    long size = Files.size(path);
    if (file.size().isPresent() && size != file.size().getAsLong()) {
      return Optional.of(
          "size is %,d bytes, expected %,d".formatted(size, file.size().getAsLong()));
    }
    if (file.checksums().isEmpty()) {
      return Optional.of("no checksum is known to compare with");
    }
    List<Checksum> got = hash(path, file.checksums().stream().map(Checksum::algorithm).toList());
    for (int i = 0; i < got.size(); i++) {
      if (!got.get(i).equals(file.checksums().get(i))) {
        return Optional.of("got %s, expected %s".formatted(got.get(i), file.checksums().get(i)));
      }
    }
    return Optional.empty();
  }

  static List<Checksum> hash(Path path, List<Checksum.Algorithm> algorithms) throws IOException {
    List<MessageDigest> digests = algorithms.stream().map(Checksum.Algorithm::newDigest).toList();
    try (InputStream in = Files.newInputStream(path)) {
      byte[] buffer = new byte[BUFFER];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        for (MessageDigest digest : digests) {
          digest.update(buffer, 0, n);
        }
      }
    }
    List<Checksum> sums = new ArrayList<>();
    for (int i = 0; i < digests.size(); i++) {
      sums.add(new Checksum(algorithms.get(i), HexFormat.of().formatHex(digests.get(i).digest())));
    }
    return sums;
  }

  /** Whether the path holds the file of the card, now or unchanged since it was last verified. */
  boolean holds(Path path, ModelFile file) {
    try {
      if (!Files.isRegularFile(path)) {
        return false;
      }
      if (Files.exists(note(path)) && Files.readString(note(path)).equals(state(path, file))) {
        return true;
      }
      if (mismatch(path, file).isPresent()) {
        return false;
      }
      remember(path, file);
      return true;
    } catch (IOException e) {
      return false; // unreadable is as good as absent: the fetch that follows says why
    }
  }

  void remember(Path path, ModelFile file) {
    try {
      Files.createDirectories(memory);
      Files.writeString(note(path), state(path, file));
    } catch (IOException e) {
      // A read-only cache still works; its files are hashed again next time.
    }
  }

  void forget(Path path) throws IOException {
    try {
      Files.deleteIfExists(note(path));
    } catch (NoSuchFileException e) {
      // the path itself is gone, and its note can never match again
    }
  }

  private Path note(Path path) throws IOException {
    MessageDigest digest = Checksum.Algorithm.SHA256.newDigest();
    byte[] key = digest.digest(path.toRealPath().toString().getBytes(StandardCharsets.UTF_8));
    return memory.resolve(HexFormat.of().formatHex(key, 0, 16));
  }

  private static String state(Path path, ModelFile file) throws IOException {
    return "%d %d %s%n"
        .formatted(
            Files.size(path),
            Files.getLastModifiedTime(path).toMillis(),
            file.checksums().stream().map(Checksum::toString).sorted().toList());
  }
}
