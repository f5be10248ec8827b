package io.vitrail.training.augment;

import io.vitrail.imaging.ResizeFilter;
import java.util.random.RandomGenerator;

/** How new pixels are made from old ones. */
public enum Interpolation {
  BILINEAR,
  BICUBIC,
  /** One of the two, drawn for each image; evaluation takes bicubic. */
  RANDOM;

  /** The filter to resize the next image with. */
  ResizeFilter filter(RandomGenerator random) {
    boolean linear = this == BILINEAR || (this == RANDOM && random.nextBoolean());
    return linear ? ResizeFilter.BILINEAR : ResizeFilter.BICUBIC;
  }

  /** The one of evaluation, which draws nothing. */
  Interpolation fixed() {
    return this == BILINEAR ? BILINEAR : BICUBIC;
  }
}
