package io.vitrail.imaging;

import java.util.Optional;

/**
 * Work on masks: one-channel images, 255 inside and 0 outside, soft values between. "Inside" means
 * above 127 wherever a mask has to be taken as binary; results of such operations are 0 or 255.
 */
public final class Masks {
  private static final int HALF = 127;

  /** Otsu's classes hold at least this share of the pixels (the step of a float at 1). */
  private static final double SMALLEST_CLASS = 1.1920928955078125e-7;

  private Masks() {}

  /** A mask from values, scaled so that 1 becomes 255, cut off at 0 and 1, rounded. */
  public static Image of(float[] values, int width, int height) {
    Planes.checkLength("mask", values, width, height);
    byte[] out = new byte[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (byte) (Math.max(0, Math.min(1, values[i])) * 255 + 0.5f);
    }
    return Image.of(width, height, 1, out);
  }

  /** The values of a mask in 0..1. */
  public static float[] values(Image mask) {
    Check.isMask(mask);
    return Planes.of(mask, 0);
  }

  /** 255 where the mask is above {@code level} (0..255), else 0. */
  public static Image threshold(Image mask, int level) {
    Check.isMask(mask);
    byte[] in = mask.pixels();
    byte[] out = new byte[in.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (byte) ((in[i] & 0xff) > level ? 255 : 0);
    }
    return Image.of(mask.width(), mask.height(), 1, out);
  }

  /** 255 where the value is above {@code level}, else 0; for logits the level is 0. */
  public static Image threshold(float[] values, int width, int height, float level) {
    Planes.checkLength("mask", values, width, height);
    byte[] out = new byte[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (byte) (values[i] > level ? 255 : 0);
    }
    return Image.of(width, height, 1, out);
  }

  /**
   * Otsu's level: the first that makes the variance between the two classes largest, as in OpenCV.
   * A mask of a single value gives 0.
   *
   * @see #threshold(Image, int)
   */
  public static int otsuLevel(Image mask) {
    Check.isMask(mask);
    int[] histogram = new int[256];
    for (byte b : mask.pixels()) {
      histogram[b & 0xff]++;
    }
    long count = mask.pixels().length;
    long sum = 0;
    for (int v = 0; v < 256; v++) {
      sum += (long) v * histogram[v];
    }
    long below = 0; // number and sum of the values up to the level
    long belowSum = 0;
    double best = 0;
    int level = 0;
    for (int v = 0; v < 256; v++) {
      below += histogram[v];
      belowSum += (long) v * histogram[v];
      double share = below / (double) count;
      if (Math.min(share, 1 - share) < SMALLEST_CLASS) {
        continue;
      }
      double apart = belowSum / (double) below - (sum - belowSum) / (double) (count - below);
      double variance = share * (1 - share) * apart * apart;
      if (variance > best) {
        best = variance;
        level = v;
      }
    }
    return level;
  }

  /** The mask made binary at Otsu's level. */
  public static Image otsu(Image mask) {
    return threshold(mask, otsuLevel(mask));
  }

  /**
   * Smallest value under the element at each pixel; what lies outside of the image does not count.
   */
  public static Image erode(Image mask, Element element) {
    return Morphology.apply(mask, element, true);
  }

  /**
   * Largest value under the element at each pixel; what lies outside of the image does not count.
   */
  public static Image dilate(Image mask, Element element) {
    return Morphology.apply(mask, element, false);
  }

  /** Erosion, then dilation: takes away specks smaller than the element. */
  public static Image open(Image mask, Element element) {
    return dilate(erode(mask, element), element);
  }

  /** Dilation, then erosion: fills gaps smaller than the element. */
  public static Image close(Image mask, Element element) {
    return erode(dilate(mask, element), element);
  }

  /**
   * The clean-up that rembg (2.0.86) offers as post-processing: opening by a disk of radius 1,
   * Gaussian blur with sigma 2 (17 taps, borders doubled), 255 where the result is not below 127.
   */
  public static Image cleanUp(Image mask) {
    Image opened = open(mask, Element.disk(1));
    int width = mask.width();
    int height = mask.height();
    float[] blurred = Blur.gaussian(values(opened), width, height, 17, 2, Blur.Border.DOUBLED);
    byte[] out = new byte[blurred.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (byte) (blurred[i] * 255 < HALF ? 0 : 255);
    }
    return Image.of(width, height, 1, out);
  }

