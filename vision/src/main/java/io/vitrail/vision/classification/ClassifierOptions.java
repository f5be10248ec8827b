package io.vitrail.vision.classification;

import io.vitrail.tensor.Precision;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How to classify; {@link #DEFAULT} is what the weights were made for.
 *
 * @param precision number type of the network
 * @param imageSize side in pixels of the square that the network sees, if not the weights' own
 * @param labels names of the classes, in the order of the scores, if not the weights' own
 */
public record ClassifierOptions(
    Precision precision, OptionalInt imageSize, Optional<List<String>> labels) {
  public static final ClassifierOptions DEFAULT =
      new ClassifierOptions(Precision.AUTO, OptionalInt.empty(), Optional.empty());

  public ClassifierOptions {
    labels = labels.map(List::copyOf);
    if (imageSize.isPresent() && imageSize.getAsInt() < 1) {
      throw new IllegalArgumentException(
          "image size is at least 1 pixel, got " + imageSize.getAsInt());
    }
  }

  public ClassifierOptions withPrecision(Precision precision) {
    return new ClassifierOptions(precision, imageSize, labels);
  }

  public ClassifierOptions withImageSize(int pixels) {
    return new ClassifierOptions(precision, OptionalInt.of(pixels), labels);
  }

  public ClassifierOptions withLabels(List<String> labels) {
    return new ClassifierOptions(precision, imageSize, Optional.of(labels));
  }
}
