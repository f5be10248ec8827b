package io.vitrail.training.reproduce;

import io.vitrail.training.log.Plot;
import io.vitrail.training.log.Plot.Panel;
import io.vitrail.training.log.Plot.Series;
import io.vitrail.training.log.Plot.Style;
import io.vitrail.training.reproduce.RunResult.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Test scores against training time: two panels for each study. */
final class Curves {
  private Curves() {}

  static Plot of(List<Study> studies, RunStore store, StepTimes times) {
    List<Panel> panels = new ArrayList<>();
    for (Study study : studies) {
      Results results = new Results(study, store);
      panels.add(panel(study, results, times, "top-1", "%", point -> 100 * point.testTop1()));
      panels.add(panel(study, results, times, "NLL", "nats", Point::testNll));
    }
    return new Plot("", panels);
  }

  private static Panel panel(
      Study study,
      Results results,
      StepTimes times,
      String what,
      String unit,
      ToDoubleFunction<Point> value) {
    Panel panel = Panel.of(study.title() + ": test " + what, "seconds of training", unit);
    for (Arm arm : study.arms()) {
      double epochSeconds = times.of(study, arm) / 1000 * study.stepsPerEpoch();
      List<Plot.Point> points =
          IntStream.range(0, results.points(arm))
              .mapToObj(i -> point(results, arm, i, epochSeconds, value))
              .toList();
      if (!points.isEmpty()) {
        panel = panel.with(new Series(arm.label(), Style.LINE, points));
      }
    }
    return panel;
  }

  private static Plot.Point point(
      Results results, Arm arm, int index, double epochSeconds, ToDoubleFunction<Point> value) {
    Sample sample = results.ofPoint(arm, index, value);
    double spread = sample.values().length > 1 ? sample.error() : 0;
    return new Plot.Point(epochSeconds * results.epochs(arm, index), sample.mean(), spread);
  }
}
