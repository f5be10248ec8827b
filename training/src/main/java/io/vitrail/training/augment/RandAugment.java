package io.vitrail.training.augment;

import io.vitrail.imaging.Colour;
import io.vitrail.imaging.Image;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * RandAugment (Cubuk et al., 2020, arXiv 1909.13719) as timm has it: a few of 15 operations, each
 * applied with a probability at about the same magnitude.
 */
public final class RandAugment implements Transform {
  private static final List<String> PLAIN =
      List.of(
          "AutoContrast",
          "Equalize",
          "Invert",
          "Rotate",
          "Posterize",
          "Solarize",
          "SolarizeAdd",
          "Color",
          "Contrast",
          "Brightness",
          "Sharpness",
          "ShearX",
          "ShearY",
          "TranslateXRel",
          "TranslateYRel");

  /** The same, but each changes more as the magnitude grows. */
  private static final List<String> INCREASING =
      List.of(
          "AutoContrast",
          "Equalize",
          "Invert",
          "Rotate",
          "PosterizeIncreasing",
          "SolarizeIncreasing",
          "SolarizeAdd",
          "ColorIncreasing",
          "ContrastIncreasing",
          "BrightnessIncreasing",
          "SharpnessIncreasing",
          "ShearX",
          "ShearY",
          "TranslateXRel",
          "TranslateYRel");

  /** The weights w0, in the order of the operations above. */
  private static final double[] WEIGHTS_0 = {
    0.025, 0.005, 0, 0.3, 0, 0.005, 0.005, 0.025, 0.005, 0.005, 0.025, 0.2, 0.2, 0.1, 0.1
  };

  private static final Map<String, String> KEYS =
      Map.of(
          "m", "magnitude, 10",
          "n", "operations for an image, 2",
          "p", "probability of each, 0.5",
          "w", "0: weighted draws without repeats",
          "mstd", "deviation of the magnitude, 0; over 100: even from 0 to it",
          "mmax", "largest magnitude, 10",
          "inc", "1: operations that change more as the magnitude grows");

  private final List<PolicyStep> steps;
  private final double[] weights;
  private final int count;

  /**
   * @param weights of the steps; if there are any, no step is drawn twice for an image
   * @param count steps drawn for an image
   */
  private RandAugment(List<PolicyStep> steps, double[] weights, int count) {
    this.steps = List.copyOf(steps);
    this.weights = weights;
    this.count = count;
  }

  /**
   * Reads timm's notation, such as {@code rand-m9-mstd0.5-inc1}: magnitude 9 with a deviation of
   * 0.5, increasing operations. Further keys: {@code n2} operations drawn with replacement for an
   * image, each applied with probability {@code p0.5}; {@code mmax10}; {@code w0} draws by weights
   * and without replacement. In timm {@code inc0} once meant the same as {@code inc1}; here it
   * means the plain operations, as in its newer versions.
   *
   * @param interpolation of rotations, shears and translations
   * @param fill what those bring in from outside of the image
   * @throws IllegalArgumentException for an unknown key, naming the known ones
   */
  public static RandAugment parse(String text, Interpolation interpolation, Colour fill) {
    PolicyText policy = PolicyText.parse(text, KEYS);
    Check.that(policy.name().equals("rand"), "a RandAugment begins with rand, got '%s'", text);
    double std = policy.number("mstd", 0);
    double max = policy.number("mmax", PolicyStep.Style.MAX);
    double probability = policy.number("p", 0.5);
    int count = (int) policy.number("n", 2);
    Check.that(policy.number("w", 0) == 0, "weights of '%s' are w0, there are no others", text);
    Check.that(probability <= 1, "the probability of '%s' is in [0, 1]", text);
    Check.that(
        policy.numbers().containsKey("w") ? count <= 13 : count == policy.number("n", 2),
        "the number of operations of '%s' is whole, and at most 13 with w0",
        text);
    PolicyStep.Style style =
        new PolicyStep.Style(std > 100 ? Double.POSITIVE_INFINITY : std, max, interpolation, fill);
    double magnitude = policy.number("m", 10);
    List<String> names = policy.number("inc", 0) == 0 ? PLAIN : INCREASING;
    List<PolicyStep> steps =
        names.stream()
            .map(name -> new PolicyStep(Operation.named(name), probability, magnitude, style))
            .toList();
    return new RandAugment(
        steps, policy.numbers().containsKey("w") ? WEIGHTS_0 : new double[0], count);
  }

  @Override
  public Image apply(Image image, RandomGenerator random) {
    Image result = image;
    for (int step : draw(random)) {
      result = steps.get(step).apply(result, random);
    }
    return result;
  }

  /** Which steps come next, by number. */
  int[] draw(RandomGenerator random) {
    int[] drawn = new int[count];
    double[] left = weights.clone();
    for (int i = 0; i < count; i++) {
      if (weights.length == 0) {
        drawn[i] = random.nextInt(steps.size());
      } else {
        drawn[i] = drawWeighted(left, random);
        left[drawn[i]] = 0;
      }
    }
    return drawn;
  }

  private static int drawWeighted(double[] weights, RandomGenerator random) {
    double rest = random.nextDouble() * Arrays.stream(weights).sum();
    int last = -1;
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] > 0) {
        last = i;
        rest -= weights[i];
        if (rest < 0) {
          return i;
        }
      }
    }
    return last; // rounding ate the rest
  }

  /** The steps, in the order of timm's lists. */
  List<PolicyStep> steps() {
    return steps;
  }
}
