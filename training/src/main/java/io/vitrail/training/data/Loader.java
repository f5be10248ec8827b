package io.vitrail.training.data;

import io.vitrail.training.augment.Preparation;
import io.vitrail.training.data.LoaderConfig.BadFiles;
import io.vitrail.training.data.LoaderConfig.LastBatch;
import java.io.IOException;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes batches of a data set, ahead of the training loop and by several threads:
 *
 * <pre>{@code
 * Loader loader =
 *     new Loader(data, Sampler.shuffled(data.size(), seed), preparation,
 *         LoaderConfig.training(64, seed));
 * for (int epoch = 0; epoch < epochs; epoch++) {
 *   try (Batches batches = loader.epoch(epoch)) {
 *     while (batches.hasNext()) {
 *       try (Scope scope = Scope.open()) {
 *         Batch batch = batches.next();
 *         step(batch.images(), batch.labels());
 *       }
 *     }
 *   }
 * }
 * }</pre>
 *
 * <p>What a batch holds depends on the seed, the epoch and the batch's number alone: neither on the
 * number of workers, nor on timing, nor on where the run began. A loader holds no threads; those
 * belong to {@link Batches}.
 */
public final class Loader {
  private static final Logger LOG = LoggerFactory.getLogger(Loader.class);

  private final Dataset data;
  private final Sampler sampler;
  private final Preparation preparation;
  private final LoaderConfig config;
  private final Set<Integer> bad = ConcurrentHashMap.newKeySet();

  /**
   * @throws IllegalArgumentException if an epoch has no batch
   */
  public Loader(Dataset data, Sampler sampler, Preparation preparation, LoaderConfig config) {
    this.data = data;
    this.sampler = sampler;
    this.preparation = preparation;
    this.config = config;
    Check.that(
        batches() > 0,
        "an epoch of %d images has no batch of %d; lower batchSize, or keep the last batch",
        sampler.size(),
        config.batchSize());
  }

  /** Batches in every epoch. */
  public int batches() {
    int samples = sampler.size();
    int size = config.batchSize();
    return config.lastBatch() == LastBatch.DROP ? samples / size : (samples + size - 1) / size;
  }

  /** Images in every epoch, those of a dropped last batch not counted. */
  public int samples() {
    return Math.min(sampler.size(), batches() * config.batchSize());
  }

  public Dataset data() {
    return data;
  }

  public LoaderConfig config() {
    return config;
  }

  /** How many images of the data set could not be read so far and were left out. */
  public int skipped() {
    return bad.size();
  }

  /** The batches of an epoch (from 0). */
  public Batches epoch(int epoch) {
    return epoch(epoch, 0);
  }

  /**
   * The batches of an epoch from batch {@code first} on, as after a resume: the same as an
   * uninterrupted epoch gives from there.
   *
   * @param first 0 .. {@link #batches()}; the latter gives none
   */
  public Batches epoch(int epoch, int first) {
    Check.that(epoch >= 0, "epoch must be at least 0, got %d", epoch);
    Check.that(
        first >= 0 && first <= batches(),
        "epoch of %d batches cannot start at batch %d",
        batches(),
        first);
    return new Batches(this, epoch, first);
  }

  Sampler.Order order(int epoch) {
    return sampler.order(epoch);
  }

  Preparation preparation() {
    return preparation;
  }

  /**
   * Prepares one sample; called by workers.
   *
   * @param place of the sample in the epoch that all ranks share
   * @return whether the image could be read
   * @throws IllegalStateException naming the image, if it could not and that is an error
   */
  boolean prepare(int index, int epoch, int place, float[] out, int offset) {
    try {
      SplittableRandom random = new SplittableRandom(Randomness.seed(config.seed(), epoch, place));
      preparation.prepare(data.image(index), random, out, offset);
      return true;
    } catch (IOException e) {
      if (config.badFiles() == BadFiles.FAIL) {
        throw new LoadException(
            e.getMessage() + "; replace the file, or let training skip bad files", e);
      }
      if (bad.add(index)) {
        LOG.warn("left out: {}", e.getMessage());
      }
      return false;
    } catch (RuntimeException e) {
      throw new LoadException("cannot prepare '" + data.name(index) + "': " + e, e);
    }
  }
}
