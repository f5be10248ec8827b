package io.vitrail.training.log;

import io.vitrail.training.log.Plot.Panel;
import io.vitrail.training.log.Plot.Point;
import io.vitrail.training.log.Plot.Series;
import io.vitrail.training.log.Plot.Style;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plots of a run, {@code curves.png} and {@code curves.svg}: losses, accuracies and the learning
 * rate by epochs; losses of part {@code step}, single steps, are pale. They are drawn anew when an
 * entry of part {@code val} comes, but not more often than every half minute, and at the end.
 */
public final class Curves implements LogSink {
  private static final Logger LOG = LoggerFactory.getLogger(Curves.class);
  private static final Duration PAUSE = Duration.ofSeconds(30);
  private static final int MOST_POINTS = 500; // of a curve; more are averaged

  /** What is drawn together. */
  private enum Topic {
    LOSS("loss", ""),
    ACCURACY("accuracy", "share"),
    LEARNING_RATE("learning rate", "");

    final String title;
    final String unit;

    Topic(String title, String unit) {
      this.title = title;
      this.unit = unit;
    }

    static Optional<Topic> of(String number) {
      if (number.endsWith("loss")) {
        return Optional.of(LOSS);
      }
      if (number.startsWith("top") || number.startsWith("accuracy")) {
        return Optional.of(ACCURACY);
      }
      return number.equals("lr") ? Optional.of(LEARNING_RATE) : Optional.empty();
    }
  }

  private record Name(String part, String number) {}

  private final Path folder;
  private final InstantSource clock;
  private final Map<Name, List<Point>> curves = new LinkedHashMap<>();
  private Instant next = Instant.MIN;
  private boolean works = true;

  private Curves(Path folder, InstantSource clock) {
    this.folder = folder;
    this.clock = clock;
  }

  /**
   * Curves that go on after {@code before}.
   *
   * @param before the entries of the run so far
   */
  public static Curves open(Path folder, List<Entry> before) {
    return open(folder, before, InstantSource.system());
  }

  static Curves open(Path folder, List<Entry> before, InstantSource clock) {
    Curves curves = new Curves(folder, clock);
    before.forEach(curves::keep);
    return curves;
  }

  @Override
  public void add(Entry entry) throws IOException {
    keep(entry);
    if (entry.part().equals("val") && !clock.instant().isBefore(next)) {
      draw();
      next = clock.instant().plus(PAUSE);
    }
  }

  private void keep(Entry entry) {
    entry
        .numbers()
        .forEach(
            (number, value) -> {
              if (Topic.of(number).isPresent()) {
                curves
                    .computeIfAbsent(new Name(entry.part(), number), name -> new ArrayList<>())
                    .add(new Point(entry.epoch(), value, 0));
              }
            });
  }

  /** The plot of what was logged so far; empty when that was none of what is drawn. */
  Optional<Plot> plot() {
    List<Panel> panels = new ArrayList<>();
    for (Topic topic : Topic.values()) {
      Panel panel = Panel.of(topic.title, "epoch", topic.unit);
      for (Map.Entry<Name, List<Point>> curve : curves.entrySet()) {
        if (Topic.of(curve.getKey().number).equals(Optional.of(topic))) {
          panel = panel.with(series(curve.getKey(), curve.getValue()));
        }
      }
      if (!panel.series().isEmpty()) {
        panels.add(panel);
      }
    }
    return panels.isEmpty() ? Optional.empty() : Optional.of(new Plot("", panels));
  }

  private static Series series(Name name, List<Point> points) {
    Style style =
        name.part.equals("step") && Topic.of(name.number).equals(Optional.of(Topic.LOSS))
            ? Style.FAINT
            : Style.LINE;
    return new Series(name.part + " " + name.number, style, thin(points));
  }

  /** At most {@link #MOST_POINTS} points: the means of neighbours. */
  private static List<Point> thin(List<Point> points) {
    int each = (points.size() + MOST_POINTS - 1) / MOST_POINTS;
    if (each <= 1) {
      return points;
    }
    List<Point> thinned = new ArrayList<>();
    for (int from = 0; from < points.size(); from += each) {
      List<Point> some = points.subList(from, Math.min(from + each, points.size()));
      thinned.add(
          new Point(
              some.stream().mapToDouble(Point::x).average().orElseThrow(),
              some.stream().mapToDouble(Point::y).average().orElseThrow(),
              0));
    }
    return thinned;
  }

  private void draw() throws IOException {
    Optional<Plot> plot = works ? plot() : Optional.empty();
    if (plot.isPresent()) {
      try {
        plot.get().write(folder.resolve("curves.png"));
        plot.get().write(folder.resolve("curves.svg"));
      } catch (LinkageError | InternalError e) { // a Java without fonts must not end a training
        works = false;
        LOG.warn("no plots of this run, since this Java cannot draw text: {}", e.toString());
      }
    }
  }

  @Override
  public void close() throws IOException {
    draw();
  }
}
