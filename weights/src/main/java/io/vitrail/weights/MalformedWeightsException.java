package io.vitrail.weights;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A weight file does not hold what it should: damaged, cut off, hostile, or of a kind we do not
 * read. The message is one line: which file, what was expected, what came, and the next move.
 */
public final class MalformedWeightsException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient Path path;
  private final String expected;
  private final String got;
  private final String nextMove;

  /**
   * An exception whose message is "'path': expected E, got G; N".
   *
   * @param path the file
   * @param expected what a good file would have
   * @param got what this one has
   * @param nextMove what the user can do
   */
  public MalformedWeightsException(Path path, String expected, String got, String nextMove) {
    super("'" + path + "': expected " + expected + ", got " + got + "; " + nextMove);
    this.path = path;
    this.expected = expected;
    this.got = got;
    this.nextMove = nextMove;
  }

  /** The file. */
  public Path path() {
    return path;
  }

  /** What a good file would have. */
  public String expected() {
    return expected;
  }

  /** What this file has. */
  public String got() {
    return got;
  }

  /** What the user can do. */
  public String nextMove() {
    return nextMove;
  }
}
