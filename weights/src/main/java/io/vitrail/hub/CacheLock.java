package io.vitrail.hub;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets one thread of one process at a time change a model's files. The file lock keeps processes
 * apart; threads of one process need the second lock, as Java refuses a file lock held by another
 * thread instead of waiting for it.
 */
final class CacheLock {
  private static final Map<Path, ReentrantLock> IN_THIS_PROCESS = new ConcurrentHashMap<>();

  private final ReentrantLock threads;
  private final FileChannel channel;

  private CacheLock(ReentrantLock threads, FileChannel channel) {
    this.threads = threads;
    this.channel = channel;
  }

  /** What is done under the lock. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws IOException;
  }

  /**
   * Waits for the lock, works, and gives it back.
   *
   * @param onWait called once if another holds it
   * @throws Interrupted if this thread is interrupted while it waits
   */
  static <T> T holding(Path file, Runnable onWait, Work<T> work) throws IOException {
    CacheLock lock = acquire(file, onWait);
    try {
      return work.run();
    } finally {
      lock.close();
    }
  }

  private static CacheLock acquire(Path file, Runnable onWait) throws IOException {
    Files.createDirectories(file.getParent());
    Path key = file.getParent().toRealPath().resolve(file.getFileName());
    ReentrantLock threads = IN_THIS_PROCESS.computeIfAbsent(key, k -> new ReentrantLock());
    boolean waited = !threads.tryLock();
    if (waited) {
      onWait.run();
      try {
        threads.lockInterruptibly();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw Interrupted.during("the wait for another download");
      }
    }
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        if (!waited) {
          onWait.run();
        }
        channel.lock();
      }
      return new CacheLock(threads, channel);
    } catch (FileLockInterruptionException | ClosedByInterruptException e) {
      close(channel, threads);
      throw Interrupted.during("the wait for another download");
    } catch (IOException | RuntimeException e) {
      close(channel, threads);
      throw e;
    }
  }

  private static void close(@Nullable FileChannel channel, ReentrantLock threads)
      throws IOException {
    try {
      if (channel != null) {
        channel.close();
      }
    } finally {
      threads.unlock();
    }
  }

  /** Closing the channel releases the file lock. */
  private void close() throws IOException {
    close(channel, threads);
  }
}
