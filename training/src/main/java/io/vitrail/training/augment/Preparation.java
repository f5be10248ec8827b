package io.vitrail.training.augment;

import io.vitrail.imaging.Image;
import java.util.random.RandomGenerator;

/**
 * Turns an image into one network input of a fixed shape. Implementations hold no state and serve
 * many threads; all random choices come from the generator that is passed, so that a seed repeats
 * them.
 */
public interface Preparation {

  /** Number of channels of the input, 1 or 3. */
  int channels();

  /** Height of the input in pixels. */
  int height();

  /** Width of the input in pixels. */
  int width();

  /** Values per input: {@code channels * height * width}. */
  default int length() {
    return channels() * height() * width();
  }

  /**
   * Writes the input of {@code image}, [C, H, W] normalised, to {@code out} from {@code offset} on.
   *
   * @param image grey, RGB or RGBA, of any size; alpha is dropped
   */
  void prepare(Image image, RandomGenerator random, float[] out, int offset);

  /** Augmented as {@code config} says. */
  static Preparation training(AugmentConfig config) {
    return Pipeline.training(config);
  }

  /** The short side resized to {@code imageSize / cropRatio}, centre crop; draws nothing. */
  static Preparation evaluation(AugmentConfig config) {
    return Pipeline.evaluation(config);
  }
}
