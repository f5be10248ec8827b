package io.vitrail.training.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A picture of one or more panels with curves or points, for PNG and SVG files.
 *
 * <pre>{@code
 * new Plot("Digits", List.of(
 *     Panel.of("top-1", "epoch", "%").with(Series.mean("plain", epochs, runsOfPlain))
 *         .with(Series.mean("MaskSub", epochs, runsOfMaskSub))))
 *     .write(Path.of("digits.svg"));
 * }</pre>
 *
 * @param title above all panels; may be empty
 */
public record Plot(String title, List<Panel> panels) {
  public Plot {
    panels = List.copyOf(panels);
    if (panels.isEmpty()) {
      throw new IllegalArgumentException("a plot needs at least one panel, got none");
    }
  }

  /** How values of the y axis are spaced. */
  public enum Scale {
    LINEAR,
    /** By powers of ten; values of 0 and below are left out. */
    LOG
  }

  /** How a series is drawn. */
  public enum Style {
    LINE,
    /** Thin and pale, for values that jump. */
    FAINT,
    /** Apart from each other, such as accuracy against parameters. */
    POINTS
  }

  /**
   * One pair of axes.
   *
   * @param x what the x axis shows, with its unit
   * @param y what the y axis shows, with its unit
   */
  public record Panel(String title, String x, String y, Scale scale, List<Series> series) {
    public Panel {
      series = List.copyOf(series);
      if (series.stream().map(Series::name).distinct().count() < series.size()) {
        throw new IllegalArgumentException(
            "series of a panel need names of their own, got "
                + series.stream().map(Series::name).toList());
      }
    }

    /** Axes without series, of linear scale. */
    public static Panel of(String title, String x, String y) {
      return new Panel(title, x, y, Scale.LINEAR, List.of());
    }

    public Panel with(Series added) {
      List<Series> all = new ArrayList<>(series);
      all.add(added);
      return new Panel(title, x, y, scale, all);
    }

    public Panel withScale(Scale value) {
      return new Panel(title, x, y, value, series);
    }
  }

  /**
   * A point, with a band from {@code y - spread} to {@code y + spread} around it. Points that are
   * not finite are left out.
   */
  public record Point(double x, double y, double spread) {}

  /** Named points, in the order of x when they are a line. */
  public record Series(String name, Style style, List<Point> points) {
    public Series {
      points = List.copyOf(points);
    }

    /** A line without a band. */
    public static Series line(String name, double[] x, double[] y) {
      return new Series(name, Style.LINE, points(x, List.of(y)));
    }

    /** Points apart from each other. */
    public static Series scatter(String name, double[] x, double[] y) {
      return new Series(name, Style.POINTS, points(x, List.of(y)));
    }

    /**
     * The mean of several runs as a line, in a band of one standard deviation (of a sample, n - 1).
     *
     * @param runs values of each run at {@code x}
     */
    public static Series mean(String name, double[] x, List<double[]> runs) {
      return new Series(name, Style.LINE, points(x, runs));
    }

    private static List<Point> points(double[] x, List<double[]> runs) {
      List<Point> points = new ArrayList<>();
      for (int i = 0; i < x.length; i++) {
        double mean = 0;
        for (double[] run : runs) {
          if (run.length != x.length) {
            throw new IllegalArgumentException(
                "a run has " + run.length + " values at " + x.length + " places");
          }
          mean += run[i] / runs.size();
        }
        double squares = 0;
        for (double[] run : runs) {
          squares += (run[i] - mean) * (run[i] - mean);
        }
        points.add(new Point(x[i], mean, Math.sqrt(squares / Math.max(1, runs.size() - 1))));
      }
      return points;
    }
  }

  /**
   * Writes the picture in the format of the file's name, {@code .png} or {@code .svg}; a file that
   * is there is replaced at once.
   */
  public void write(Path file) throws IOException {
    String name = file.toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".png")) {
      WholeFile.write(file, Drawn.of(this).png());
    } else if (name.endsWith(".svg")) {
      WholeFile.write(file, Drawn.of(this).svg());
    } else {
      throw new IllegalArgumentException("a plot is written as .png or .svg, got '" + file + "'");
    }
  }
}
