package io.vitrail.training.augment;

import io.vitrail.imaging.Image;
import java.util.random.RandomGenerator;

/** A change of an image. All its choices come from {@code random}, so that a seed repeats them. */
@FunctionalInterface
public interface Transform {
  Image apply(Image image, RandomGenerator random);

  /** This one, then {@code next}. */
  default Transform then(Transform next) {
    return (image, random) -> next.apply(apply(image, random), random);
  }
}
