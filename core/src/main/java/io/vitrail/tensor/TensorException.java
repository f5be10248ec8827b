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

  /** The failure of {@code op}, with the shapes of all {@code inputs}. */
  static TensorException of(String op, RuntimeException e, Tensor... inputs) {
    String reason = String.valueOf(e.getMessage());
    int trace = reason.indexOf("\nException raised from");
    StringBuilder message = new StringBuilder(op).append(": ");
    message.append((trace < 0 ? reason : reason.substring(0, trace)).strip());
    for (int i = 0; i < inputs.length; i++) {
      message.append(i == 0 ? "; given " : ", ");
      message.append(inputs[i].isClosed() ? "a closed tensor" : inputs[i].describe());
    }
    return new TensorException(message.toString(), e);
  }
}
