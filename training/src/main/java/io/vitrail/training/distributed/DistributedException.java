package io.vitrail.training.distributed;

/**
 * Processes of one training lost or never found each other. The run ends; its last checkpoint is
 * whole. The message is one line that says what to do.
 */
public final class DistributedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public DistributedException(String message) {
    super(message);
  }

  public DistributedException(String message, Throwable cause) {
    super(message, cause);
  }
}
