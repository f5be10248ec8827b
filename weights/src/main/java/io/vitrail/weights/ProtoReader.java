package io.vitrail.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Walks the fields of one protobuf message: call {@link #next}, look at {@link #field}, then read
 * the value with the method for it; an unread value is skipped.
 */
final class ProtoReader {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private final MappedFile file;
  private final ByteBuffer in;
  private int field;
  private int wireType;
  private long number;
  private ByteBuffer bytes;

  ProtoReader(MappedFile file, ByteBuffer message) {
    this.file = file;
    this.in = message.slice().order(ByteOrder.LITTLE_ENDIAN);
    this.bytes = in;
  }

  /** Moves to the next field; false at the end of the message. */
  boolean next() throws MalformedWeightsException {
    if (!in.hasRemaining()) {
      return false;
    }
    long tag = readVarint();
    field = (int) (tag >>> 3);
    wireType = (int) (tag & 7);
    if (field <= 0 || tag >>> 3 > 0x1fffffff) {
      throw malformed("a field number", Long.toUnsignedString(tag >>> 3));
    }
    switch (wireType) {
      case VARINT -> number = readVarint();
      case FIXED64 -> number = take(8).getLong();
      case FIXED32 -> number = take(4).getInt() & 0xffffffffL;
      case BYTES -> bytes = take(readVarint());
      default -> throw malformed("wire type 0, 1, 2 or 5", Integer.toString(wireType));
    }
    return true;
  }

  /** The number of the field. */
  int field() {
    return field;
  }

  /** A whole number. */
  long number() throws MalformedWeightsException {
    expect(VARINT);
    return number;
  }

  /** A single-precision float. */
  float fixedFloat() throws MalformedWeightsException {
    expect(FIXED32);
    return Float.intBitsToFloat((int) number);
  }

  /** Bytes, not copied. */
  ByteBuffer bytes() throws MalformedWeightsException {
    expect(BYTES);
    return bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  String text() throws MalformedWeightsException {
    return StandardCharsets.UTF_8.decode(bytes()).toString();
  }

  ProtoReader message() throws MalformedWeightsException {
    return new ProtoReader(file, bytes());
  }

  /** A repeated number: one value, or many packed into bytes. */
  void numbers(LongList into) throws MalformedWeightsException {
    if (wireType == VARINT) {
      into.add(number);
      return;
    }
    ProtoReader packed = message();
    while (packed.in.hasRemaining()) {
      into.add(packed.readVarint());
    }
  }

  /** The bytes of a repeated fixed-width number: one value, or many packed into bytes. */
  ByteBuffer fixed(int width) throws MalformedWeightsException {
    if (wireType == (width == 4 ? FIXED32 : FIXED64)) {
      ByteBuffer one = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, number);
      return one.limit(width);
    }
    return bytes();
  }

  private void expect(int type) throws MalformedWeightsException {
    if (wireType != type) {
      throw malformed("wire type " + type + " in field " + field, Integer.toString(wireType));
    }
  }

  private ByteBuffer take(long length) throws MalformedWeightsException {
    if (length < 0 || length > in.remaining()) {
      throw malformed(
          "a field within the " + Text.number(in.remaining()) + " bytes left of its message",
          Long.toUnsignedString(length) + " bytes");
    }
    ByteBuffer taken = in.slice(in.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN);
    in.position(in.position() + (int) length);
    return taken;
  }

  private long readVarint() throws MalformedWeightsException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (!in.hasRemaining()) {
        throw malformed("the rest of a number", "the end of its message");
      }
      byte next = in.get();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw malformed("a number of at most 10 bytes", "a longer one");
  }

  private MalformedWeightsException malformed(String expected, String got) {
    return file.malformed("protobuf: " + expected, got, MappedFile.FETCH_AGAIN);
  }
}
