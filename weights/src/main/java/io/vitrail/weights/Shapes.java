package io.vitrail.weights;

import java.util.Arrays;

/** Products of sizes that a file may have made up. */
final class Shapes {
  /** What {@link #count} says of a negative size or a product past 2^63. */
  static final long IMPOSSIBLE = -1;

  private Shapes() {}

  /** The number of elements; 1 for a scalar, {@link #IMPOSSIBLE} if there is no such number. */
  static long count(long... shape) {
    long count = 1;
    boolean empty = false;
    boolean overflow = false;
    for (long size : shape) {
      if (size < 0) {
        return IMPOSSIBLE;
      }
      empty |= size == 0;
      overflow |= Math.multiplyHigh(count, size) != 0 || count * size < 0;
      count *= size;
    }
    if (empty) {
      return 0;
    }
    return overflow ? IMPOSSIBLE : count;
  }

  /** The number of bytes, or {@link #IMPOSSIBLE}. */
  static long bytes(ElementType type, long... shape) {
    long count = count(shape);
    boolean possible = count != IMPOSSIBLE && count <= Long.MAX_VALUE / type.bytes();
    return possible ? count * type.bytes() : IMPOSSIBLE;
  }

  static String text(ElementType type, long... shape) {
    String sizes = shape.length > 16 ? "[" + shape.length + " sizes]" : Arrays.toString(shape);
    return type + " " + sizes;
  }
}
