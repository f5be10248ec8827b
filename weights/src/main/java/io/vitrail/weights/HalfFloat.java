package io.vitrail.weights;

/** The two 16-bit float formats, to and from single precision (the JDK has F16 only from 20 on). */
final class HalfFloat {
  private HalfFloat() {}

  /** F16 to float, exactly. */
  static float fromF16(short half) {
    int sign = (half & 0x8000) << 16;
    int magnitude = half & 0x7fff;
    if (magnitude >= 0x7c00) { // infinity or NaN: keep the payload, widen the exponent
      return Float.intBitsToFloat(sign | 0x7f800000 | (magnitude & 0x3ff) << 13);
    }
    if (magnitude < 0x400) { // zero or subnormal: fraction times 2^-24
      float value = magnitude * 0x1p-24f;
      return sign == 0 ? value : -value;
    }
    return Float.intBitsToFloat(sign | (magnitude + ((127 - 15) << 10)) << 13);
  }

  /** BF16 to float, exactly. */
  static float fromBf16(short half) {
    return Float.intBitsToFloat(half << 16);
  }

  /** Float to F16, to nearest, ties to even; too large becomes infinity. */
  static short toF16(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & 0x8000;
    int magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000) {
      return (short) (sign | 0x7e00 | magnitude >>> 13 & 0x3ff);
    }
    if (magnitude >= 0x477ff000) { // 65520 and more round to infinity
      return (short) (sign | 0x7c00);
    }
    if (magnitude < 0x38800000) { // below 2^-14: count in steps of 2^-24
      return (short) (sign | (int) Math.rint(Math.abs((double) value) * 0x1p24));
    }
    int rebased = magnitude - ((127 - 15) << 23);
    return (short) (sign | rebased + 0xfff + (rebased >>> 13 & 1) >>> 13);
  }

  /** Float to BF16, to nearest, ties to even. */
  static short toBf16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if ((bits & 0x7fffffff) > 0x7f800000) {
      return (short) (bits >>> 16 | 0x40); // stays a NaN when the payload sat in the lower half
    }
    return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
  }
}
