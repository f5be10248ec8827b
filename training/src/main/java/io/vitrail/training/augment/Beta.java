package io.vitrail.training.augment;

import java.util.random.RandomGenerator;

/** Draws from the symmetric Beta distribution. */
final class Beta {
  private Beta() {}

  /**
   * A value of Beta(alpha, alpha): X / (X + Y) for two draws of Gamma(alpha), by their logarithms,
   * since Gamma of a small alpha underflows.
   */
  static double draw(double alpha, RandomGenerator random) {
    double x = logGamma(alpha, random);
    double y = logGamma(alpha, random);
    return 1 / (1 + Math.exp(y - x));
  }

  /**
   * Logarithm of a draw of Gamma(alpha) = Gamma(alpha + 1) U^(1/alpha), the first factor by
   * Marsaglia and Tsang (2000).
   */
  private static double logGamma(double alpha, RandomGenerator random) {
    double power = Math.log(1 - random.nextDouble()) / alpha; // 1 - U lies in (0, 1]
    double d = alpha + 1 - 1.0 / 3;
    double c = 1 / Math.sqrt(9 * d);
    while (true) {
      double z = random.nextGaussian();
      double v = Math.pow(1 + c * z, 3);
      double u = 1 - random.nextDouble();
      if (v > 0 && Math.log(u) < 0.5 * z * z + d - d * v + d * Math.log(v)) {
        return Math.log(d * v) + power;
      }
    }
  }
}
