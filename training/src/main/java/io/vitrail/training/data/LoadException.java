package io.vitrail.training.data;

import org.jspecify.annotations.Nullable;

/** An image of a batch could not be read or prepared; the message names it. */
public final class LoadException extends RuntimeException {
  private static final long serialVersionUID = 1;

  LoadException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
