package io.vitrail.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Files that an index names, which must lie in the index's own folder or below it. */
final class SiblingFiles {
  private SiblingFiles() {}

  /**
   * The path of a named file.
   *
   * @throws MalformedWeightsException if the name leads out of the folder, or there is no such file
   */
  static Path find(MappedFile index, String name) throws IOException {
    Path folder = index.path().toAbsolutePath().normalize().getParent();
    try {
      Path path = folder == null ? null : folder.resolve(name).normalize();
      if (path == null || name.isEmpty() || path.equals(folder) || !path.startsWith(folder)) {
        throw outside(index, name);
      }
      if (!Files.isRegularFile(path)) {
        throw index.malformed(
            "the file " + Text.quote(name) + " beside it",
            "none",
            "fetch all parts into one folder");
      }
      return path;
    } catch (InvalidPathException e) {
      throw outside(index, name);
    }
  }

  private static MalformedWeightsException outside(MappedFile index, String name) {
    return index.malformed(
        "names of files in its own folder",
        Text.quote(name),
        "do not trust this file; fetch it from its author");
  }
}
