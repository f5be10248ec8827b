package io.vitrail.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a custom operator keeps for backward: its inputs, and the gradients on their way from the
 * hook that computes them to the hooks that put them in.
 *
 * <p>Backward frees the inputs. Hooks cannot be removed while one of them runs, so those of
 * operators that are done are removed when the next operator is made.
 */
final class CustomNode {
  private static final ThreadLocal<Queue<CustomNode>> DONE =
      ThreadLocal.withInitial(ConcurrentLinkedQueue::new);

  private final Queue<CustomNode> whenDone = DONE.get(); // backward may run on another thread
  private final Autograd.Backward backward;
  private final List<Tensor> inputs = new ArrayList<>();
  private final List<Runnable> inputReleases = new ArrayList<>();
  private final List<Hook> hooks = new ArrayList<>();
  private final @Nullable Tensor[] gradients;
  private final boolean[] wanted;
  private int hooksToRun;
  private boolean computed;

  CustomNode(Autograd.Backward backward, Tensor... inputs) {
    for (CustomNode old = whenDone.poll(); old != null; old = whenDone.poll()) {
      old.hooks.forEach(Hook::close);
    }
    this.backward = backward;
    this.gradients = new Tensor[inputs.length];
    this.wanted = new boolean[inputs.length];
    for (Tensor input : inputs) {
      Tensor kept = input.detach();
      inputReleases.add(Scope.hold(kept.nat()));
      this.inputs.add(kept);
    }
  }

  /** Computes the gradients when that of {@code output} arrives. */
  void computeAt(Tensor output) {
    hook(output, this::compute);
  }

  /**
   * Gives {@code input}, the one of that index, its gradient. What ties the output to it is a sum
   * that is not taken: exactly 0 whatever the input holds, and its gradient takes no memory.
   *
   * @return a zero that the output must be computed from
   */
  Tensor putInto(int index, Tensor input) {
    wanted[index] = true;
    Tensor flat = input.reshape(-1); // a view of its own, as a leaf may have other gradients
    hook(
        flat,
        nothing -> {
          Tensor gradient = Objects.requireNonNull(gradients[index], "output before inputs");
          Tensor result = gradient.reshape(-1);
          gradient.close();
          return result;
        });
    Tensor zero = Tensor.full(0, input.dtype()).to(input.device());
    return flat.sum().where(zero.ne(0), zero);
  }

  private void hook(Tensor tensor, UnaryOperator<Tensor> function) {
    hooksToRun++;
    hooks.add(
        tensor.hook(
            gradient -> {
              Tensor result = function.apply(gradient);
              hooksToRun--;
              if (hooksToRun == 0) {
                whenDone.add(this);
              }
              return result;
            }));
  }

  private Tensor compute(Tensor outer) {
    if (Mode.gradEnabled()) {
      throw new IllegalStateException(
          "gradients of custom and checkpointed operators cannot be differentiated again");
    }
    if (computed) {
      throw new IllegalStateException(
          "backward ran through this custom or checkpointed operator before; run it forward again");
    }
    computed = true;
    List<Tensor> results = Scope.noneAll(() -> backward.apply(inputs, outer));
    for (int i = 0; i < results.size(); i++) {
      gradients[i] = results.get(i);
      if (!wanted[i]) {
        results.get(i).close();
      }
    }
    inputReleases.forEach(Runnable::run);
    return outer;
  }
}
