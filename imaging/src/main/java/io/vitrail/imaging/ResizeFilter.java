package io.vitrail.imaging;

/**
 * Resampling filters, by Pillow's names. All but {@link #NEAREST} are antialiased: when an image
 * shrinks, the filter is stretched so that every source pixel counts.
 */
public enum ResizeFilter {
  /** The source pixel under the centre of the target pixel; no blending. */
  NEAREST(0),
  /** Mean of the covered pixels. */
  BOX(0.5),
  /** Triangle; the usual choice for network inputs. */
  BILINEAR(1),
  /** Raised cosine, sharper than bilinear at the same cost. */
  HAMMING(1),
  /** Cubic with a = -0.5. */
  BICUBIC(2),
  /** Windowed sinc of three lobes: the sharpest. */
  LANCZOS(3);

  private final double support;

  ResizeFilter(double support) {
    this.support = support;
  }

  /** Half of the filter's width, in source pixels at scale 1. */
  double support() {
    return support;
  }

  /** The filter's value at distance {@code x} from its centre. */
  double weight(double x) {
    return switch (this) {
      case NEAREST -> throw new IllegalStateException("NEAREST has no weights");
      // Half open, so that a pixel on the edge between two outputs belongs to exactly one.
      case BOX -> x > -0.5 && x <= 0.5 ? 1 : 0;
      case BILINEAR -> Math.max(0, 1 - Math.abs(x));
      case HAMMING -> hamming(Math.abs(x));
      case BICUBIC -> cubic(Math.abs(x));
      case LANCZOS -> x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0;
    };
  }

  private static double hamming(double x) {
    if (x == 0) {
      return 1;
    }
    // 0.54 and 0.46 are floats in Pillow; as doubles a few weights would round another way.
    double radians = x * Math.PI;
    return x >= 1 ? 0 : Math.sin(radians) / radians * (0.54f + 0.46f * Math.cos(radians));
  }

  private static double cubic(double x) {
    double a = -0.5;
    if (x < 1) {
      return ((a + 2) * x - (a + 3)) * x * x + 1;
    }
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
  }

  private static double sinc(double x) {
    if (x == 0) {
      return 1;
    }
    double radians = x * Math.PI;
    return Math.sin(radians) / radians;
  }
}
