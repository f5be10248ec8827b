package io.vitrail.vision.vit;

/**
 * Size of a vision transformer, apart from image and patches.
 *
 * @param width D
 * @param depth number of blocks
 * @param heads of each attention
 * @param mlpRatio width of the hidden layers of the MLPs, in widths
 */
public record Size(int width, int depth, int heads, double mlpRatio) {
  public static final Size TINY = new Size(192, 12, 3, 4);
  public static final Size SMALL = new Size(384, 12, 6, 4);
  public static final Size MEDIUM = new Size(512, 12, 8, 4);
  public static final Size BASE = new Size(768, 12, 12, 4);
  public static final Size LARGE = new Size(1024, 24, 16, 4);
  public static final Size HUGE = new Size(1280, 32, 16, 4);

  public Size {
    if (depth < 1 || heads < 1) {
      throw new IllegalArgumentException(
          "depth and heads are at least 1, got %d and %d".formatted(depth, heads));
    }
    if (width < 1 || width % heads != 0) {
      throw new IllegalArgumentException(
          "width %d is not a multiple of %d heads".formatted(width, heads));
    }
    if (!(mlpRatio * width >= 1)) {
      throw new IllegalArgumentException(
          "mlpRatio %s leaves the MLPs without hidden units".formatted(mlpRatio));
    }
  }

  int mlpWidth() {
    return (int) (mlpRatio * width);
  }
}
