package io.vitrail.tensor;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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

  /** Runs {@code work} here if this is a platform thread, else on one, and gives its result. */
  public static <T extends @Nullable Object> T call(Callable<T> work) throws Exception {
    if (!onVirtualThread()) {
      return work.call();
    }
    try {
      return POOL.submit(work).get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
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
