package io.vitrail.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.PointerConsumer;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/** The way of elements between Java memory and tensors. */
final class Elements {
  /** Buffers that tensors look into, by address, with the number of tensors' memories on each. */
  private static final Map<Long, Viewed> VIEWED = new ConcurrentHashMap<>();

  private record Viewed(ByteBuffer buffer, AtomicInteger views) {}

  private Elements() {}

  /** Lives as long as the process: the engine calls it when it frees the memory of a view. */
  private static final class Release {
    static final PointerConsumer CALLBACK =
        Tensor.unscoped(
            () ->
                new PointerConsumer() {
                  @Override
                  public void call(Pointer memory) {
                    VIEWED.computeIfPresent(
                        memory.address(),
                        (address, viewed) -> viewed.views.decrementAndGet() == 0 ? null : viewed);
                  }
                });
  }

  /** A new tensor whose bytes {@code fill} writes. */
  static Tensor filled(
      String op, DType dtype, long given, Consumer<ByteBuffer> fill, long... shape) {
    long expected = count(shape);
    if (expected != given) {
      throw new TensorException(
          "%s: shape %s holds %d elements, got %d"
              .formatted(op, Arrays.toString(shape), expected, given));
    }
    Tensor tensor = Tensor.empty(dtype, shape);
    fill.accept(bytes(tensor));
    return tensor;
  }

  /** Checks that {@code data} has the bytes that shape and type need. */
  static void checkBytes(String op, ByteBuffer data, DType dtype, long... shape) {
    long expected = Math.multiplyExact(count(shape), dtype.bytes());
    if (data.remaining() != expected) {
      throw new TensorException(
          "%s: %s %s needs %d bytes, the buffer has %d"
              .formatted(op, Arrays.toString(shape), dtype, expected, data.remaining()));
    }
  }

  /** A tensor over the memory of {@code data}, which stays reachable until the engine lets go. */
  static org.bytedeco.pytorch.Tensor view(ByteBuffer data, DType dtype, long... shape) {
    BytePointer start = new BytePointer(data.slice());
    VIEWED.compute(
        start.address(),
        (address, viewed) -> {
          Viewed kept = viewed == null ? new Viewed(data, new AtomicInteger()) : viewed;
          kept.views.incrementAndGet();
          return kept;
        });
    return torch.from_blob(start, shape, Release.CALLBACK, new TensorOptions(dtype.nat));
  }

  /** Buffers that tensors look into at the moment. */
  static int viewedBuffers() {
    return VIEWED.size();
  }

  /** The elements in place; only for contiguous CPU tensors of at most 2 GiB. */
  static ByteBuffer bytes(Tensor tensor) {
    long size = tensor.byteSize();
    if (size > Integer.MAX_VALUE) {
      throw new TensorException("a buffer ends at 2 GiB; this tensor is " + tensor.describe());
    }
    if (size == 0) {
      return ByteBuffer.allocate(0);
    }
    return new BytePointer(tensor.nat().data_ptr())
        .capacity(size)
        .asByteBuffer()
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The elements in row-major order on the CPU, as {@code dtype}. */
  static ByteBuffer read(Tensor tensor, DType dtype) {
    return bytes(tensor.to(Device.CPU).to(dtype).detach().contiguous());
  }

  static int arrayLength(Tensor tensor) {
    if (tensor.count() > Integer.MAX_VALUE) {
      throw new TensorException(
          "an array holds 2^31 - 1 elements at most; this tensor is " + tensor.describe());
    }
    return (int) tensor.count();
  }

  static long count(long... shape) {
    long count = 1;
    for (long size : shape) {
      if (size < 0) {
        throw new TensorException("a size cannot be negative: " + Arrays.toString(shape));
      }
      count = Math.multiplyExact(count, size);
    }
    return count;
  }
}
