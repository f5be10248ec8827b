package io.vitrail.training.data;

import io.vitrail.training.augment.Preparation;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The batches of one epoch, in order, made by worker threads while earlier ones are in use. For one
 * consuming thread. Closing it ends the workers; it must be closed, also after an error.
 *
 * <p>A ring of {@link LoaderConfig#ahead} slots holds the batches. Workers take samples in the
 * order of the epoch, several on one batch, and wait when the slot of their batch is still in use:
 * memory is bounded however slow the consumer is.
 */
public final class Batches implements Iterator<Batch>, AutoCloseable {
  private final Loader loader;
  private final int epoch;
  private final Sampler.Order order;
  private final int batchSize;
  private final int samples;
  private final Slot[] slots;
  private final Thread[] workers;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition slotFree = lock.newCondition();
  private final Condition batchReady = lock.newCondition();
  private int nextSample; // to be taken by a worker
  private int nextBatch; // to be taken by the consumer
  private int oldest; // batch whose slot is still needed: the one in use, or the next
  private boolean closed;

  Batches(Loader loader, int epoch, int firstBatch) {
    this.loader = loader;
    this.epoch = epoch;
    this.batchSize = loader.config().batchSize();
    this.samples = loader.samples();
    this.order = loader.order(epoch);
    this.nextBatch = firstBatch;
    this.oldest = firstBatch;
    this.nextSample = firstBatch * batchSize;
    int left = loader.batches() - firstBatch;
    this.slots = new Slot[Math.min(loader.config().ahead(), left)];
    Preparation preparation = loader.preparation();
    for (int i = 0; i < slots.length; i++) {
      slots[i] = new Slot(batchSize, preparation);
    }
    this.workers = new Thread[Math.min(loader.config().workers(), left * batchSize)];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Thread(this::work, "vitrail-loader-" + i);
      workers[i].setDaemon(true);
      workers[i].start();
    }
  }

  @Override
  public boolean hasNext() {
    return nextBatch < loader.batches();
  }

  /**
   * The next batch; waits until it is made. The batch given before must not be used any more.
   *
   * @throws LoadException if one of its images cannot be read or prepared
   */
  @Override
  public Batch next() {
    if (!hasNext()) {
      throw new NoSuchElementException("epoch " + epoch + " has no batch " + nextBatch);
    }
    int number = nextBatch;
    Slot slot = slots[number % slots.length];
    lock.lock();
    try {
      nextBatch++;
      oldest = number; // the batch before is not used any more
      slotFree.signalAll();
      while (slot.ready != number && !closed) {
        batchReady.awaitUninterruptibly();
      }
      if (closed) {
        throw new IllegalStateException("these batches were closed");
      }
    } finally {
      lock.unlock();
    }
    return slot.take(number);
  }

  /** Ends the workers and waits for them; at most one image each is prepared meanwhile. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      slotFree.signalAll();
      batchReady.signalAll();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    for (Thread worker : workers) {
      while (worker.isAlive()) {
        try {
          worker.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void work() {
    for (int sample = take(); sample >= 0; sample = take()) {
      Slot slot = slots[sample / batchSize % slots.length];
      int place = sample % batchSize;
      int index = order.indices()[sample];
      slot.failures[place] = null;
      try {
        slot.indices[place] = index;
        slot.labels[place] = loader.data().label(index);
        slot.good[place] =
            loader.prepare(index, epoch, order.place(sample), slot.pixels, place * slot.imageSize);
      } catch (Throwable e) { // the consumer has to hear of errors as well
        slot.good[place] = false;
        slot.failures[place] = e;
      }
      finish(slot, sample / batchSize);
    }
  }

  /** The next sample, once there is room for it; -1 when there is none. */
  private int take() {
    lock.lock();
    try {
      while (!closed && nextSample < samples && nextSample / batchSize >= oldest + slots.length) {
        slotFree.awaitUninterruptibly();
      }
      return closed || nextSample >= samples ? -1 : nextSample++;
    } finally {
      lock.unlock();
    }
  }

  private void finish(Slot slot, int batch) {
    lock.lock();
    try {
      slot.made++;
      if (slot.made == sizeOf(batch)) {
        slot.made = 0;
        slot.ready = batch;
        batchReady.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private int sizeOf(int batch) {
    return Math.min(batchSize, samples - batch * batchSize);
  }

  /** Room for one batch. */
  private final class Slot {
    final int imageSize;
    final int channels;
    final int height;
    final int width;
    final float[] pixels;
    final int[] labels;
    final int[] indices;
    final boolean[] good;
    final @Nullable Throwable[] failures;
    int made; // samples of the batch in work; under the lock
    int ready = -1; // the batch that is complete; under the lock

    Slot(int batchSize, Preparation preparation) {
      channels = preparation.channels();
      height = preparation.height();
      width = preparation.width();
      imageSize = preparation.length();
      pixels = new float[Math.multiplyExact(batchSize, imageSize)];
      labels = new int[batchSize];
      indices = new int[batchSize];
      good = new boolean[batchSize];
      failures = new Throwable[batchSize];
    }

    /** The batch; bad samples are left out. */
    Batch take(int batch) {
      int full = sizeOf(batch);
      int size = 0;
      for (int i = 0; i < full; i++) {
        Throwable failure = failures[i];
        if (failure != null) {
          throw failure(failure);
        }
        if (good[i]) {
          if (size < i) {
            System.arraycopy(pixels, i * imageSize, pixels, size * imageSize, imageSize);
            labels[size] = labels[i];
            indices[size] = indices[i];
          }
          size++;
        }
      }
      if (size == 0) {
        throw new LoadException(
            "none of the " + full + " images of batch " + batch + " can be read; see the log",
            null);
      }
      return new Batch(epoch, batch, size, channels, height, width, pixels, labels, indices);
    }
  }

  /** On the consumer's thread, with the worker's error as the cause. */
  private static RuntimeException failure(Throwable cause) {
    return cause instanceof LoadException e
        ? new LoadException(e.getMessage(), e)
        : new LoadException("cannot prepare a batch: " + cause, cause);
  }
}
