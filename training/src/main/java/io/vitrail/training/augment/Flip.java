package io.vitrail.training.augment;

import io.vitrail.imaging.Image;
import java.util.random.RandomGenerator;

/** Mirrors an image with the given probability. */
public record Flip(Axis axis, double probability) implements Transform {

  /** Which sides change places. */
  public enum Axis {
    /** Left and right. */
    HORIZONTAL,
    /** Top and bottom. */
    VERTICAL
  }

  public Flip {
    Check.probability("flip", probability);
  }

  @Override
  public Image apply(Image image, RandomGenerator random) {
    if (random.nextDouble() >= probability) {
      return image;
    }
    return axis == Axis.HORIZONTAL ? image.flipHorizontal() : image.flipVertical();
  }
}
