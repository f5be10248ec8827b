package io.vitrail.training.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vitrail.imaging.Image;
import io.vitrail.imaging.Images;
import io.vitrail.training.log.Plot.Panel;
import io.vitrail.training.log.Plot.Point;
import io.vitrail.training.log.Plot.Scale;
import io.vitrail.training.log.Plot.Series;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class PlotTest {
  private static final double[] EPOCHS = {1, 2, 3, 4};
  @TempDir Path folder;

  private static Plot plot() {
    Series runs =
        Series.mean(
            "MaskSub", EPOCHS, List.of(new double[] {1, 2, 3, 4}, new double[] {3, 4, 5, 6}));
    Panel loss = Panel.of("loss", "epoch", "").with(runs).withScale(Scale.LOG);
    Panel points =
        Panel.of("accuracy", "parameters", "%").with(Series.scatter("LoRA", EPOCHS, EPOCHS));
    return new Plot("Digits", List.of(loss, points));
  }

  /** How many pixels are nearer to the colour than a little. */
  private static long pixels(Image image, int red, int green, int blue) {
    long count = 0;
    for (int i = 0; i < image.pixels().length; i += 3) {
      int r = image.pixels()[i] & 0xff;
      int g = image.pixels()[i + 1] & 0xff;
      int b = image.pixels()[i + 2] & 0xff;
      if (Math.abs(r - red) + Math.abs(g - green) + Math.abs(b - blue) < 12) {
        count++;
      }
    }
    return count;
  }

  @Test
  void a_mean_has_a_band_of_one_standard_deviation() {
    Series series =
        Series.mean("x", EPOCHS, List.of(new double[] {1, 2, 3, 4}, new double[] {3, 4, 5, 8}));
    assertThat(series.points().get(0).y()).isEqualTo(2);
    assertThat(series.points().get(0).spread()).isCloseTo(Math.sqrt(2), within(1e-12));
    assertThat(series.points().get(3)).isEqualTo(new Point(4, 6, Math.sqrt(8)));
    assertThatThrownBy(() -> Series.mean("x", EPOCHS, List.of(new double[3])))
        .hasMessage("a run has 3 values at 4 places");
  }

  @Test
  void a_png_shows_line_band_and_points() throws IOException {
    Path file = folder.resolve("plot.png");
    plot().write(file);
    Image image = Images.read(file);
    assertThat(List.of(image.width(), image.height())).containsExactly(1240, 464);
    assertThat(pixels(image, 0x00, 0x72, 0xb2)).isBetween(500L, 20_000L); // line and points
    assertThat(pixels(image, 207, 229, 241)).isGreaterThan(10_000); // the line's colour at 48/255
  }

  @Test
  void an_svg_is_well_formed_and_of_the_same_size() throws Exception {
    Path file = folder.resolve("plot.svg");
    plot().write(file);
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
    Document document =
        factory.newDocumentBuilder().parse(new ByteArrayInputStream(Files.readAllBytes(file)));
    assertThat(document.getDocumentElement().getTagName()).isEqualTo("svg");
    assertThat(document.getDocumentElement().getAttribute("width")).isEqualTo("1240");
    assertThat(document.getElementsByTagName("path").getLength()).isGreaterThan(10);
    assertThat(Files.size(file)).isLessThan(300_000);
  }

  @Test
  void numbers_that_are_not_finite_are_left_out() throws IOException {
    double nan = Double.NaN;
    double infinite = Double.POSITIVE_INFINITY;
    Panel panel =
        Panel.of("loss", "epoch", "")
            .with(Series.line("some", EPOCHS, new double[] {1, nan, infinite, 2}))
            .with(Series.line("none", EPOCHS, new double[] {nan, nan, nan, nan}));
    for (Scale scale : Scale.values()) {
      new Plot("", List.of(panel.withScale(scale))).write(folder.resolve(scale + ".png"));
      new Plot("", List.of(panel.withScale(scale))).write(folder.resolve(scale + ".svg"));
    }
    Plot empty = new Plot("", List.of(Panel.of("nothing", "epoch", "")));
    empty.write(folder.resolve("empty.png"));
  }

  @Test
  void zeros_do_not_break_a_logarithmic_axis() throws IOException {
    Panel panel =
        Panel.of("lr", "epoch", "")
            .with(Series.line("lr", EPOCHS, new double[] {0, 1e-3, 1e-5, 0}))
            .withScale(Scale.LOG);
    new Plot("", List.of(panel)).write(folder.resolve("lr.png"));
  }

  @Test
  void what_cannot_be_drawn_is_named() {
    assertThatThrownBy(() -> plot().write(folder.resolve("plot.pdf")))
        .hasMessage(
            "a plot is written as .png or .svg, got '%s'".formatted(folder.resolve("plot.pdf")));
    assertThatThrownBy(() -> plot().panels().get(0).with(Series.line("MaskSub", EPOCHS, EPOCHS)))
        .hasMessage("series of a panel need names of their own, got [MaskSub, MaskSub]");
    assertThatThrownBy(() -> new Plot("", List.of()))
        .hasMessage("a plot needs at least one panel, got none");
  }

  @Test
  void curves_show_losses_accuracies_and_learning_rates() throws IOException {
    List<Entry> before = new ArrayList<>();
    for (int step = 1; step <= 2000; step++) {
      before.add(
          new Entry(
              "step", step, step / 100.0, Map.of("loss", 1.0 / step, "lr", 1e-3, "images", 9.0)));
    }
    Curves curves = Curves.open(folder, before, () -> Instant.EPOCH);
    curves.add(new Entry("val", 2000, 20, Map.of("loss", 0.5, "top1", 0.9, "top5", 0.99)));
    assertThat(folder.resolve("curves.png")).exists();
    Plot plot = curves.plot().orElseThrow();
    assertThat(plot.panels().stream().map(Panel::title))
        .containsExactly("loss", "accuracy", "learning rate");
    assertThat(plot.panels().get(0).series().stream().map(Series::name))
        .containsExactly("step loss", "val loss");
    assertThat(plot.panels().get(0).series().get(0).points()).hasSize(500);
    Files.delete(folder.resolve("curves.png"));
    curves.add(new Entry("val", 2001, 21, Map.of("loss", 0.5)));
    assertThat(folder.resolve("curves.png")).doesNotExist(); // half a minute has not passed
    curves.close();
    assertThat(folder.resolve("curves.png")).exists();
    assertThat(folder.resolve("curves.svg")).exists();
  }

  @Test
  void a_log_without_curves_has_no_plot() throws IOException {
    Curves.open(folder, List.of()).close();
    assertThat(folder.resolve("curves.png")).doesNotExist();
  }
}
