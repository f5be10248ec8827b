package io.vitrail.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads one ONNX TensorProto. Its values stand in raw bytes, or in a typed list: floats, doubles,
 * 64-bit integers, or 32-bit integers that also carry every narrower type (F16 as its bits).
 */
final class OnnxTensor {
  private final MappedFile file;
  private final LongList dims = new LongList();
  private final LongList integers = new LongList();
  private String name = "";
  private int dataType;
  private ByteBuffer bytes = ByteBuffer.allocate(0);

  private OnnxTensor(MappedFile file) {
    this.file = file;
  }

  static StoredTensor read(MappedFile file, ProtoReader in) throws IOException {
    OnnxTensor tensor = new OnnxTensor(file);
    while (in.next()) {
      switch (in.field()) {
        case 1 -> in.numbers(tensor.dims);
        case 2 -> tensor.dataType = (int) in.number();
        case 4 -> tensor.append(in.fixed(4));
        case 5, 7 -> in.numbers(tensor.integers);
        case 8 -> tensor.name = in.text();
        case 9 -> tensor.append(in.bytes());
        case 10 -> tensor.append(in.fixed(8));
        case 13, 14 -> tensor.refuseExternal(in);
        default -> {} // documentation; strings and unsigned integers are refused by type
      }
    }
    return tensor.build();
  }

  private void refuseExternal(ProtoReader in) throws MalformedWeightsException {
    if (in.field() == 14 && in.number() == 0) {
      return;
    }
    throw file.malformed(
        "weights inside the ONNX file",
        Text.quote(name) + " in a file beside it",
        "save the model as one file (onnx.save with save_as_external_data=False)");
  }

  /** One chunk is the rule and is not copied; unpacked lists come value by value. */
  private void append(ByteBuffer more) {
    if (!bytes.hasRemaining()) {
      bytes = more;
      return;
    }
    if (bytes.isReadOnly() || bytes.capacity() - bytes.limit() < more.remaining()) {
      int length = bytes.remaining() + more.remaining();
      ByteBuffer grown = ByteBuffer.allocate((int) Math.min(2L * length, Integer.MAX_VALUE - 8));
      bytes = grown.put(bytes.duplicate()).flip().order(ByteOrder.LITTLE_ENDIAN);
    }
    int end = bytes.limit();
    bytes.limit(end + more.remaining());
    bytes.put(end, more, more.position(), more.remaining());
  }

  private StoredTensor build() throws IOException {
    ElementType type = type();
    long[] shape = dims.toArray();
    if (integers.size() > 0) {
      if (bytes.hasRemaining()) {
        throw file.malformed(
            "the values of " + Text.quote(name) + " once",
            "both a list and raw bytes",
            MappedFile.FETCH_AGAIN);
      }
      long needed = file.checkedBytes(name, type, shape);
      if (needed != (long) integers.size() * type.bytes()) {
        throw file.malformed(
            "values for " + Text.quote(name) + " " + Shapes.text(type, shape),
            Text.number(integers.size()) + " of them",
            MappedFile.FETCH_AGAIN);
      }
      bytes = pack(type, (int) needed);
    }
    return file.tensor(name, type, shape, bytes);
  }

  private ByteBuffer pack(ElementType type, int length) throws IOException {
    if (type == ElementType.F32 || type == ElementType.F64) {
      throw file.malformed(
          "floats for " + Text.quote(name), "a list of integers", MappedFile.FETCH_AGAIN);
    }
    ByteBuffer packed = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < integers.size(); i++) {
      long value = integers.get(i);
      switch (type.bytes()) {
        case 8 -> packed.putLong(value);
        case 4 -> packed.putInt((int) value);
        case 2 -> packed.putShort((short) value);
        default -> packed.put((byte) value);
      }
    }
    return packed.flip();
  }

  private ElementType type() throws MalformedWeightsException {
    return switch (dataType) {
      case 1 -> ElementType.F32;
      case 2 -> ElementType.U8;
      case 3 -> ElementType.I8;
      case 5 -> ElementType.I16;
      case 6 -> ElementType.I32;
      case 7 -> ElementType.I64;
      case 9 -> ElementType.BOOL;
      case 10 -> ElementType.F16;
      case 11 -> ElementType.F64;
      case 16 -> ElementType.BF16;
      default ->
          throw file.malformed(
              "a float, integer (not U16 to U64) or bool tensor",
              Text.quote(name) + " of ONNX data type " + dataType,
              "convert that tensor and save the model again");
    };
  }
}
