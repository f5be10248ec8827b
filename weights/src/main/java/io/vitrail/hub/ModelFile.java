package io.vitrail.hub;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * One file that holds a model's weights, and how to know that it is the right one.
 *
 * @param name its name in the cache, such as {@code isnet-general-use-fp16.onnx}
 * @param format how it is written
 * @param size its length in bytes; empty where the publisher does not state it (the checksum
 *     decides)
 * @param checksums the hashes it must have, all of them; none only for a file of the hub, which
 *     states the SHA-256 itself
 * @param note what is special about this file, such as its number type; may be empty
 */
public record ModelFile(
    String name, FileFormat format, OptionalLong size, List<Checksum> checksums, String note) {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,120}");

  public ModelFile {
    if (!NAME.matcher(name).matches() || name.endsWith(".part")) {
      throw new IllegalArgumentException(
          "a file name has letters, digits, '.', '_' and '-' only, got '%s'".formatted(name));
    }
    if (size.isPresent() && size.getAsLong() <= 0) {
      throw new IllegalArgumentException(
          "size of %s is %d bytes, expected at least 1".formatted(name, size.getAsLong()));
    }
    checksums = List.copyOf(checksums);
  }

  /** The SHA-256 if the card states one, else the first checksum, if there is any. */
  public Optional<Checksum> checksum() {
    return checksums.stream()
        .filter(c -> c.algorithm() == Checksum.Algorithm.SHA256)
        .findFirst()
        .or(() -> checksums.stream().findFirst());
  }

  /** The same file, which must also have this hash. */
  ModelFile with(Checksum checksum) {
    List<Checksum> all = new ArrayList<>(checksums);
    all.add(checksum);
    return new ModelFile(name, format, size, all, note);
  }
}
