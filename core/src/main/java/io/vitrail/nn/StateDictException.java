package io.vitrail.nn;

/** The keys or shapes of a weight file are not those of the network. */
public final class StateDictException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public StateDictException(String message) {
    super(message);
  }
}
