package io.vitrail.tensor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.jspecify.annotations.Nullable;

/**
 * A unit of work: tensors made while it is open are freed when it closes.
 *
 * <p>The rule is one owner per tensor. A tensor belongs to the innermost scope of the thread that
 * made it, or, after {@link #none}, to the object that asked for it and closes it. Nobody closes an
 * argument. Open a scope for each predict call, training step or sampler step, and let only plain
 * Java values leave it:
 *
 * <pre>{@code
 * try (var scope = Scope.open()) {
 *   return model.forward(batch).argmax(1).toLongs();
 * }
 * }</pre>
 *
 * <p>To hand a tensor to the scope around, use {@link #keep}; in long loops use {@link #roll}.
 * Scopes are confined to their thread. Without any open scope the garbage collector frees tensors,
 * which is late: it does not see native memory.
 */
public final class Scope implements AutoCloseable {
  private static final ThreadLocal<Deque<Scope>> OPEN = ThreadLocal.withInitial(ArrayDeque::new);
  private static final Set<Held> UNSCOPED = ConcurrentHashMap.newKeySet();
  private static final StackWalker STACK = StackWalker.getInstance();

  private final PointerScope pointers;
  private final Set<Held> held = ConcurrentHashMap.newKeySet(); // hooks may run on other threads
  private final Thread thread = Thread.currentThread();
  private final String openedAt;

  private Scope() {
    NativeLibrary.load();
    openedAt = caller();
    pointers = new PointerScope();
    OPEN.get().push(this);
  }

  /** Opens a scope on this thread; close it with try-with-resources. */
  public static Scope open() {
    return new Scope();
  }

  /**
   * Runs {@code body} in a scope of its own and moves its result to the scope around (or, where
   * there is none, to the caller, who closes it). Everything else made in it is freed.
   */
  public static Tensor keep(Supplier<Tensor> body) {
    return keepAll(() -> List.of(body.get())).get(0);
  }

  /** {@link #keep} for a body with several results. */
  public static List<Tensor> keepAll(Supplier<List<Tensor>> body) {
    List<Tensor> results;
    try (Scope inner = open()) {
      results = body.get();
      results.forEach(Tensor::retain);
    }
    Scope outer = innermost();
    List<Tensor> kept = new ArrayList<>(results.size());
    for (Tensor result : results) {
      kept.add(result.moveTo(outer));
    }
    return kept;
  }

  /** One step of a loop over a state. */
  @FunctionalInterface
  public interface Step {
    /** Gives the state after step {@code index} (from 0). */
    Tensor apply(Tensor state, int index);
  }

  /**
   * Runs {@code state = step(state, i)} for {@code steps} steps, freeing each state as soon as the
   * next one exists, so that memory stays flat however long the loop is. {@code first} stays open.
   */
  public static Tensor roll(Tensor first, int steps, Step step) {
    Tensor state = first;
    for (int i = 0; i < steps; i++) {
      int index = i;
      Tensor before = state;
      state = keep(() -> step.apply(before, index));
      if (before != first && !state.sharesHandleWith(before)) {
        before.close();
      }
    }
    return state;
  }

  /** {@link #roll} for a step that does not look at its index. */
  public static Tensor roll(Tensor first, int steps, UnaryOperator<Tensor> step) {
    return roll(first, steps, (state, index) -> step.apply(state));
  }

  /**
   * Runs {@code body} and gives its result to nobody but the caller, who must {@link Tensor#close}
   * it: for parameters, buffers and cached tables, which outlive every scope.
   */
  public static Tensor none(Supplier<Tensor> body) {
    Tensor result;
    try (Scope inner = open()) {
      result = body.get();
      result.retain();
    }
    return result.moveTo(null);
  }

  /** Frees what was made in this scope. Closing it on another thread is an error. */
  @Override
  public void close() {
    if (Thread.currentThread() != thread) {
      throw new IllegalStateException(
          "scope opened at "
              + openedAt
              + " on "
              + thread.getName()
              + " is closed on another thread");
    }
    OPEN.get().remove(this);
    pointers.close();
    held.forEach(h -> h.pointer.releaseReference());
    held.clear();
  }

  static @Nullable Scope innermost() {
    return OPEN.get().peek();
  }

  /**
   * Keeps {@code pointer} alive to the end of this thread's outermost scope, or until the result
   * runs: for what the recorded graph needs until backward, which may come after the scope that
   * built it. Without any scope it stays alive until the result runs, since nothing tells when the
   * graph is gone.
   */
  static Runnable hold(Pointer pointer) {
    Scope outermost = OPEN.get().peekLast();
    return hold(pointer, outermost == null ? UNSCOPED : outermost.held);
  }

  /** {@link #hold} without an end. */
  static Runnable holdForever(Pointer pointer) {
    return hold(pointer, UNSCOPED);
  }

  private static Runnable hold(Pointer pointer, Set<Held> owner) {
    Held held = new Held(pointer);
    pointer.retainReference();
    owner.add(held);
    return () -> {
      if (owner.remove(held)) {
        pointer.releaseReference();
      }
    };
  }

  /** Compared by identity: pointers compare by address, which is used again. */
  private static final class Held {
    final Pointer pointer;

    Held(Pointer pointer) {
      this.pointer = pointer;
    }
  }

  PointerScope pointers() {
    return pointers;
  }

  String openedAt() {
    return openedAt;
  }

  /** The first frame outside of this package: where users look. */
  private static String caller() {
    return STACK.walk(
        frames ->
            frames
                .filter(frame -> !frame.getClassName().startsWith("io.vitrail.tensor."))
                .findFirst()
                .map(
                    frame ->
                        simpleName(frame.getClassName())
                            + "."
                            + frame.getMethodName()
                            + ":"
                            + frame.getLineNumber())
                .orElse("top level"));
  }

  private static String simpleName(String className) {
    return className.substring(className.lastIndexOf('.') + 1);
  }
}
