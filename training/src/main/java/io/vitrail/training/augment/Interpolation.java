package io.vitrail.training.augment;

import io.vitrail.imaging.ResizeFilter;
import io.vitrail.imaging.Warp;
import java.util.random.RandomGenerator;

/** How new pixels are made from old ones. */
public enum Interpolation {
  BILINEAR,
  BICUBIC,
  /** One of the two, drawn for each image; evaluation takes bicubic. */
  RANDOM;

  /** The filter to resize the next image with. */
  ResizeFilter filter(RandomGenerator random) {
    return isLinear(random) ? ResizeFilter.BILINEAR : ResizeFilter.BICUBIC;
  }

  /** The filter to warp the next image with. */
  Warp.Filter warpFilter(RandomGenerator random) {
    return isLinear(random) ? Warp.Filter.BILINEAR : Warp.Filter.BICUBIC;
  }

  private boolean isLinear(RandomGenerator random) {
    return this == BILINEAR || (this == RANDOM && random.nextBoolean());
  }

  /** The one of evaluation, which draws nothing. */
  Interpolation fixed() {
    return this == BILINEAR ? BILINEAR : BICUBIC;
  }
}
