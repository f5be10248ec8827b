package io.vitrail.training.data;

import java.io.IOException;

/**
 * Files are not the data set that was expected. The message is one line for people: which file,
 * what was expected, what came, and what to do.
 */
public final class DatasetException extends IOException {
  private static final long serialVersionUID = 1;

  DatasetException(String message) {
    super(message);
  }

  DatasetException(String message, Throwable cause) {
    super(message, cause);
  }
}
