package io.vitrail.hub;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What npm and pip packages have in common. */
final class Packages {
  private Packages() {}

  /** The one file with that ending that a package client left in a folder. */
  static Path onlyFile(Path folder, String ending, String client) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + ending)) {
      files.forEach(found::add);
    }
    if (found.size() != 1) {
      throw new HubException(
          "%s ended well but left %d files *%s instead of 1; is its version too old?"
              .formatted(client, found.size(), ending));
    }
    return found.get(0);
  }

  /** Compares a package with the hash its card states, if any. */
  static void check(Path file, Optional<Checksum> expected, String what) throws IOException {
    if (expected.isPresent()) {
      Checksum got = Verifier.hash(file, List.of(expected.get().algorithm())).get(0);
      if (!got.equals(expected.get())) {
        throw new WrongFileException(
            "%s is not the package of the card (got %s, expected %s); it was thrown away"
                .formatted(what, got, expected.get()));
      }
    }
  }
}
