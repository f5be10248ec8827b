package io.vitrail.training.data;

/**
 * How a {@link Loader} makes batches.
 *
 * @param batchSize images in a batch
 * @param seed of the augmentations
 * @param lastBatch what becomes of an incomplete last batch
 * @param badFiles what becomes of images that cannot be read
 * @param workers threads that read and prepare images; results do not depend on it
 * @param ahead batches held at once: the one in use and those made beforehand
 */
public record LoaderConfig(
    int batchSize, long seed, LastBatch lastBatch, BadFiles badFiles, int workers, int ahead) {

  /** What becomes of an incomplete last batch. */
  public enum LastBatch {
    /** It is not shown: all batches are of one size. For training. */
    DROP,
    /** It is shown. For evaluation. */
    KEEP
  }

  /** What becomes of images that cannot be read. */
  public enum BadFiles {
    /** The epoch ends with an error that names the image. */
    FAIL,
    /** They are left out of their batches, named once in the log and counted. */
    SKIP
  }

  public LoaderConfig {
    Check.that(batchSize > 0, "batchSize must be at least 1, got %d", batchSize);
    Check.that(workers > 0, "workers must be at least 1, got %d", workers);
    Check.that(
        ahead > 1, "ahead must be at least 2: a batch in use and one in work; got %d", ahead);
  }

  /** Full batches only, errors for bad files, {@link #defaultWorkers} workers, three batches. */
  public static LoaderConfig training(int batchSize, long seed) {
    return new LoaderConfig(batchSize, seed, LastBatch.DROP, BadFiles.FAIL, defaultWorkers(), 3);
  }

  /** All images, errors for bad files, {@link #defaultWorkers} workers, three batches. */
  public static LoaderConfig evaluation(int batchSize) {
    return new LoaderConfig(batchSize, 0, LastBatch.KEEP, BadFiles.FAIL, defaultWorkers(), 3);
  }

  /**
   * Half of the processors, from 1 to 8. The engine's own threads take all processors, and each of
   * its operations waits for the slowest: more workers than needed make training slower. One worker
   * prepares about 50 photos a second (half a megapixel: 14 ms of a Xeon's core to decode, 4 ms to
   * augment by 3-Augment at 224 pixels).
   */
  public static int defaultWorkers() {
    return Math.max(1, Math.min(8, Runtime.getRuntime().availableProcessors() / 2));
  }

  public LoaderConfig withBadFiles(BadFiles policy) {
    return new LoaderConfig(batchSize, seed, lastBatch, policy, workers, ahead);
  }

  public LoaderConfig withLastBatch(LastBatch policy) {
    return new LoaderConfig(batchSize, seed, policy, badFiles, workers, ahead);
  }

  public LoaderConfig withWorkers(int count) {
    return new LoaderConfig(batchSize, seed, lastBatch, badFiles, count, ahead);
  }

  public LoaderConfig withAhead(int count) {
    return new LoaderConfig(batchSize, seed, lastBatch, badFiles, workers, count);
  }
}
