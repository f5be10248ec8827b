package io.vitrail.tensor;

import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.TensorTensorHook;

/**
 * A function that sees, and may change, the gradient of one tensor; see {@link Tensor#hook}.
 *
 * <p>It works until it is closed; on a tensor of a scope at most to the end of the thread's
 * outermost scope, since backward may run after the scope that built the tensor.
 */
public final class Hook implements AutoCloseable {
  private final Tensor tensor;
  private final int id;
  private final List<Runnable> releases;

  Hook(Tensor tensor, UnaryOperator<Tensor> function) {
    this.tensor = tensor;
    TensorTensorHook callback =
        new TensorTensorHook() {
          @Override
          public TensorBase call(TensorBase gradient) {
            return function.apply(Tensor.wrapCopy(gradient, "hook")).nat();
          }
        };
    // The engine refers to the callback weakly, and only the tensor can take it back.
    releases =
        tensor.isScoped()
            ? List.of(Scope.hold(callback), Scope.hold(tensor.nat()))
            : List.of(Scope.holdForever(callback));
    id = tensor.nat().register_hook(callback);
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
