package io.vitrail.imaging;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.image.BufferedImage;
import java.util.function.Consumer;

/**
 * Draws over a copy of an image: {@code Drawing.on(photo).box(box, RED, 3).label(5, 5, "cat",
 * ...).image()}. Coordinates are pixels of the image. Works without a display.
 *
 * <p>The result is RGB, or RGBA if the image has alpha. Text needs a font on the machine; shapes do
 * not. For use by one thread.
 */
public final class Drawing {
  private Image image;

  private Drawing(Image image) {
    this.image = image;
  }

  /** Begins with a copy of an image. */
  public static Drawing on(Image image) {
    return new Drawing(image.hasAlpha() ? image : image.toRgb());
  }

  /** Checks of light and dark grey, to lay transparent images over. */
  public static Image checkerboard(int width, int height, int cell) {
    Check.that(cell >= 1, "cell must be at least 1 pixel, got %d", cell);
    byte[] out = new byte[Image.sampleCount(width, height, 3)];
    for (int y = 0, i = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        byte grey = (byte) ((x / cell + y / cell) % 2 == 0 ? 255 : 204);
        out[i++] = grey;
        out[i++] = grey;
        out[i++] = grey;
      }
    }
    return Image.of(width, height, 3, out);
  }

  /** A dot with a white rim, which shows on any ground. */
  public Drawing point(double x, double y, double radius, Colour colour) {
    return draw(
        g -> {
          double rim = radius + Math.max(1, radius / 4);
          g.setColor(Color.WHITE);
          g.fill(new Ellipse2D.Double(x - rim, y - rim, 2 * rim, 2 * rim));
          g.setColor(awt(colour));
          g.fill(new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius));
        });
  }

  /** The frame of a box, inside of it, {@code thickness} pixels wide. */
  public Drawing box(Box box, Colour colour, int thickness) {
    Check.that(thickness >= 1, "thickness must be at least 1, got %d", thickness);
    return draw(
        g -> {
          g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_OFF);
          g.setColor(awt(colour));
          int t = Math.min(thickness, (Math.min(box.width(), box.height()) + 1) / 2);
          g.fillRect(box.left(), box.top(), box.width(), t);
          g.fillRect(box.left(), box.bottom() - t, box.width(), t);
          g.fillRect(box.left(), box.top() + t, t, box.height() - 2 * t);
          g.fillRect(box.right() - t, box.top() + t, t, box.height() - 2 * t);
        });
  }

  /** A straight line. */
  public Drawing line(double x0, double y0, double x1, double y1, Colour colour, double thickness) {
    return draw(
        g -> {
          g.setColor(awt(colour));
          g.setStroke(
              new BasicStroke((float) thickness, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
          g.draw(new Line2D.Double(x0, y0, x1, y1));
        });
  }

  /** The inner contour of a mask of the image's size, {@code thickness} pixels wide. */
  public Drawing outline(Image mask, Colour colour, int thickness) {
    Check.that(thickness >= 1, "thickness must be at least 1, got %d", thickness);
    Image inside = Masks.threshold(mask, 127);
    Image core = Masks.erode(inside, Masks.Element.disk(thickness));
    byte[] edge = inside.pixels();
    byte[] inner = core.pixels();
    for (int i = 0; i < edge.length; i++) {
      edge[i] &= (byte) ~inner[i];
    }
    return tint(inside, colour);
  }

  /** Paints a colour, with its alpha, through a mask of the image's size. */
  public Drawing tint(Image mask, Colour colour) {
    Check.isMask(mask);
    Check.sameSize("mask", mask, "image", image);
    Image paint = Image.filled(image.width(), image.height(), 3, colour).withAlpha(mask);
    image = Composite.over(image, Composite.fade(paint, colour.alpha() / 255.0));
    return this;
  }

  /**
   * Text on a filled strip, the top left corner of the strip at {@code (x, y)}.
   *
   * @param size height of the letters in pixels
   * @throws IllegalStateException if this machine has no fonts
   */
  public Drawing label(int x, int y, String text, int size, Colour letters, Colour strip) {
    return draw(
        g -> {
          FontMetrics metrics = metrics(g, size);
          int padding = Math.max(1, size / 5);
          g.setColor(awt(strip));
          g.fillRect(x, y, metrics.stringWidth(text) + 2 * padding, metrics.getHeight() + padding);
          g.setColor(awt(letters));
          g.drawString(text, x + padding, y + padding / 2 + metrics.getAscent());
        });
  }

  /** Text centred between {@code left} and {@code right}, its top at {@code y}, cut to fit. */
  Drawing centredText(int left, int right, int y, String text, int size, Colour colour) {
    return draw(
        g -> {
          FontMetrics metrics = metrics(g, size);
          String shown = text;
          while (shown.length() > 1 && metrics.stringWidth(shown) > right - left) {
            shown = shown.substring(0, shown.length() - 2) + "\u2026";
          }
          g.setColor(awt(colour));
          int x = left + (right - left - metrics.stringWidth(shown)) / 2;
          g.drawString(shown, x, y + metrics.getAscent());
        });
  }

  /** The picture so far. */
  public Image image() {
    return image;
  }

  private Drawing draw(Consumer<Graphics2D> work) {
    BufferedImage canvas = BufferedImages.toBuffered(image);
    Graphics2D g = canvas.createGraphics();
    try {
      g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      g.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
      work.accept(g);
    } finally {
      g.dispose();
    }
    image = BufferedImages.toImage(canvas);
    return this;
  }

  private static FontMetrics metrics(Graphics2D g, int size) {
    Check.that(size >= 1, "text size must be at least 1, got %d", size);
    try {
      g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, size));
      return g.getFontMetrics();
    } catch (LinkageError | InternalError | RuntimeException e) {
      throw new IllegalStateException(
          "text cannot be drawn: Java finds no fonts on this machine; install fontconfig and a font"
              + " such as DejaVu",
          e);
    }
  }

  private static Color awt(Colour colour) {
    return new Color(colour.red(), colour.green(), colour.blue(), colour.alpha());
  }
}
