package io.vitrail.imaging;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The connected regions of a mask (pixels above 127), labelled from 1 in the order in which their
 * first pixel is met, row by row; 0 is the outside.
 */
public final class Components {
  /** Which pixels are neighbours. */
  public enum Joined {
    /** The four that share a side. */
    BY_SIDES,
    /** Those and the four that share a corner. */
    BY_SIDES_AND_CORNERS
  }

  /**
   * One region.
   *
   * @param label its value in {@link #labels()}
   * @param area number of pixels
   */
  public record Component(int label, int area, Box box) {}

  private final int[] labels;
  private final List<Component> all;

  private Components(int[] labels, List<Component> all) {
    this.labels = labels;
    this.all = Collections.unmodifiableList(all);
  }

  /** Finds the regions of a one-channel image. */
  public static Components of(Image mask, Joined joined) {
    Check.isMask(mask);
    int width = mask.width();
    int height = mask.height();
    byte[] in = mask.pixels();
    int[] labels = new int[in.length];
    int[] stack = new int[in.length];
    List<Component> all = new ArrayList<>();
    for (int start = 0; start < in.length; start++) {
      if ((in[start] & 0xff) <= 127 || labels[start] != 0) {
        continue;
      }
      int label = all.size() + 1;
      int area = 0;
      int left = width;
      int right = 0;
      int top = height;
      int bottom = 0;
      int size = 0;
      stack[size++] = start;
      labels[start] = label;
      while (size > 0) {
        int p = stack[--size];
        int x = p % width;
        int y = p / width;
        area++;
        left = Math.min(left, x);
        right = Math.max(right, x);
        top = Math.min(top, y);
        bottom = Math.max(bottom, y);
        for (int ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++) {
          for (int nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
            int n = ny * width + nx;
            boolean neighbour = joined == Joined.BY_SIDES_AND_CORNERS || nx == x || ny == y;
            if (neighbour && labels[n] == 0 && (in[n] & 0xff) > 127) {
              labels[n] = label;
              stack[size++] = n;
            }
          }
        }
      }
      all.add(new Component(label, area, new Box(left, top, right + 1, bottom + 1)));
    }
    return new Components(labels, all);
  }

  /** The label of each pixel, row-major; read only. */
  public int[] labels() {
    return labels;
  }

  /** All regions, in the order of their labels. */
  public List<Component> all() {
    return all;
  }

  /** Number of regions. */
  public int count() {
    return all.size();
  }

  /** The region of the most pixels; of equal ones the first. */
  public Optional<Component> largest() {
    Optional<Component> largest = Optional.empty();
    for (Component c : all) {
      if (largest.isEmpty() || c.area() > largest.get().area()) {
        largest = Optional.of(c);
      }
    }
    return largest;
  }
}
