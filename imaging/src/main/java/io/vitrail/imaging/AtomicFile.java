package io.vitrail.imaging;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** Writes a file as a whole or not at all. */
final class AtomicFile {
  /** What fills the file. */
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  private AtomicFile() {}

  static void write(Path file, Content content) throws ImageWriteException {
    Path target = file.toAbsolutePath();
    Path folder = target.getParent();
    if (folder == null || Files.isDirectory(target)) {
      throw new ImageWriteException("'" + file + "' is a folder; give the name of a file in it");
    }
    if (!Files.isDirectory(folder)) {
      throw new ImageWriteException(
          "cannot write '" + file + "': the folder " + folder + " does not exist; create it first");
    }
    Path temporary = folder.resolve("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      try (OutputStream out =
          new BufferedOutputStream(
              Files.newOutputStream(temporary, StandardOpenOption.CREATE_NEW), 1 << 16)) {
        content.writeTo(out);
      }
      move(temporary, target);
    } catch (AccessDeniedException e) {
      throw new ImageWriteException(
          "cannot write '" + file + "': no permission to write into " + folder, e);
    } catch (ImageWriteException e) {
      throw new ImageWriteException("cannot write '" + file + "': " + e.getMessage(), e);
    } catch (IOException e) {
      throw new ImageWriteException(
          "cannot write '" + file + "': " + e.getMessage() + space(folder), e);
    } finally {
      delete(temporary);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static void delete(Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      // The failure that brought us here is the one to report.
    }
  }

  /** A full disk is the usual cause, and the system's message does not always say so. */
  private static String space(Path folder) {
    try {
      long free = Files.getFileStore(folder).getUsableSpace();
      return " (" + (free >> 20) + " MB free on that disk)";
    } catch (IOException e) {
      return "";
    }
  }
}
