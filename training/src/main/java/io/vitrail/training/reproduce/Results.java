package io.vitrail.training.reproduce;

import io.vitrail.training.reproduce.RunResult.Point;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** The finished runs of a study. */
final class Results {
  private final Map<String, Map<Integer, RunResult>> bySeed = new TreeMap<>(); // for each arm

  Results(Study study, RunStore store) {
    for (Arm arm : study.arms()) {
      Map<Integer, RunResult> ofArm = new TreeMap<>();
      for (int seed = 0; seed < study.seeds(); seed++) {
        int s = seed;
        store.find(study, arm, seed).ifPresent(result -> ofArm.put(s, result));
      }
      bySeed.put(arm.name(), ofArm);
    }
  }

  /** The seeds that are done in all of these arms, in order. */
  List<Integer> seeds(Arm... arms) {
    return bySeed.get(arms[0].name()).keySet().stream()
        .filter(
            seed ->
                List.of(arms).stream().allMatch(arm -> bySeed.get(arm.name()).containsKey(seed)))
        .toList();
  }

  RunResult of(Arm arm, int seed) {
    return bySeed.get(arm.name()).get(seed);
  }

  /** A number of each run of an arm. */
  Sample sample(Arm arm, ToDoubleFunction<RunResult> value) {
    return sample(arm, seeds(arm), value);
  }

  /** What {@code arm} has more than {@code other}, seed by seed. */
  Sample difference(Arm arm, Arm other, ToDoubleFunction<RunResult> value) {
    List<Integer> paired = seeds(arm, other);
    return sample(arm, paired, value).minus(sample(other, paired, value));
  }

  private Sample sample(Arm arm, List<Integer> seeds, ToDoubleFunction<RunResult> value) {
    return new Sample(
        seeds.stream().mapToDouble(seed -> value.applyAsDouble(of(arm, seed))).toArray());
  }

  /** Number of points of an arm's curve; 0 if no run is done. */
  int points(Arm arm) {
    return seeds(arm).stream().mapToInt(seed -> of(arm, seed).curve().size()).min().orElse(0);
  }

  /** A number of point {@code index} of each run of an arm. */
  Sample ofPoint(Arm arm, int index, ToDoubleFunction<Point> value) {
    return sample(arm, result -> value.applyAsDouble(result.curve().get(index)));
  }

  /** Epochs before point {@code index}. */
  int epochs(Arm arm, int index) {
    return of(arm, seeds(arm).get(0)).curve().get(index).epochs();
  }
}
