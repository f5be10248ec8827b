package io.vitrail.hub;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Vitrail's own folder on disk. The layout is stable:
 *
 * <pre>
 * models/NAME/FILE         a verified file
 * models/NAME/FILE.part    a download under way (FILE.part.tag: what the server called it)
 * models/NAME/imported.*   a file of the user's that no card knows
 * locks/NAME.lock          held while a model's files change
 * tmp/NAME/                a package being unpacked
 * verified/                which files were hashed, see Verifier
 * </pre>
 */
final class CacheFolder {
  private static final long SPARE_BYTES = 16L << 20;

  private final Path home;

  CacheFolder(Path home) {
    this.home = home;
  }

  Path home() {
    return home;
  }

  Path models(String card) {
    return home.resolve("models").resolve(card);
  }

  Path file(String card, ModelFile file) {
    return models(card).resolve(file.name());
  }

  Path part(String card, ModelFile file) {
    return models(card).resolve(file.name() + ".part");
  }

  Path lock(String card) {
    return home.resolve("locks").resolve(card + ".lock");
  }

  Path verified() {
    return home.resolve("verified");
  }

  /** An empty folder for unpacking; what an earlier, killed run left there is deleted. */
  Path freshTemp(String card) throws IOException {
    deleteTree(temp(card));
    return Files.createDirectories(temp(card));
  }

  private Path temp(String card) {
    return home.resolve("tmp").resolve(card);
  }

  void deleteTemp(String card) {
    try {
      deleteTree(temp(card));
    } catch (IOException e) {
      // freshTemp clears it next time
    }
  }

  /** Deletes what other sources began before one of them gave the file. */
  void deleteParts(String card) {
    try (DirectoryStream<Path> parts = Files.newDirectoryStream(models(card), "*.part{,.tag}")) {
      for (Path part : parts) {
        Files.delete(part);
      }
    } catch (IOException e) {
      // they take space, no more; remove() deletes them too
    }
  }

  /** Makes the folder of a model, or says why it cannot be. */
  void prepare(String card) throws HubException {
    try {
      Files.createDirectories(models(card));
      if (!Files.isWritable(models(card))) {
        throw new IOException("no permission to write");
      }
    } catch (IOException e) {
      throw new HubException(
          "the cache folder %s cannot be written (%s); make it writable, or set VITRAIL_HOME to another folder"
              .formatted(models(card), describe(e)),
          e);
    }
  }

  /**
   * Checks that so many bytes fit.
   *
   * @throws HubException if they do not
   */
  static void needSpace(Path folder, long bytes) throws HubException {
    long free;
    try {
      free = Files.getFileStore(folder).getUsableSpace();
    } catch (IOException e) {
      return; // some file systems do not say; writing will show
    }
    if (free < bytes + SPARE_BYTES) {
      throw new HubException(
          "disk full: %,d bytes are needed in %s, %,d are free; make room, or set VITRAIL_HOME to another disk"
              .formatted(bytes, folder, free));
    }
  }

  /** Gives a finished file its name, in one step, after its bytes have reached the disk. */
  static void publish(Path part, Path target) throws IOException {
    try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.createDirectories(target.getParent());
    try {
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Checks an unfinished file against its card and publishes it, or throws it away. */
  static void verifyAndPublish(Path part, ModelFile file, Path target, String from)
      throws HubException {
    try {
      Optional<String> mismatch = Verifier.mismatch(part, file);
      if (mismatch.isPresent()) {
        Files.delete(part);
        throw new WrongFileException(
            "%s from %s is not the file of the card (%s); it was thrown away"
                .formatted(file.name(), from, mismatch.get()));
      }
      publish(part, target);
    } catch (HubException e) {
      throw e;
    } catch (IOException e) {
      throw cannotWrite(target, e);
    }
  }

  static HubException cannotWrite(Path target, IOException e) {
    return new HubException("%s cannot be written (%s)".formatted(target, describe(e)), e);
  }

  /** A failure in words: Java's own messages often are a path only. */
  static String describe(IOException e) {
    if (e instanceof FileSystemException f) {
      String reason =
          e instanceof AccessDeniedException
              ? "no permission"
              : e instanceof NoSuchFileException
                  ? "no such file"
                  : e instanceof FileAlreadyExistsException ? "is there already" : f.getReason();
      return "%s: %s".formatted(f.getFile(), reason);
    }
    String name = e.getClass().getSimpleName();
    return e.getMessage() == null ? name : name + ": " + e.getMessage();
  }

  /** Deletes a folder and all in it; follows no links. Nothing happens if it does not exist. */
  static void deleteTree(Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      try (DirectoryStream<Path> children = Files.newDirectoryStream(path)) {
        for (Path child : children) {
          deleteTree(child);
        }
      }
    }
    Files.deleteIfExists(path);
  }
}
