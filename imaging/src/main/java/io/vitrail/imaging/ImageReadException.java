package io.vitrail.imaging;

import java.io.IOException;

/**
 * An image could not be read. The message is one line for people: which file, what was expected,
 * what came, and what to do.
 */
public class ImageReadException extends IOException {
  private static final long serialVersionUID = 1;

  public ImageReadException(String message) {
    super(message);
  }

  public ImageReadException(String message, Throwable cause) {
    super(message, cause);
  }
}
