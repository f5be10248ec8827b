package io.vitrail.tensor;

import static io.vitrail.testkit.TensorAssertions.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.vitrail.testkit.Waves;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TensorTest {
  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  // ---- in and out

  @Test
  void arrays_of_every_kind_go_in_and_come_out() {
    assertThat(Tensor.of(new float[] {1.5f, -2}, 2).toFloats()).containsExactly(1.5f, -2);
    assertThat(Tensor.of(new double[] {1e-300, 2}, 2).toDoubles()).containsExactly(1e-300, 2);
    assertThat(Tensor.of(new long[] {1L << 40, -2}, 2).toLongs()).containsExactly(1L << 40, -2);
    assertThat(Tensor.of(new int[] {7, -2}, 2).toLongs()).containsExactly(7, -2);
    assertThat(Tensor.of(new byte[] {1, -1}, 2).toLongs()).containsExactly(1, 255);
    assertThat(Tensor.of(new byte[] {1, -1}, 2).toBytes()).containsExactly(1, -1);
    assertThat(Tensor.of(new boolean[] {true, false}, 2).toLongs()).containsExactly(1, 0);
    assertThat(Tensor.of(new float[0], 0, 3).toFloats()).isEmpty();
    assertThat(Tensor.of(new float[] {5}).item()).isEqualTo(5);
  }

  @Test
  void elements_come_out_in_row_major_order_whatever_the_layout() {
    Tensor t = Tensor.arange(6).reshape(2, 3).t();
    assertThat(t.isContiguous()).isFalse();
    assertThat(t.toLongs()).containsExactly(0, 3, 1, 4, 2, 5);
    Tensor image = Waves.of(1, 2, 3, 4, 5);
    assertThat(image.channelsLast().isChannelsLast()).isTrue();
    assertThat(image.channelsLast().toFloats()).isEqualTo(image.toFloats());
    assertThat(image.to(DType.BF16).to(DType.F32).toFloats())
        .isEqualTo(image.to(DType.BF16).toFloats());
  }

  @Test
  void made_tensors_hold_what_they_say() {
    assertThat(Tensor.zeros(2).toFloats()).containsExactly(0, 0);
    assertThat(Tensor.full(3, DType.I64, 2).toLongs()).containsExactly(3, 3);
    assertThat(Tensor.linspace(0, 1, 3).toFloats()).containsExactly(0, 0.5f, 1);
    assertThat(Tensor.scalar(2).shape()).isEmpty();
    assertThat(Tensor.ones(2, 3).zerosLike().toFloats()).containsOnly(0).hasSize(6);
    assertThat(Tensor.empty(DType.F16, 2, 3).byteSize()).isEqualTo(12);
  }

  @Test
  void raw_bytes_go_in_and_come_out() {
    ByteBuffer bytes = Waves.of(1, 2, 3).toByteBuffer();
    assertThat(bytes.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
    Tensor copy = Tensor.copyOf(bytes.asReadOnlyBuffer(), DType.F32, 2, 3);
    assertClose(copy, Waves.of(1, 2, 3), 0);
    assertThat(bytes.remaining()).isEqualTo(24);
    assertThatThrownBy(() -> Tensor.copyOf(bytes, DType.F32, 5))
        .hasMessage("copyOf: [5] float32 needs 20 bytes, the buffer has 24");
  }

  @Test
  void a_view_shares_memory_and_keeps_the_buffer_until_the_last_tensor_is_gone() {
    int before = Elements.viewedBuffers();
    ByteBuffer memory = ByteBuffer.allocateDirect(16).order(ByteOrder.LITTLE_ENDIAN);
    Tensor kept =
        Scope.none(
            () -> {
              Tensor view = Tensor.view(memory.position(4).limit(12), DType.F32, 2);
              memory.putFloat(4, 5);
              return view.reshape(2, 1);
            });
    assertThat(kept.toFloats()).containsExactly(5, 0);
    assertThat(Elements.viewedBuffers()).isEqualTo(before + 1);
    Tensor second = Scope.none(() -> Tensor.view(memory, DType.F32, 2));
    kept.fillInPlace(7);
    assertThat(memory.getFloat(8)).isEqualTo(7);
    kept.close();
    assertThat(Elements.viewedBuffers()).isEqualTo(before + 1);
    second.close();
    assertThat(Elements.viewedBuffers()).isEqualTo(before);
    assertThatThrownBy(() -> Tensor.view(ByteBuffer.allocate(8), DType.F32, 2))
        .hasMessage("view: needs a direct buffer; copy an array by Tensor.of");
  }

  // ---- what users read

  @Test
  void text_shows_shape_type_and_first_values() {
    assertThat(Tensor.of(new float[] {0.5f, 1}, 2)).hasToString("Tensor [2] float32 {0.5, 1.0}");
    assertThat(Tensor.arange(8).reshape(2, 4))
        .hasToString("Tensor [2, 4] int64 {0, 1, 2, 3, 4, 5, ...}");
    assertThat(Tensor.zeros(0)).hasToString("Tensor [0] float32 {}");
    assertThat(Tensor.scalar(1).requiresGrad(true)).hasToString("Tensor [] float32 {1.0}");
  }

  @Test
  void failures_name_the_operator_and_the_shapes_of_both_sides() {
    Tensor a = Tensor.ones(2, 3);
    Tensor b = Tensor.ones(4, 5);
    fails(() -> a.add(b), "add: The size of tensor", "given [2, 3] float32, [4, 5] float32");
    fails(() -> a.matmul(b), "matmul: ", "given [2, 3] float32, [4, 5] float32");
    fails(() -> F.linear(a, b, null), "linear: ", "given [2, 3] float32, [4, 5] float32");
    fails(() -> F.cat(0, a, b), "cat: ", "given [2, 3] float32, [4, 5] float32");
    fails(() -> F.conv2d(a, b, null, F.Conv.DEFAULT), "conv2d: ", "[2, 3] float32");
    fails(() -> a.reshape(7), "reshape: ", "given [2, 3] float32");
    fails(() -> a.addInPlace(b), "addInPlace: ", "given [2, 3] float32, [4, 5] float32");
    fails(() -> a.copyInPlace(b), "copyInPlace: ", "given [2, 3] float32, [4, 5] float32");
    fails(() -> a.lerpInPlace(b, 0.5), "lerpInPlace: ", "given [2, 3] float32");
    fails(() -> a.indexSelect(0, b), "indexSelect: ", "given [2, 3] float32, [4, 5] float32");
    fails(
        () -> Tensor.ones(2).requiresGrad(true).fillInPlace(1),
        "fillInPlace: a leaf Variable that requires grad",
        "given [2] float32");
  }

  private static void fails(Supplier<Tensor> op, String... parts) {
    assertThatThrownBy(op::get)
        .isInstanceOf(TensorException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(parts).doesNotContain("raised from"));
  }

  @Test
  void wrong_sizes_are_refused_before_the_engine_sees_them() {
    assertThatThrownBy(() -> Tensor.of(new float[5], 2, 3))
        .hasMessage("of: shape [2, 3] holds 6 elements, got 5");
    assertThatThrownBy(() -> Tensor.of(new float[5], -1))
        .hasMessage("a size cannot be negative: [-1]");
    assertThatThrownBy(() -> Tensor.ones(2).item())
        .hasMessage("item: a tensor with one element is needed, got [2] float32");
    assertThatThrownBy(() -> Tensor.ones(2).size(1))
        .hasMessage("size: no dimension 1 in [2] float32");
    assertThatThrownBy(() -> Tensor.ones(2).toBytes())
        .hasMessage("toBytes: needs uint8, int8 or bool, got [2] float32");
    assertThatThrownBy(() -> new F.Conv(0, 0, 1, 1))
        .hasMessageStartingWith("convolution needs stride >= 1");
  }

  @Test
  void devices_are_read_and_refused_by_name() {
    assertThat(Device.parse("CPU")).isEqualTo(Device.CPU).hasToString("cpu");
    assertThat(Tensor.ones(1).device()).isEqualTo(Device.CPU);
    assertThatThrownBy(() -> Device.parse("tpu"))
        .hasMessage("unknown device 'tpu'; known are cpu, cuda, cuda:N");
    assumeFalse(Device.hasCuda(), "this machine has a GPU");
    assertThatThrownBy(() -> Device.parse("cuda"))
        .hasMessage(
            "no CUDA device: none is visible, or the natives with classifier '-gpu' are not on the"
                + " class path; run 'vitrail doctor'");
  }

  @Test
  void in_place_operators_change_the_tensor_itself() {
    Tensor t = Tensor.ones(2);
    assertThat(t.addInPlace(t).mulInPlace(3).subInPlace(Tensor.ones(2)).mulInPlace(t)).isSameAs(t);
    assertThat(t.toFloats()).containsExactly(25, 25);
    assertThat(t.copyInPlace(Tensor.arange(2)).toFloats()).containsExactly(0, 1);
    assertThat(F.reluInPlace(t.fillInPlace(-1)).toFloats()).containsExactly(0, 0);
    assertThat(t.eq(0).all()).isTrue();
    assertThat(t.any()).isFalse();
    assertThat(t.isFinite().all()).isTrue();
  }

  @Test
  void in_place_sums_products_and_quotients_are_weighted() {
    Tensor t = Tensor.of(new float[] {1, 2}, 2);
    Tensor a = Tensor.of(new float[] {3, 5}, 2);
    Tensor b = Tensor.of(new float[] {2, 4}, 2);
    assertThat(t.add(a, 2).toFloats()).containsExactly(7, 12);
    assertThat(t.addInPlace(a, 2).toFloats()).containsExactly(7, 12);
    assertThat(t.addInPlace(-2).toFloats()).containsExactly(5, 10);
    assertThat(t.addcmulInPlace(a, b, 0.5).toFloats()).containsExactly(8, 20);
    assertThat(t.addcdivInPlace(a, b, -4).toFloats()).containsExactly(2, 15);
    assertThat(t.divInPlace(2).toFloats()).containsExactly(1, 7.5f);
    assertThat(t.clampInPlace(2, 7)).isSameAs(t);
    assertThat(t.toFloats()).containsExactly(2, 7);
    assertThat(Tensor.of(new float[] {3, 0, 4, 0}, 2, 2).norm().item()).isEqualTo(5);
  }

  @Test
  void the_engine_describes_itself() {
    Engine.Info info = Engine.info();
    assertThat(info.version()).contains("1.5.");
    assertThat(info.threads()).isPositive();
    assertThatThrownBy(() -> Engine.setThreads(0)).hasMessage("threads must be at least 1, got 0");
  }
}
