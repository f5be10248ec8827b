package io.vitrail.training.recipe;

import io.vitrail.training.data.LoaderConfig.BadFiles;
import io.vitrail.training.data.LoaderConfig.LastBatch;

/**
 * How images are drawn.
 *
 * @param repeats how often an image is in an epoch, each time augmented anew; the epoch keeps its
 *     length, so that fewer different images are in it (Hoffer et al., 2020, arXiv 1901.09335)
 * @param lastBatch what becomes of images that do not fill a batch
 * @param badFiles what becomes of images that cannot be read
 * @param holdOut share of the images kept for validation where the data have no part for it
 */
public record DataSettings(int repeats, LastBatch lastBatch, BadFiles badFiles, double holdOut) {
  static final DataSettings DEFAULT = new DataSettings(1, LastBatch.DROP, BadFiles.FAIL, 0.1);

  public DataSettings {
    Check.that(repeats >= 1, "data.repeats is at least 1, got %d", repeats);
    Check.rate("data.holdOut", holdOut);
  }
}
