package io.vitrail.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One named tensor of a weight file: element type, shape and values in row-major order.
 *
 * <p>Immutable and safe to share between threads. The bytes of a mapped file are not copied; such a
 * tensor stays readable after its {@link Weights} are closed, because the mapping lives as long as
 * a buffer into it is reachable. Do not shorten or overwrite the file in that time. One tensor is
 * at most 2 GiB - 1 bytes, what a Java buffer can hold.
 */
public final class StoredTensor {
  private final String name;
  private final ElementType type;
  private final long[] shape;
  private final Supplier<ByteBuffer> source;
  private volatile @Nullable ByteBuffer data;

  /**
   * A tensor whose bytes are made when first asked for. The shape was checked by the caller, and
   * the source gives exactly the bytes of it.
   */
  StoredTensor(String name, ElementType type, long[] shape, Supplier<ByteBuffer> source) {
    this.name = name;
    this.type = type;
    this.shape = shape.clone();
    this.source = source;
  }

  /**
   * A tensor over the remaining bytes of a little-endian buffer, which are not copied.
   *
   * @throws IllegalArgumentException if the buffer does not hold exactly the bytes of the shape
   */
  public static StoredTensor of(String name, ElementType type, ByteBuffer data, long... shape) {
    checkCount(name, (double) data.remaining() / type.bytes(), type, shape);
    ByteBuffer bytes = data.slice();
    return new StoredTensor(name, type, shape, () -> bytes);
  }

  /** An F32 tensor with a copy of these values, row-major. */
  public static StoredTensor of(String name, float[] values, long... shape) {
    checkCount(name, values.length, ElementType.F32, shape);
    ByteBuffer bytes = allocate(name, values.length, ElementType.F32);
    bytes.asFloatBuffer().put(values);
    return new StoredTensor(name, ElementType.F32, shape, () -> bytes);
  }

  /**
   * A tensor of any float type with these values, row-major, rounded to nearest even.
   *
   * @throws IllegalArgumentException if the type is not a float type
   */
  public static StoredTensor of(String name, ElementType type, float[] values, long... shape) {
    checkCount(name, values.length, type, shape);
    ByteBuffer bytes = allocate(name, values.length, type);
    for (float value : values) {
      switch (type) {
        case F64 -> bytes.putDouble(value);
        case F32 -> bytes.putFloat(value);
        case F16 -> bytes.putShort(HalfFloat.toF16(value));
        case BF16 -> bytes.putShort(HalfFloat.toBf16(value));
        default ->
            throw new IllegalArgumentException(
                "floats make F64, F32, F16 or BF16, not " + type + "; pass long[] for integers");
      }
    }
    bytes.flip();
    return new StoredTensor(name, type, shape, () -> bytes);
  }

  /** An F64 tensor with a copy of these values, row-major. */
  public static StoredTensor of(String name, double[] values, long... shape) {
    checkCount(name, values.length, ElementType.F64, shape);
    ByteBuffer bytes = allocate(name, values.length, ElementType.F64);
    bytes.asDoubleBuffer().put(values);
    return new StoredTensor(name, ElementType.F64, shape, () -> bytes);
  }

  /** An I64 tensor with a copy of these values, row-major. */
  public static StoredTensor of(String name, long[] values, long... shape) {
    checkCount(name, values.length, ElementType.I64, shape);
    ByteBuffer bytes = allocate(name, values.length, ElementType.I64);
    bytes.asLongBuffer().put(values);
    return new StoredTensor(name, ElementType.I64, shape, () -> bytes);
  }

  /** An I32 tensor with a copy of these values, row-major. */
  public static StoredTensor of(String name, int[] values, long... shape) {
    checkCount(name, values.length, ElementType.I32, shape);
    ByteBuffer bytes = allocate(name, values.length, ElementType.I32);
    bytes.asIntBuffer().put(values);
    return new StoredTensor(name, ElementType.I32, shape, () -> bytes);
  }

