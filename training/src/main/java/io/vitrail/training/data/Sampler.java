package io.vitrail.training.data;

import java.util.SplittableRandom;

/**
 * Which images an epoch shows, and in which order. The order depends on the epoch's number alone,
 * so that a resumed run meets the same images.
 */
public interface Sampler {

  /** Samples in every epoch. */
  int size();

  /** The samples of epoch {@code epoch}, from 0. */
  Order order(int epoch);

  /**
   * Samples in the order they are shown. Sample {@code i} stands at {@code first + i * step} of the
   * epoch that all ranks share; its augmentation is drawn from that place, so that R ranks with
   * batches of B / R train on what one rank with batches of B trains on.
   *
   * @param indices of images in the data set
   * @param first place of the first sample: the rank
   * @param step places from one sample to the next: the number of ranks
   */
  record Order(int[] indices, int first, int step) {
    int place(int i) {
      return first + i * step;
    }
  }

  /** What becomes of samples that ranks cannot share evenly. */
  enum Remainder {
    /** Left out: every rank takes as many steps, none sees an image twice. For training. */
    DROP,
    /** Images of the epoch's start are shown again: every rank takes as many steps. */
    PAD,
    /** The first ranks have a sample more. For evaluation: each image counts once. */
    KEEP
  }

  /** All images in the order of the data set. */
  static Sampler sequential(int images) {
    Check.that(images > 0, "a sampler needs at least 1 image, got %d", images);
    int[] indices = identity(images);
    return new FixedSize(images, epoch -> indices.clone());
  }

  /** All images, shuffled anew in every epoch. */
  static Sampler shuffled(int images, long seed) {
    Check.that(images > 0, "a sampler needs at least 1 image, got %d", images);
    return new FixedSize(images, epoch -> shuffle(images, seed, epoch));
  }

  /**
   * Repeated augmentation (Hoffer et al., 2020, arXiv 1901.09335) as DeiT trains: of a shuffled
   * epoch each image is shown {@code times} times in a row, with different augmentations, and the
   * epoch keeps its length, so that it shows only every {@code times}-th image. The length is
   * rounded down to a multiple of 256 (sets of fewer images keep theirs).
   *
   * <p>Sharded, copies of an image land on neighbouring ranks.
   */
  static Sampler repeated(int images, int times, long seed) {
    Check.that(images > 0, "a sampler needs at least 1 image, got %d", images);
    Check.that(times > 0, "repeated augmentation shows an image 1 or more times, got %d", times);
    int size = images < 256 ? images : images / 256 * 256;
    return new FixedSize(
        size,
        epoch -> {
          int[] shuffled = shuffle(images, seed, epoch);
          int[] indices = new int[size];
          for (int i = 0; i < size; i++) {
            indices[i] = shuffled[i / times];
          }
          return indices;
        });
  }

  /** The part of one rank: samples {@code rank}, {@code rank + ranks}, and so on. */
  default Sampler shard(int rank, int ranks, Remainder remainder) {
    Check.that(
        rank >= 0 && rank < ranks, "rank is in 0..%d of %d ranks, got %d", ranks - 1, ranks, rank);
    return new Shard(this, rank, ranks, remainder);
  }

  private static int[] identity(int size) {
    int[] indices = new int[size];
    for (int i = 0; i < size; i++) {
      indices[i] = i;
    }
    return indices;
  }

  private static int[] shuffle(int size, long seed, int epoch) {
    int[] indices = identity(size);
    Randomness.shuffle(indices, new SplittableRandom(Randomness.seed(seed, epoch)));
    return indices;
  }
}
