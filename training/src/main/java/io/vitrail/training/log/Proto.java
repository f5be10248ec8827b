package io.vitrail.training.log;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A message of protocol buffers in its binary form, field by field. */
final class Proto {
  private static final int VARINT = 0;
  private static final int BITS_64 = 1;
  private static final int BYTES = 2;
  private static final int BITS_32 = 5;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  Proto number(int field, long value) {
    return key(field, VARINT).varint(value);
  }

  Proto float64(int field, double value) {
    ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(value);
    return key(field, BITS_64).raw(bytes.array());
  }

  Proto float32(int field, float value) {
    ByteBuffer bytes = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(value);
    return key(field, BITS_32).raw(bytes.array());
  }

  Proto bytes(int field, byte[] value) {
    return key(field, BYTES).varint(value.length).raw(value);
  }

  Proto text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  Proto message(int field, Proto value) {
    return bytes(field, value.toBytes());
  }

  /** All fields of another message. */
  Proto append(Proto other) {
    return raw(other.toBytes());
  }

  byte[] toBytes() {
    return out.toByteArray();
  }

  private Proto key(int field, int type) {
    return varint((long) field << 3 | type);
  }

  /** Seven bits a byte, the lowest first; the eighth says that more follow. */
  private Proto varint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
    return this;
  }

  private Proto raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }
}
