package io.vitrail.cutout.isnet;

import io.vitrail.tensor.F;
import io.vitrail.tensor.Mode;
import io.vitrail.tensor.Tensor;

/** The two changes of size that U²-Net and IS-Net know, and their sum. */
final class Maps {
  private Maps() {}

  /** Half the height and width, rounded up. */
  static Tensor halved(Tensor x) {
    return F.maxPool2d(x, 2, 2, 0, true);
  }

  /** {@code x} bilinearly resized to the height and width of {@code partner}. */
  static Tensor resizedTo(Tensor partner, Tensor x) {
    long height = partner.size(2);
    long width = partner.size(3);
    boolean same = x.size(2) == height && x.size(3) == width;
    return same ? x : F.interpolate(x, height, width, F.Interpolation.BILINEAR);
  }

  /** {@code x + other}, in the memory of {@code x} unless backward needs it as it is. */
  static Tensor added(Tensor x, Tensor other) {
    return Mode.gradEnabled() ? x.add(other) : x.addInPlace(other);
  }
}
