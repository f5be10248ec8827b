package io.vitrail.training.recipe;

/** A recipe that cannot be read or makes no sense; the message says where and what to write. */
public final class RecipeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  RecipeException(String message) {
    super(message);
  }

  RecipeException(String message, Throwable cause) {
    super(message, cause);
  }
}
