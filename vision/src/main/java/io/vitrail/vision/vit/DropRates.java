package io.vitrail.vision.vit;

/**
 * What training drops at random.
 *
 * @param dropout probability of an element to become 0 after the positions and, in each block,
 *     after the attention's projection, the activation and the MLP
 * @param dropPath largest probability of a sample to lose a residual branch
 * @param rule how that probability depends on the block
 */
public record DropRates(double dropout, double dropPath, Rule rule) {
  /** Nothing. */
  public static final DropRates NONE = new DropRates(0, 0, Rule.LINEAR);

  /** How the probability to drop a branch depends on its block. */
  public enum Rule {
    /** The same in all: DeiT-III. */
    CONSTANT,
    /** From 0 in the first block evenly up to the full one in the last. */
    LINEAR
  }

  public DropRates {
    check("dropout", dropout);
    check("dropPath", dropPath);
  }

  private static void check(String name, double p) {
    if (!(p >= 0 && p < 1)) {
      throw new IllegalArgumentException("%s is in [0, 1), got %s".formatted(name, p));
    }
  }

  public DropRates withDropPath(double value) {
    return new DropRates(dropout, value, rule);
  }

  /** Probability to lose a branch in block {@code i} of {@code depth}. */
  double dropPathAt(int i, int depth) {
    return switch (rule) {
      case CONSTANT -> dropPath;
      case LINEAR -> depth == 1 ? 0 : dropPath * i / (depth - 1);
    };
  }
}
