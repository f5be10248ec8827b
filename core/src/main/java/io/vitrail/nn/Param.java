package io.vitrail.nn;

import io.vitrail.tensor.DType;
import io.vitrail.tensor.Device;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A named tensor of a {@link Layer}: a parameter, which training changes, or a buffer, which it
 * does not. Its shape is known from the start; its numbers come with {@link Layer#init} or {@link
 * Layer#load}, and no memory is taken before.
 */
public final class Param {
  /** What a tensor of a layer is for. */
  public enum Kind {
    /** Learnt. */
    PARAMETER,
    /** Part of the state dict, but not learnt. */
    BUFFER
  }

  private final String name;
  private final Kind kind;
  private final DType storedAs;
  private final long[] shape;
  private boolean trainable;
  private @Nullable Tensor tensor;

  Param(String name, Kind kind, DType storedAs, long... shape) {
    this.name = name;
    this.kind = kind;
    this.storedAs = storedAs;
    this.shape = shape.clone();
    this.trainable = kind == Kind.PARAMETER;
  }

  /** Name within its layer, such as {@code weight}. */
  public String name() {
    return name;
  }

  public Kind kind() {
    return kind;
  }

  public long[] shape() {
    return shape.clone();
  }

  /** The type it starts in; {@link Layer#to(DType)} changes the type of {@link #value()}. */
  public DType storedAs() {
    return storedAs;
  }

  /** Number of elements. */
  public long count() {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  /** Whether training changes it: a parameter that is not frozen. */
  public boolean isTrainable() {
    return trainable;
  }

  /** Whether it has numbers yet. */
  public boolean isSet() {
    return tensor != null;
  }

  /**
   * The tensor. It belongs to the layer: do not close it.
   *
   * @throws IllegalStateException if it has no numbers yet
   */
  public Tensor value() {
    if (tensor == null) {
      throw new IllegalStateException(
          "'"
              + name
              + "' "
              + Arrays.toString(shape)
              + " has no numbers yet: call init(rng) or load"
              + " a weight file");
    }
    return tensor;
  }

  /** The tensor of a parameter that may be absent, such as a bias. */
  public static @Nullable Tensor valueOf(@Nullable Param param) {
    return param == null ? null : param.value();
  }

  /** Replaces the tensor by what {@code make} gives, which this parameter then owns. */
  public void set(Supplier<Tensor> make) {
    Tensor next =
        Scope.none(
            () -> {
              Tensor made = make.get().detach();
              if (!Arrays.equals(made.shape(), shape)) {
                throw new IllegalArgumentException(
                    "'"
                        + name
                        + "' has shape "
                        + Arrays.toString(shape)
                        + ", got "
                        + Arrays.toString(made.shape()));
              }
              return made;
            });
    close();
    tensor = next;
    applyTrainable();
  }

  /** Changes type, device or layout of the tensor, if it has numbers. */
  void convert(Function<Tensor, Tensor> conversion) {
    if (tensor != null) {
      Tensor current = tensor;
      set(() -> conversion.apply(current));
    }
  }

  void setTrainable(boolean trainable) {
    this.trainable = trainable && kind == Kind.PARAMETER;
    applyTrainable();
  }

  Device device() {
    return tensor == null ? Device.CPU : tensor.device();
  }

  void close() {
    if (tensor != null) {
      tensor.close();
      tensor = null;
    }
  }

  private void applyTrainable() {
    if (tensor != null && tensor.dtype().isFloating()) {
      tensor.requiresGrad(trainable);
    }
  }
}
