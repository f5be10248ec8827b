package io.vitrail.hub;

import java.io.IOException;

/** A model file could not be had; the message says why, and what to do next. */
public class HubException extends IOException {
  /** Says what was expected, what came, and the next move. */
  public HubException(String message) {
    super(message);
  }

  /** As above, with the failure underneath. */
  public HubException(String message, Throwable cause) {
    super(message, cause);
  }
}
