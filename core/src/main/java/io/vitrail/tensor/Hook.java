package io.vitrail.tensor;

import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.TensorTensorHook;
import org.jspecify.annotations.Nullable;

/**
 * A function that sees, and may change, the gradient of one tensor; see {@link Tensor#hook}.
 *
 * <p>It works until it is closed; on a tensor of a scope at most to the end of the thread's
 * outermost scope, since backward may run after the scope that built the tensor.
 */
public final class Hook implements AutoCloseable {
  /** What the last hook of a thread returned: the engine copies it after the return. */
  private static final ThreadLocal<org.bytedeco.pytorch.@Nullable Tensor> LAST =
      new ThreadLocal<>();

  private final Tensor tensor;
  private final int id;
  private final List<Runnable> releases;

  Hook(Tensor tensor, UnaryOperator<Tensor> function) {
    this.tensor = tensor;
    TensorTensorHook callback =
        new TensorTensorHook() {
          @Override
          public TensorBase call(TensorBase gradient) {
            TensorBase result = answer(() -> function.apply(Tensor.wrapCopy(gradient, "hook")));
            gradient.deallocate(); // else a scope around backward holds every gradient
            return result;
          }
        };
    // The engine refers to the callback weakly, and only the tensor can take it back.
    releases =
        tensor.isScoped()
            ? List.of(Scope.hold(callback), Scope.hold(tensor.nat()))
            : List.of(Scope.holdForever(callback));
    id = tensor.nat().register_hook(callback);
  }

  /** Frees all that {@code function} makes, but for its result until the next hook's. */
  private static TensorBase answer(Supplier<Tensor> function) {
    org.bytedeco.pytorch.Tensor result;
    try (Scope scope = Scope.open()) {
      Tensor made = function.get();
      result = Tensor.unscoped(() -> new org.bytedeco.pytorch.Tensor(made.nat()));
    }
    forgetLast();
    LAST.set(result);
    return result;
  }

  static void forgetLast() {
    org.bytedeco.pytorch.Tensor last = LAST.get();
    if (last != null) {
      last.deallocate();
      LAST.remove();
    }
  }

  /** Removes the function, but not from within itself. Closing twice is fine. */
  @Override
  public void close() {
    if (!tensor.isClosed()) {
      tensor.nat().remove_hook(id);
    }
    releases.forEach(Runnable::run);
  }
}
