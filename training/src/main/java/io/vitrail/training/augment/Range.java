package io.vitrail.training.augment;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.random.RandomGenerator;

/** An interval from {@code low} to {@code high}; {@code [low, high]} in recipe files. */
public record Range(double low, double high) {
  public Range {
    Check.that(low <= high, "a range goes from low to high, got [%s, %s]", low, high);
  }

  /** Reads the two ends. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static Range of(List<Double> ends) {
    Check.that(ends.size() == 2, "a range has two ends, [low, high], got %s", ends);
    return new Range(ends.get(0), ends.get(1));
  }

  /** Low and high. */
  @JsonValue
  public List<Double> ends() {
    return List.of(low, high);
  }

  /** A value drawn evenly. */
  double draw(RandomGenerator random) {
    return low + (high - low) * random.nextDouble();
  }

  /** A value whose logarithm is drawn evenly, so that r and 1/r are as likely. */
  double drawLog(RandomGenerator random) {
    double from = Math.log(low);
    return Math.exp(from + (Math.log(high) - from) * random.nextDouble());
  }
}
