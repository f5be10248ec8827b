package io.vitrail.training.reproduce;

import java.util.Arrays;

/** Numbers of several seeds. */
record Sample(double... values) {

  double mean() {
    return Arrays.stream(values).average().orElse(Double.NaN);
  }

  /** Standard error of the mean, from the deviation with n - 1. */
  double error() {
    double mean = mean();
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return Math.sqrt(squares / (values.length - 1) / values.length);
  }

  /** Differences seed by seed. */
  Sample minus(Sample other) {
    double[] differences = new double[values.length];
    Arrays.setAll(differences, i -> values[i] - other.values[i]);
    return new Sample(differences);
  }

  /** Whether the mean of three or more is further from 0 than twice its standard error. */
  boolean isClear() {
    return values.length > 2 && Math.abs(mean()) > 2 * error();
  }

  /** How many are above 0. */
  long positive() {
    return Arrays.stream(values).filter(v -> v > 0).count();
  }
}
