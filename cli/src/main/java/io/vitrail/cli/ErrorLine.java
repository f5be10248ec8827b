package io.vitrail.cli;

import io.vitrail.hub.HubException;
import io.vitrail.imaging.ImageReadException;
import io.vitrail.imaging.ImageWriteException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Failures in words. */
final class ErrorLine {
  private ErrorLine() {}

  /** What to tell the user: one line, or a list where several things were tried. */
  static String of(Throwable failure) {
    if (failure instanceof ExceptionInInitializerError && failure.getCause() != null) {
      return of(failure.getCause());
    }
    if (failure instanceof HubException
        || failure instanceof ImageReadException
        || failure instanceof ImageWriteException) {
      return failure.getMessage();
    }
    if (failure instanceof FileSystemException file) {
      return ofFile(file);
    }
    if (failure instanceof OutOfMemoryError) {
      return "out of memory (%s); free some, choose a smaller --size (to train: --set accumulation=4), or give Java more: VITRAIL_OPTS=-Xmx8g"
          .formatted(failure.getMessage());
    }
    if (failure.getMessage() != null && isMeantForUsers(failure)) {
      return failure.getMessage();
    }
    String what = failure.getClass().getSimpleName();
    return "unexpected %s; run it again with --debug and report what it shows"
        .formatted(failure.getMessage() == null ? what : what + ": " + failure.getMessage());
  }

  private static boolean isMeantForUsers(Throwable failure) {
    return failure instanceof IOException
        || failure instanceof IllegalArgumentException
        || failure instanceof IllegalStateException
        || failure.getClass().getName().startsWith("io.vitrail.");
  }

  /** Java's own messages are often the path alone. */
  private static String ofFile(FileSystemException e) {
    String file = "'" + e.getFile() + "' ";
    if (e instanceof NoSuchFileException) {
      return file + "does not exist; check the path";
    }
    if (e instanceof AccessDeniedException) {
      return file + "cannot be used: no permission";
    }
    if (e instanceof FileAlreadyExistsException || e instanceof NotDirectoryException) {
      return file + "is not a folder; choose another name";
    }
    return file + "cannot be used: " + (e.getReason() == null ? "unknown reason" : e.getReason());
  }
}
