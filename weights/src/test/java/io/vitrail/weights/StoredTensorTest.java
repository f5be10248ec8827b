package io.vitrail.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import org.junit.jupiter.api.Test;

class StoredTensorTest {
  @Test
  void arrays_come_back_with_type_shape_and_bytes() {
    StoredTensor floats = StoredTensor.of("w", new float[] {1, -2, 3.5f, 0}, 2, 2);
    assertThat(floats.toString()).isEqualTo("'w' is F32 [2, 2]");
    assertThat(floats.toFloats()).containsExactly(1, -2, 3.5f, 0);
    assertThat(floats.count()).isEqualTo(4);
    assertThat(floats.byteLength()).isEqualTo(16);
    assertThat(StoredTensor.of("d", new double[] {0.5}).toFloats()).containsExactly(0.5f);
    assertThat(StoredTensor.of("l", new long[] {1L << 40}, 1).toLongs()).containsExactly(1L << 40);
    assertThat(StoredTensor.of("i", new int[] {-7}, 1, 1).toLongs()).containsExactly(-7);
    assertThat(StoredTensor.of("e", new float[0], 0, 5).count()).isZero();
  }

  @Test
  void a_tensor_cannot_be_changed_through_what_it_gives_out() {
    float[] values = {1, 2};
    StoredTensor tensor = StoredTensor.of("w", values, 2);
    values[0] = 9;
    tensor.shape()[0] = 9;
    tensor.data().position(4);
    assertThatThrownBy(() -> tensor.data().putFloat(0, 9))
        .isInstanceOf(ReadOnlyBufferException.class);
    assertThat(tensor.toFloats()).containsExactly(1, 2);
    assertThat(tensor.shape()).containsExactly(2);
  }

  @Test
  void renaming_keeps_the_values() {
    StoredTensor tensor = StoredTensor.of("a", new float[] {4}, 1).withName("b");
    assertThat(tensor.name()).isEqualTo("b");
    assertThat(tensor.toFloats()).containsExactly(4);
  }

  @Test
  void every_f16_survives_the_way_to_float_and_back() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      int sign = bits >> 15 == 0 ? 1 : -1;
      int exponent = bits >> 10 & 31;
      int fraction = bits & 1023;
      float value = HalfFloat.fromF16((short) bits);
      if (exponent == 31 && fraction != 0) {
        assertThat(value).isNaN();
        assertThat(HalfFloat.fromF16(HalfFloat.toF16(value))).isNaN();
        continue;
      }
      double expected =
          exponent == 31
              ? Double.POSITIVE_INFINITY
              : exponent == 0 ? fraction * 0x1p-24 : (1024 + fraction) * Math.pow(2, exponent - 25);
      assertThat((double) value).isEqualTo(sign * expected);
      assertThat(HalfFloat.toF16(value)).isEqualTo((short) bits);
    }
  }

  @Test
  void floats_between_two_halves_go_to_the_nearest_and_ties_to_even() {
    for (int bits = 0; bits < 0x7bff; bits++) {
      float low = HalfFloat.fromF16((short) bits);
      float high = HalfFloat.fromF16((short) (bits + 1));
      float middle = (low + high) / 2;
      assertThat(HalfFloat.toF16(middle)).isEqualTo((short) (bits + (bits & 1)));
      assertThat(HalfFloat.toF16(Math.nextDown(middle))).isEqualTo((short) bits);
      assertThat(HalfFloat.toF16(Math.nextUp(middle))).isEqualTo((short) (bits + 1));
    }
    assertThat(HalfFloat.fromF16(HalfFloat.toF16(65519.99f))).isEqualTo(65504);
    assertThat(HalfFloat.fromF16(HalfFloat.toF16(-65520))).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(HalfFloat.toBf16(1 + 0x1p-8f)).isEqualTo((short) 0x3f80);
    assertThat(HalfFloat.toBf16(1 + 0x1p-7f + 0x1p-8f)).isEqualTo((short) 0x3f82);
    assertThat(HalfFloat.fromBf16(HalfFloat.toBf16(Float.intBitsToFloat(0x7f800001)))).isNaN();
  }

  @Test
  void floats_can_be_stored_in_any_float_type() {
    for (ElementType type : ElementType.values()) {
      if (type.isFloat()) {
        assertThat(StoredTensor.of("w", type, new float[] {1.5f, -4}, 2).toFloats())
            .containsExactly(1.5f, -4);
      }
    }
    assertThatThrownBy(() -> StoredTensor.of("w", ElementType.I8, new float[] {1}, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("floats make F64, F32, F16 or BF16, not I8; pass long[] for integers");
  }

  @Test
  void a_wrong_number_of_values_is_refused() {
    assertThatThrownBy(() -> StoredTensor.of("w", new float[5], 2, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tensor 'w' is F32 [2, 3], but there are values for 5 elements");
    assertThatThrownBy(() -> StoredTensor.of("w", ElementType.I16, ByteBuffer.allocate(3), 1))
        .hasMessageContaining("I16 [1]");
    assertThatThrownBy(() -> StoredTensor.of("w", new float[1], -1, -1))
        .hasMessageContaining("[-1, -1]");
  }

  @Test
  void the_wrong_kind_of_values_is_refused_with_the_right_call() {
    assertThatThrownBy(() -> StoredTensor.of("n", new long[] {1}, 1).toFloats())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("toFloats() needs a float tensor, but 'n' is I64 [1]; call toLongs()");
    assertThatThrownBy(() -> StoredTensor.of("w", new float[] {1}, 1).toLongs())
        .hasMessage("toLongs() needs an integer tensor, but 'w' is F32 [1]; call toFloats()");
  }

  @Test
  void a_tensor_past_two_gib_is_refused() {
    assertThat(StoredTensor.tooLarge("w", 3L << 30))
        .isEqualTo(
            "tensor 'w' is 3,221,225,472 bytes, and one tensor can be at most 2,147,483,647;"
                + " store it in parts or in a smaller type");
  }

  @Test
  void impossible_shapes_have_no_count() {
    assertThat(Shapes.count(1L << 32, 1L << 31)).isEqualTo(Shapes.IMPOSSIBLE);
    assertThat(Shapes.count(1L << 62, 4, 3)).isEqualTo(Shapes.IMPOSSIBLE);
    assertThat(Shapes.count(1L << 40, 1L << 40, 0)).isZero();
    assertThat(Shapes.count(3, -1)).isEqualTo(Shapes.IMPOSSIBLE);
    assertThat(Shapes.count()).isEqualTo(1);
    assertThat(Shapes.bytes(ElementType.F64, -1)).isEqualTo(Shapes.IMPOSSIBLE);
    assertThat(Shapes.bytes(ElementType.F64, 1L << 61)).isEqualTo(Shapes.IMPOSSIBLE);
  }
}
