package io.vitrail.training.reproduce;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.vitrail.training.reproduce.Arm.Branches;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Milliseconds of processor time of a training step on one thread, for each study and kind of step:
 * medians of rounds in which the kinds take turns. Kept in a file, for trainings side by side
 * cannot tell.
 */
final class StepTimes {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final int ROUNDS = 9;
  private static final int STEPS = 20;

  private final Path file;
  private final Map<String, Map<Branches, Double>> millis;

  private StepTimes(Path file, Map<String, Map<Branches, Double>> millis) {
    this.file = file;
    this.millis = millis;
  }

  static StepTimes open(Path file) throws IOException {
    Map<String, Map<Branches, Double>> stored =
        Files.exists(file)
            ? JSON.readValue(file.toFile(), new TypeReference<>() {})
            : new TreeMap<>();
    return new StepTimes(file, stored);
  }

  /** Milliseconds of a step; not a number if it was not measured. */
  double of(Study study, Arm arm) {
    return millis.getOrDefault(study.name(), Map.of()).getOrDefault(arm.branches(), Double.NaN);
  }

  boolean cover(List<Study> studies) {
    return studies.stream()
        .allMatch(study -> study.arms().stream().noneMatch(arm -> Double.isNaN(of(study, arm))));
  }

  void measure(List<Study> studies) throws IOException {
    for (Study study : studies) {
      millis.put(study.name(), measure(study));
    }
    JSON.writeValue(file.toFile(), millis);
  }

  private static Map<Branches, Double> measure(Study study) throws IOException {
    Study.Images images = study.images(0);
    Map<Branches, TrainingRun> runs = new EnumMap<>(Branches.class);
    Map<Branches, double[]> rounds = new EnumMap<>(Branches.class);
    try {
      for (Arm arm : study.arms()) {
        runs.computeIfAbsent(arm.branches(), any -> new TrainingRun(study, arm, 0, images));
      }
      for (int round = -1; round < ROUNDS; round++) { // the first one warms up
        for (Branches branches : runs.keySet()) {
          double time = runs.get(branches).timeSteps(STEPS);
          if (round >= 0) {
            rounds.computeIfAbsent(branches, any -> new double[ROUNDS])[round] = time;
          }
        }
      }
    } finally {
      runs.values().forEach(TrainingRun::close);
    }
    Map<Branches, Double> medians = new EnumMap<>(Branches.class);
    rounds.forEach((branches, times) -> medians.put(branches, median(times)));
    return medians;
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }
}
