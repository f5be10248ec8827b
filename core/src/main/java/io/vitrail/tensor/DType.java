package io.vitrail.tensor;

import org.bytedeco.pytorch.global.torch.ScalarType;

/** The element types a {@link Tensor} can have. */
public enum DType {
  F64(ScalarType.Double, 8, "float64"),
  F32(ScalarType.Float, 4, "float32"),
  F16(ScalarType.Half, 2, "float16"),
  BF16(ScalarType.BFloat16, 2, "bfloat16"),
  I64(ScalarType.Long, 8, "int64"),
  I32(ScalarType.Int, 4, "int32"),
  I16(ScalarType.Short, 2, "int16"),
  I8(ScalarType.Char, 1, "int8"),
  U8(ScalarType.Byte, 1, "uint8"),
  BOOL(ScalarType.Bool, 1, "bool");

  final ScalarType nat;
  private final int bytes;
  private final String label;

  DType(ScalarType nat, int bytes, String label) {
    this.nat = nat;
    this.bytes = bytes;
    this.label = label;
  }

  /** Bytes an element takes. */
  public int bytes() {
    return bytes;
  }

  /** Whether elements are real numbers, so that gradients make sense. */
  public boolean isFloating() {
    return this == F64 || this == F32 || this == F16 || this == BF16;
  }

  /** PyTorch's name, such as {@code float32}. */
  @Override
  public String toString() {
    return label;
  }

  static DType of(ScalarType type) {
    for (DType dtype : values()) {
      if (dtype.nat.value == type.value) { // JavaCPP makes enums anew
        return dtype;
      }
    }
    throw new TensorException("tensors of type " + type + " are not supported");
  }
}
