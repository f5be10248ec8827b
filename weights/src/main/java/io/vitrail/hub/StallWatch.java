package io.vitrail.hub;

import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Closes a stream that has given no byte for some time, which ends the read that hangs on it. The
 * HTTP client has a limit for the start of an answer only.
 */
final class StallWatch implements AutoCloseable {
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "vitrail-stall-watch");
            thread.setDaemon(true);
            return thread;
          });
  private volatile long lastByte = System.nanoTime();
  private volatile boolean stalled;

  StallWatch(InputStream stream, Duration limit) {
    long period = Math.max(1, limit.toMillis() / 4);
    timer.scheduleWithFixedDelay(
        () -> {
          if (System.nanoTime() - lastByte > limit.toNanos()) {
            stalled = true;
            HttpCalls.close(stream);
          }
        },
        period,
        period,
        TimeUnit.MILLISECONDS);
  }

  void alive() {
    lastByte = System.nanoTime();
  }

  boolean stalled() {
    return stalled;
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
