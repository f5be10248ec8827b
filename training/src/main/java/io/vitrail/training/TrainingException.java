package io.vitrail.training;

import org.jspecify.annotations.Nullable;

/** A training that cannot go on; the message says why, and what to do. */
public final class TrainingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TrainingException(String message) {
    this(message, null);
  }

  TrainingException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
