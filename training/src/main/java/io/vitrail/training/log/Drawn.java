package io.vitrail.training.log;

import io.vitrail.imaging.BufferedImages;
import io.vitrail.imaging.Images;
import io.vitrail.imaging.WriteOptions;
import io.vitrail.training.log.Plot.Panel;
import io.vitrail.training.log.Plot.Point;
import io.vitrail.training.log.Plot.Scale;
import io.vitrail.training.log.Plot.Series;
import io.vitrail.training.log.Plot.Style;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.font.TextLayout;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.w3c.dom.Document;

/** A {@link Plot} laid out: charts side by side below a title. */
final class Drawn {
  private static final int WIDTH = 620; // pixels of a panel
  private static final int HEIGHT = 420;
  private static final int TITLE = 44;
  private static final int FEW = 30; // points that get a mark each

  /** Colours that also the colour-blind tell apart (Okabe and Ito, 2008). */
  private static final List<Color> COLOURS =
      List.of(
          new Color(0x0072b2),
          new Color(0xd55e00),
          new Color(0x009e73),
          new Color(0xcc79a7),
          new Color(0xe69f00),
          new Color(0x56b4e9),
          new Color(0x000000));

  private final String title;
  private final List<XYChart> charts = new ArrayList<>();
  private final int columns;

  private Drawn(Plot plot) {
    title = plot.title();
    plot.panels().forEach(panel -> charts.add(chart(panel)));
    columns = charts.size() <= 3 ? charts.size() : 2;
  }

  static Drawn of(Plot plot) {
    return new Drawn(plot);
  }

  byte[] png() throws IOException {
    BufferedImage image = new BufferedImage(width(), height(), BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    paint(graphics);
    graphics.dispose();
    return Images.encode(BufferedImages.toImage(image), WriteOptions.png());
  }

  byte[] svg() throws IOException {
    Document document = svgDocument();
    SVGGeneratorContext context = SVGGeneratorContext.createDefault(document);
    context.setPrecision(2); // digits of coordinates; text is drawn as outlines
    SVGGraphics2D graphics = new SVGGraphics2D(context, true);
    graphics.setSVGCanvasSize(new Dimension(width(), height()));
    paint(graphics);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    graphics.stream(new OutputStreamWriter(out, StandardCharsets.UTF_8));
    return out.toByteArray();
  }

  private static Document svgDocument() {
    try {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .getDOMImplementation()
          .createDocument("http://www.w3.org/2000/svg", "svg", null);
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException(e);
    }
  }

  private int top() {
    return title.isEmpty() ? 0 : TITLE;
  }

  private int width() {
    return columns * WIDTH;
  }

  private int height() {
    return top() + (charts.size() + columns - 1) / columns * HEIGHT;
  }

  private void paint(Graphics2D graphics) {
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, width(), height());
    if (!title.isEmpty()) {
      paintTitle(graphics);
    }
    AffineTransform page = graphics.getTransform();
    for (int i = 0; i < charts.size(); i++) {
      graphics.translate(i % columns * WIDTH, top() + i / columns * HEIGHT);
      charts.get(i).paint(graphics, WIDTH, HEIGHT);
      graphics.setTransform(page);
      graphics.setClip(null);
    }
  }

  private void paintTitle(Graphics2D graphics) {
    Font font = new Font(Font.SANS_SERIF, Font.BOLD, 18);
    TextLayout text = new TextLayout(title, font, graphics.getFontRenderContext());
    double left = (width() - text.getBounds().getWidth()) / 2;
    graphics.setColor(Color.BLACK);
    graphics.fill(text.getOutline(AffineTransform.getTranslateInstance(left, 30)));
  }

  private static XYChart chart(Panel panel) {
    List<Series> series = panel.series().stream().map(one -> drawable(one, panel.scale())).toList();
    int exponent = panel.scale() == Scale.LINEAR ? exponent(series) : 0;
    String y = exponent == 0 ? panel.y() : "%s x 10^%d".formatted(panel.y(), exponent).strip();
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(panel.title())
            .xAxisTitle(panel.x())
            .yAxisTitle(y)
            .build();
    XYStyler styler = chart.getStyler();
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setPlotBorderVisible(false);
    styler.setPlotGridLinesColor(new Color(0xe4e4e4));
    styler.setXAxisTickMarkSpacingHint(100);
    styler.setLegendPosition(LegendPosition.OutsideS);
    styler.setLegendLayout(LegendLayout.Horizontal);
    styler.setLegendBorderColor(Color.WHITE);
    styler.setYAxisLogarithmic(panel.scale() == Scale.LOG);
    for (int i = 0; i < series.size(); i++) {
      if (!series.get(i).points().isEmpty()) {
        add(chart, scaled(series.get(i), exponent), panel.scale(), COLOURS.get(i % COLOURS.size()));
      }
    }
    return chart;
  }

