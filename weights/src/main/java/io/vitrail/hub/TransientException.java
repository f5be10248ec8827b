package io.vitrail.hub;

/** A failure that may be gone in a moment; the attempt is repeated. */
final class TransientException extends HubException {
  private final long retryAfterMillis;

  TransientException(String message, long retryAfterMillis) {
    super(message);
    this.retryAfterMillis = retryAfterMillis;
  }

  TransientException(String message, Throwable cause) {
    super(message, cause);
    this.retryAfterMillis = 0;
  }

  /** What the server asks to wait; 0 if it does not say. */
  long retryAfterMillis() {
    return retryAfterMillis;
  }
}
