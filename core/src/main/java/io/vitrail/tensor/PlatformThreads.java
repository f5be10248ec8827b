package io.vitrail.tensor;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps tensor work off virtual threads: the engine's modes belong to the carrier thread, and a
 * virtual thread that blocks leaves them to whoever runs there next.
 */
public final class PlatformThreads {
  /** {@code Thread.isVirtual()}, which Java 17 does not have. */
  private static final @Nullable Method IS_VIRTUAL = isVirtualMethod();

  private static final ExecutorService POOL = pool();

  private PlatformThreads() {}

  /**
   * Work with a result.
   *
   * @param <T> the result
   * @param <E> what it may throw
   */
  @FunctionalInterface
  public interface Work<T, E extends Exception> {
    T run() throws E;
  }

  /** Runs {@code work} here if this is a platform thread, else on one, and gives its result. */
  @SuppressWarnings("unchecked") // work throws E, RuntimeException or Error
  public static <T, E extends Exception> T call(Work<T, E> work) throws E {
    if (!onVirtualThread()) {
      return work.run();
    }
    Future<T> result = POOL.submit(work::run);
    try {
      return result.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (E) e.getCause();
    } catch (InterruptedException e) {
      result.cancel(true);
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for tensor work", e);
    }
  }

  static void require(String what) {
    if (onVirtualThread()) {
      throw new IllegalStateException(
          what
              + " cannot be opened on a virtual thread, since it would stay with the carrier;"
              + " run tensor work through PlatformThreads.call");
    }
  }

  private static boolean onVirtualThread() {
    try {
      return IS_VIRTUAL != null && (boolean) IS_VIRTUAL.invoke(Thread.currentThread());
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException(e);
    }
  }

  private static @Nullable Method isVirtualMethod() {
    try {
      return Thread.class.getMethod("isVirtual");
    } catch (NoSuchMethodException e) {
      return null;
    }
  }

  private static ExecutorService pool() {
    AtomicInteger number = new AtomicInteger();
    return Executors.newCachedThreadPool(
        work -> {
          Thread thread = new Thread(work, "vitrail-" + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
  }
}