  /** Without the points that have no place on the axes. */
  private static Series drawable(Series series, Scale scale) {
    List<Point> points =
        series.points().stream()
            .filter(p -> Double.isFinite(p.x()) && Double.isFinite(p.y()))
            .filter(p -> scale == Scale.LINEAR || p.y() > 0)
            .toList();
    return new Series(series.name(), series.style(), points);
  }

  /** The power of ten that stands beside the y axis; 0 unless all values are small. */
  private static int exponent(List<Series> series) {
    double largest =
        series.stream()
            .flatMap(one -> one.points().stream())
            .mapToDouble(p -> Math.abs(p.y()))
            .max()
            .orElse(1);
    return largest > 0 && largest < 0.05 ? (int) Math.floor(Math.log10(largest)) : 0;
  }

  private static Series scaled(Series series, int exponent) {
    double scale = Math.pow(10, -exponent);
    return new Series(
        series.name(),
        series.style(),
        series.points().stream()
            .map(p -> new Point(p.x(), p.y() * scale, p.spread() * scale))
            .toList());
  }

  private static void add(XYChart chart, Series series, Scale scale, Color colour) {
    List<Point> points = series.points();
    if (points.stream().anyMatch(p -> p.spread() > 0)) {
      addBand(chart, series.name(), points, scale, colour);
    }
    double[] x = points.stream().mapToDouble(Point::x).toArray();
    double[] y = points.stream().mapToDouble(Point::y).toArray();
    XYSeries drawn = chart.addSeries(series.name(), x, y);
    boolean marks = series.style() == Style.POINTS || points.size() <= FEW;
    drawn.setMarker(marks ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
    drawn.setMarkerColor(colour);
    drawn.setXYSeriesRenderStyle(
        series.style() == Style.POINTS ? XYSeriesRenderStyle.Scatter : XYSeriesRenderStyle.Line);
    boolean faint = series.style() == Style.FAINT;
    drawn.setLineColor(faint ? transparent(colour, 110) : colour);
    drawn.setLineStyle(
        new BasicStroke(faint ? 1 : 2, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    addUneven(chart, series.name(), x, y);
  }

  /** Two unseen points: from evenly spaced values alone, XChart labels these, not round numbers. */
  private static void addUneven(XYChart chart, String name, double[] x, double[] y) {
    int last = x.length - 1;
    XYSeries unseen =
        chart.addSeries(
            name + " (unseen)",
            new double[] {x[0], x[0] + 0.37 * (x[last] - x[0])},
            new double[] {y[0], y[0] + 0.37 * (y[last] - y[0])});
    unseen.setLineColor(transparent(Color.WHITE, 0));
    unseen.setMarker(SeriesMarkers.NONE);
    unseen.setShowInLegend(false);
  }

  private static Color transparent(Color colour, int alpha) {
    return new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), alpha);
  }

  /** A polygon along the upper edge and back along the lower one. */
  private static void addBand(
      XYChart chart, String name, List<Point> points, Scale scale, Color colour) {
    int n = points.size();
    double[] x = new double[2 * n];
    double[] y = new double[2 * n];
    for (int i = 0; i < n; i++) {
      Point p = points.get(i);
      x[i] = p.x();
      y[i] = p.y() + p.spread();
      x[2 * n - 1 - i] = p.x();
      double low = p.y() - p.spread();
      y[2 * n - 1 - i] = scale == Scale.LOG && low <= 0 ? p.y() / 10 : low;
    }
    XYSeries band = chart.addSeries(name + " (spread)", x, y);
    band.setXYSeriesRenderStyle(XYSeriesRenderStyle.PolygonArea);
    band.setFillColor(transparent(colour, 48));
    band.setLineColor(transparent(colour, 0));
    band.setMarker(SeriesMarkers.NONE);
    band.setShowInLegend(false);
  }
}