  /** The smallest box around all pixels above {@code level}; none if there are no such pixels. */
  public static Optional<Box> boundingBox(Image mask, int level) {
    Check.isMask(mask);
    int left = mask.width();
    int top = mask.height();
    int right = -1;
    int bottom = -1;
    byte[] in = mask.pixels();
    for (int y = 0, i = 0; y < mask.height(); y++) {
      for (int x = 0; x < mask.width(); x++, i++) {
        if ((in[i] & 0xff) > level) {
          left = Math.min(left, x);
          right = Math.max(right, x);
          top = Math.min(top, y);
          bottom = y;
        }
      }
    }
    return right < 0 ? Optional.empty() : Optional.of(new Box(left, top, right + 1, bottom + 1));
  }

  /** Number of pixels above 127. */
  public static int area(Image mask) {
    Check.isMask(mask);
    int count = 0;
    for (byte b : mask.pixels()) {
      count += (b & 0xff) > HALF ? 1 : 0;
    }
    return count;
  }

  /** The mask with every hole filled: outside regions that do not reach the border of the image. */
  public static Image fillHoles(Image mask) {
    return fillHoles(mask, Integer.MAX_VALUE);
  }

  /**
   * The mask with every hole of at most {@code maxArea} pixels filled; holes join by sides only.
   */
  public static Image fillHoles(Image mask, int maxArea) {
    Components outside =
        Components.of(threshold(mask, HALF).inverted(), Components.Joined.BY_SIDES);
    byte[] out = threshold(mask, HALF).pixels();
    boolean[] fill = new boolean[outside.count() + 1];
    for (Components.Component c : outside.all()) {
      Box b = c.box();
      boolean touchesBorder =
          b.left() == 0 || b.top() == 0 || b.right() == mask.width() || b.bottom() == mask.height();
      fill[c.label()] = !touchesBorder && c.area() <= maxArea;
    }
    for (int i = 0; i < out.length; i++) {
      if (fill[outside.labels()[i]]) {
        out[i] = (byte) 255;
      }
    }
    return Image.of(mask.width(), mask.height(), 1, out);
  }

  /** The mask without regions of fewer than {@code minArea} pixels; regions join at corners too. */
  public static Image removeIslands(Image mask, int minArea) {
    Components inside = Components.of(mask, Components.Joined.BY_SIDES_AND_CORNERS);
    boolean[] keep = new boolean[inside.count() + 1];
    for (Components.Component c : inside.all()) {
      keep[c.label()] = c.area() >= minArea;
    }
    return kept(mask, inside, keep);
  }

  /** The largest region alone; of equal ones the first from the top. */
  public static Image largestIsland(Image mask) {
    Components inside = Components.of(mask, Components.Joined.BY_SIDES_AND_CORNERS);
    boolean[] keep = new boolean[inside.count() + 1];
    inside.largest().ifPresent(c -> keep[c.label()] = true);
    return kept(mask, inside, keep);
  }

  private static Image kept(Image mask, Components regions, boolean[] keep) {
    byte[] out = new byte[mask.pixels().length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (byte) (keep[regions.labels()[i]] ? 255 : 0);
    }
    return Image.of(mask.width(), mask.height(), 1, out);
  }

  /**
   * What is laid around a pixel by erosion and dilation.
   *
   * @param reach how far it goes from the centre, in pixels
   */
  public record Element(Shape shape, int reach) {
    /** Form of an element. */
    public enum Shape {
      /** All offsets within a distance of the reach: a plus sign for 1. */
      DISK,
      /** A square of {@code 2 * reach + 1} pixels. */
      SQUARE
    }

    public Element {
      Check.that(reach >= 0, "reach must not be negative, got %d", reach);
    }

    public static Element disk(int radius) {
      return new Element(Shape.DISK, radius);
    }

    public static Element square(int reach) {
      return new Element(Shape.SQUARE, reach);
    }

    /** How far the row at {@code dy} goes to both sides. */
    int rowReach(int dy) {
      if (shape == Shape.SQUARE) {
        return reach;
      }
      return (int) Math.sqrt((double) reach * reach - (double) dy * dy);
    }
  }
}
