package io.vitrail.training.augment;

import io.vitrail.imaging.Colour;
import io.vitrail.imaging.Image;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * AutoAugment (Cubuk et al., 2019, arXiv 1805.09501): one of 25 pairs of operations is drawn for an
 * image, each with its own probability and magnitude.
 */
public final class AutoAugment implements Transform {

  /** Table 9 of the paper. */
  private static final String ORIGINAL =
      """
      PosterizeOriginal 0.4 8, Rotate 0.6 9
      Solarize 0.6 5, AutoContrast 0.6 5
      Equalize 0.8 8, Equalize 0.6 3
      PosterizeOriginal 0.6 7, PosterizeOriginal 0.6 6
      Equalize 0.4 7, Solarize 0.2 4
      Equalize 0.4 4, Rotate 0.8 8
      Solarize 0.6 3, Equalize 0.6 7
      PosterizeOriginal 0.8 5, Equalize 1.0 2
      Rotate 0.2 3, Solarize 0.6 8
      Equalize 0.6 8, PosterizeOriginal 0.4 6
      Rotate 0.8 8, Color 0.4 0
      Rotate 0.4 9, Equalize 0.6 2
      Equalize 0.0 7, Equalize 0.8 8
      Invert 0.6 4, Equalize 1.0 8
      Color 0.6 4, Contrast 1.0 8
      Rotate 0.8 8, Color 1.0 2
      Color 0.8 8, Solarize 0.8 7
      Sharpness 0.4 7, Invert 0.6 8
      ShearX 0.6 5, Equalize 1.0 9
      Color 0.4 0, Equalize 0.6 3
      Equalize 0.4 7, Solarize 0.2 4
      Solarize 0.6 5, AutoContrast 0.6 5
      Invert 0.6 4, Equalize 1.0 8
      Color 0.6 4, Contrast 1.0 8
      Equalize 0.8 8, Equalize 0.6 3
      """;

  /** The policy "v0" of Google's EfficientNet. */
  private static final String V0 =
      """
      Equalize 0.8 1, ShearY 0.8 4
      Color 0.4 9, Equalize 0.6 3
      Color 0.4 1, Rotate 0.6 8
      Solarize 0.8 3, Equalize 0.4 7
      Solarize 0.4 2, Solarize 0.6 2
      Color 0.2 0, Equalize 0.8 8
      Equalize 0.4 8, SolarizeAdd 0.8 3
      ShearX 0.2 9, Rotate 0.6 8
      Color 0.6 1, Equalize 1.0 2
      Invert 0.4 9, Rotate 0.6 0
      Equalize 1.0 9, ShearY 0.6 3
      Color 0.4 7, Equalize 0.6 0
      Posterize 0.4 6, AutoContrast 0.4 7
      Solarize 0.6 8, Color 0.6 9
      Solarize 0.2 4, Rotate 0.8 9
      Rotate 1.0 7, TranslateYRel 0.8 9
      ShearX 0.0 0, Solarize 0.8 4
      ShearY 0.8 0, Color 0.6 4
      Color 1.0 0, Rotate 0.6 2
      Equalize 0.8 4, Equalize 0.0 8
      Equalize 1.0 4, AutoContrast 0.6 2
      ShearY 0.4 7, SolarizeAdd 0.6 7
      Posterize 0.8 2, Solarize 0.6 10
      Solarize 0.6 8, Equalize 0.6 1
      Color 0.8 6, Rotate 0.4 5
      """;

  private static final Map<String, String> KEYS = Map.of("mstd", "deviation of the magnitude, 0");

  private final List<List<PolicyStep>> pairs;

  private AutoAugment(List<List<PolicyStep>> pairs) {
    this.pairs = pairs;
  }

  /**
   * Reads timm's notation: a policy, {@code original} or {@code v0}, or either with an {@code r}
   * (posterizing keeps fewer bits as the magnitude grows, as in Google's research code); then
   * perhaps {@code -mstd0.5}, the deviation of magnitudes.
   *
   * @param interpolation of rotations, shears and translations
   * @param fill what those bring in from outside of the image
   * @throws IllegalArgumentException for another policy or key
   */
  public static AutoAugment parse(String text, Interpolation interpolation, Colour fill) {
    PolicyText policy = PolicyText.parse(text, KEYS);
    String table =
        switch (policy.name()) {
          case "original" -> ORIGINAL;
          case "originalr" -> ORIGINAL.replace("PosterizeOriginal", "PosterizeIncreasing");
          case "v0" -> V0;
          case "v0r" -> V0.replace("Posterize", "PosterizeIncreasing");
          default ->
              throw new IllegalArgumentException(
                  "autoAugment is none, 3a, rand-..., or one of the policies original, originalr,"
                      + " v0 and v0r; got '%s'".formatted(text));
        };
    PolicyStep.Style style =
        new PolicyStep.Style(policy.number("mstd", 0), PolicyStep.Style.MAX, interpolation, fill);
    return new AutoAugment(
        table
            .lines()
            .map(line -> Arrays.stream(line.split(", ")).map(step -> step(step, style)).toList())
            .toList());
  }

  private static PolicyStep step(String text, PolicyStep.Style style) {
    String[] parts = text.split(" ");
    return new PolicyStep(
        Operation.named(parts[0]),
        Double.parseDouble(parts[1]),
        Double.parseDouble(parts[2]),
        style);
  }

  @Override
  public Image apply(Image image, RandomGenerator random) {
    Image result = image;
    for (PolicyStep step : pairs.get(random.nextInt(pairs.size()))) {
      result = step.apply(result, random);
    }
    return result;
  }

  /** The pairs, in the order of timm's lists. */
  List<List<PolicyStep>> pairs() {
    return pairs;
  }
}
