package io.vitrail.imaging;

import java.io.IOException;

/**
 * An image could not be written. The message is one line for people; no half-written file is left,
 * and a file that was there before is untouched.
 */
public class ImageWriteException extends IOException {
  private static final long serialVersionUID = 1;

  public ImageWriteException(String message) {
    super(message);
  }

  public ImageWriteException(String message, Throwable cause) {
    super(message, cause);
  }
}
