package io.vitrail.tensor;

/** A process of a {@link ProcessGroup} is gone, silent, or never came. */
public final class ProcessGroupException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ProcessGroupException(String message, Throwable cause) {
    super(message, cause);
  }
}
