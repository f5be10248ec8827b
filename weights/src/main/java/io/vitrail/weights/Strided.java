package io.vitrail.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Copies of tensors whose elements do not stand in row-major order. */
final class Strided {
  private Strided() {}

  /** The steps, in elements, of a tensor without gaps. */
  static long[] rowMajor(long[] shape) {
    long[] strides = new long[shape.length];
    long step = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = step;
      step *= Math.max(1, shape[i]);
    }
    return strides;
  }

  /** True if the elements already stand in row-major order; a size of 1 has no say. */
  static boolean isRowMajor(long[] shape, long[] strides) {
    long[] wanted = rowMajor(shape);
    for (int i = 0; i < shape.length; i++) {
      if (shape[i] > 1 && strides[i] != wanted[i]) {
        return false;
      }
    }
    return true;
  }

  /**
   * Copies into row-major order.
   *
   * @param source the storage
   * @param width bytes of an element
   * @param offset the first element, in elements
   * @param shape sizes, checked: the view lies within the source and fits a buffer
   * @param strides steps in elements
   */
  static ByteBuffer gather(
      ByteBuffer source, int width, long offset, long[] shape, long[] strides) {
    int count = (int) Shapes.count(shape);
    ByteBuffer rows = ByteBuffer.allocate(count * width).order(ByteOrder.LITTLE_ENDIAN);
    long[] index = new long[shape.length];
    long position = offset;
    for (int i = 0; i < count; i++) {
      rows.put(i * width, source, (int) (position * width), width);
      // Count up like an odometer, moving the position along.
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        position += strides[axis];
        if (++index[axis] < shape[axis]) {
          break;
        }
        position -= index[axis] * strides[axis];
        index[axis] = 0;
      }
    }
    return rows;
  }
}