  private static ByteBuffer allocate(String name, int count, ElementType type) {
    long bytes = (long) count * type.bytes();
    if (bytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(tooLarge(name, bytes));
    }
    return ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void checkCount(String name, double values, ElementType type, long... shape) {
    if (values != Shapes.count(shape)) {
      throw new IllegalArgumentException(
          "tensor "
              + Text.quote(name)
              + " is "
              + Shapes.text(type, shape)
              + ", but there are values for "
              + Text.number((long) values)
              + " elements");
    }
  }

  static String tooLarge(String name, long bytes) {
    return "tensor "
        + Text.quote(name)
        + " is "
        + Text.number(bytes)
        + " bytes, and one tensor can be at most "
        + Text.number(Integer.MAX_VALUE)
        + "; store it in parts or in a smaller type";
  }

  /** The name, as in the file unless a view changed it. */
  public String name() {
    return name;
  }

  /** The type of the elements. */
  public ElementType type() {
    return type;
  }

  /** The sizes, outermost first; empty for a scalar. A copy. */
  public long[] shape() {
    return shape.clone();
  }

  /** The number of elements; 1 for a scalar, 0 if any size is 0. */
  public long count() {
    return Shapes.count(shape);
  }

  /** The number of bytes. */
  public long byteLength() {
    return Shapes.bytes(type, shape);
  }

  /**
   * The values: a new read-only little-endian view of {@link #byteLength} bytes, row-major without
   * gaps. It is direct (and nothing was copied) where the file holds the values in this form.
   */
  public ByteBuffer data() {
    ByteBuffer bytes = data;
    if (bytes == null) {
      bytes = source.get().asReadOnlyBuffer();
      data = bytes;
    }
    return bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * The values of a float tensor, row-major. F64 is rounded to the nearest float.
   *
   * @throws IllegalStateException if the type is not a float type
   */
  public float[] toFloats() {
    float[] values = new float[Math.toIntExact(count())];
    ByteBuffer bytes = data();
    switch (type) {
      case F32 -> bytes.asFloatBuffer().get(values);
      case F64 -> {
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) bytes.getDouble(8 * i);
        }
      }
      case F16 -> {
        ShortBuffer halves = bytes.asShortBuffer();
        for (int i = 0; i < values.length; i++) {
          values[i] = HalfFloat.fromF16(halves.get(i));
        }
      }
      case BF16 -> {
        ShortBuffer halves = bytes.asShortBuffer();
        for (int i = 0; i < values.length; i++) {
          values[i] = HalfFloat.fromBf16(halves.get(i));
        }
      }
      default ->
          throw new IllegalStateException(
              "toFloats() needs a float tensor, but " + this + "; call toLongs()");
    }
    return values;
  }

  /**
   * The values of an integer or BOOL tensor, row-major; true is 1.
   *
   * @throws IllegalStateException if the type is a float type
   */
  public long[] toLongs() {
    long[] values = new long[Math.toIntExact(count())];
    ByteBuffer bytes = data();
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case I64 -> bytes.getLong(8 * i);
            case I32 -> bytes.getInt(4 * i);
            case I16 -> bytes.getShort(2 * i);
            case I8 -> bytes.get(i);
            case U8 -> bytes.get(i) & 0xff;
            case BOOL -> bytes.get(i) == 0 ? 0 : 1;
            default ->
                throw new IllegalStateException(
                    "toLongs() needs an integer tensor, but " + this + "; call toFloats()");
          };
    }
    return values;
  }

  /** The same values under another name; nothing is copied. */
  public StoredTensor withName(String newName) {
    return new StoredTensor(newName, type, shape, this::data);
  }

  /** For people: "'conv.weight' is F32 [64, 3, 7, 7]". */
  @Override
  public String toString() {
    return Text.quote(name) + " is " + Shapes.text(type, shape);
  }
}
