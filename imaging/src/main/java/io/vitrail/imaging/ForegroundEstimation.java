package io.vitrail.imaging;

/**
 * Finds the colour of the foreground behind a soft edge, so that a cutout shows no halo of its old
 * background.
 *
 * <p>A pixel is {@code I = a F + (1 - a) B}. Blur fusion (Forte, 2021, "Approximate Fast Foreground
 * Colour Estimation") takes means of foreground and background colours around each pixel, weighted
 * by {@code a} and {@code 1 - a}, and puts what they leave unexplained into the foreground. It runs
 * with a wide blur, which reaches over broad soft edges, and then a narrow one, which is faithful
 * to detail.
 */
public final class ForegroundEstimation {
  private static final int WIDE = 90;
  private static final int NARROW = 6;
  private static final float TINY = 1e-5f;

  private ForegroundEstimation() {}

  /**
   * The foreground's colours: RGB, the image itself where alpha is 255.
   *
   * @param image RGB, or RGBA whose alpha is ignored
   * @param alpha one channel of the same size, 255 being foreground
   */
  public static Image estimate(Image image, Image alpha) {
    Check.isMask(alpha);
    Check.sameSize("alpha", alpha, "image", image);
    Image rgb = image.toRgb();
    int width = rgb.width();
    int height = rgb.height();
    Weights wide = new Weights(Planes.of(alpha, 0), width, height, WIDE);
    Weights narrow = wide.withSize(NARROW);
    byte[] out = new byte[rgb.pixels().length];
    for (int c = 0; c < 3; c++) {
      float[] plane = Planes.of(rgb, c);
      float[] foreground = plane.clone();
      float[] background = plane.clone();
      wide.fuse(plane, foreground, background);
      narrow.fuse(plane, foreground, background);
      for (int i = 0, o = c; i < foreground.length; i++, o += 3) {
        out[o] = (byte) (foreground[i] * 255 + 0.5f);
      }
    }
    return Image.of(width, height, 3, out);
  }

  /** The cutout: the foreground's colours with {@code alpha}. */
  public static Image cutOut(Image image, Image alpha) {
    return estimate(image, alpha).withAlpha(alpha);
  }

  /** Alpha and what a blur of one size makes of it; the same for the three colours. */
  private static final class Weights {
    private final float[] alpha;
    private final int width;
    private final int height;
    private final int size;
    private final float[] blurred;
    private final float[] scratch;

    Weights(float[] alpha, int width, int height, int size) {
      this(alpha, width, height, size, new float[alpha.length]);
    }

    private Weights(float[] alpha, int width, int height, int size, float[] scratch) {
      this.alpha = alpha;
      this.width = width;
      this.height = height;
      this.size = size;
      this.scratch = scratch;
      this.blurred = Blur.box(alpha, width, height, size);
    }

    Weights withSize(int other) {
      return new Weights(alpha, width, height, other, scratch);
    }

    /** One pass on one colour; replaces both estimates by better ones. */
    void fuse(float[] plane, float[] foreground, float[] background) {
      for (int i = 0; i < plane.length; i++) {
        foreground[i] *= alpha[i];
        background[i] *= 1 - alpha[i];
      }
      Blur.box(foreground, foreground, width, height, size);
      Blur.box(background, background, width, height, size);
      for (int i = 0; i < plane.length; i++) {
        float a = alpha[i];
        float f = foreground[i] / (blurred[i] + TINY);
        float b = background[i] / (1 - blurred[i] + TINY);
        float rest = plane[i] - a * f - (1 - a) * b;
        foreground[i] = Math.max(0, Math.min(1, f + a * rest));
        background[i] = b;
      }
    }
  }
}
