package io.vitrail.tensor;

import java.util.function.Supplier;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.global.torch;

/**
 * A state of the engine on this thread, restored on close. Use it as try-with-resources and in no
 * other way:
 *
 * <pre>{@code
 * try (var mode = Mode.noGrad()) {
 *   ...
 * }
 * }</pre>
 *
 * <p>Modes are native thread-locals. They must be closed on the thread that opened them, and do not
 * follow a virtual thread to another carrier, so opening one on a virtual thread is an error.
 */
public final class Mode implements AutoCloseable {
  private static final torch.DeviceType CPU = torch.DeviceType.CPU;
  private static final torch.DeviceType CUDA = torch.DeviceType.CUDA;

  private final Thread thread;
  private final Runnable restore;
  private boolean closed;

  private Mode(Runnable restore) {
    this.thread = Thread.currentThread();
    this.restore = restore;
  }

  /** Operators do not record for {@link Tensor#backward()}. Results may enter training later. */
  public static Mode noGrad() {
    return grad(false);
  }

  /** Operators record again, inside of {@link #noGrad()}. */
  public static Mode withGrad() {
    return grad(true);
  }

  private static Mode grad(boolean enabled) {
    begin();
    boolean before = GradMode.is_enabled();
    GradMode.set_enabled(enabled);
    return new Mode(() -> GradMode.set_enabled(before));
  }

  /** As {@link #noGrad()} and a little faster; results can never enter training. */
  public static Mode inference() {
    begin();
    InferenceMode guard = Tensor.unscoped(() -> new InferenceMode(true));
    return new Mode(guard::deallocate);
  }

  /**
   * Matrix products and convolutions on the CPU compute in {@code dtype}, numerically delicate
   * operators in float32.
   *
   * @param dtype {@link DType#BF16} or {@link DType#F16}
   */
  public static Mode autocast(DType dtype) {
    return autocast(Device.CPU, dtype);
  }

  /** {@link #autocast(DType)} for operators on {@code device}. */
  public static Mode autocast(Device device, DType dtype) {
    if (dtype != DType.BF16 && dtype != DType.F16) {
      throw new TensorException("autocast goes to bfloat16 or float16, not " + dtype);
    }
    begin();
    return autocast(natType(device.kind()), true, dtype.nat);
  }

  /** Gives modes with the autocast that now is in force on this thread. */
  static Supplier<Mode> sameAutocast() {
    NativeLibrary.load();
    var type = torch.is_autocast_enabled(CUDA) ? CUDA : CPU;
    boolean enabled = torch.is_autocast_enabled(type);
    var dtype = torch.get_autocast_dtype(type);
    return () -> autocast(type, enabled, dtype);
  }

  private static Mode autocast(torch.DeviceType type, boolean enabled, torch.ScalarType dtype) {
    boolean enabledBefore = torch.is_autocast_enabled(type);
    var dtypeBefore = torch.get_autocast_dtype(type);
    torch.set_autocast_dtype(type, dtype);
    torch.set_autocast_enabled(type, enabled);
    return new Mode(
        () -> {
          torch.set_autocast_enabled(type, enabledBefore);
          torch.set_autocast_dtype(type, dtypeBefore);
          torch.clear_cache(); // casts of parameters, which training is about to change
        });
  }

  private static torch.DeviceType natType(Device.Kind kind) {
    return kind == Device.Kind.CPU ? CPU : CUDA;
  }

  /** Whether operators record for backward on this thread. */
  public static boolean gradEnabled() {
    NativeLibrary.load();
    return GradMode.is_enabled();
  }

  @Override
  public void close() {
    if (Thread.currentThread() != thread) {
      throw new IllegalStateException(
          "a mode opened on thread '" + thread.getName() + "' is closed on another one");
    }
    if (!closed) {
      closed = true;
      restore.run();
    }
  }

  private static void begin() {
    NativeLibrary.load();
    PlatformThreads.require("a mode");
  }
}
