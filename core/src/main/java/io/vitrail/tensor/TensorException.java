package io.vitrail.tensor;

/** An operator was given what it cannot work on; the message names the operator and the shapes. */
public final class TensorException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public TensorException(String message) {
    super(message);
  }

  public TensorException(String message, Throwable cause) {
    super(message, cause);
  }
}
