package io.vitrail.imaging;

import java.util.Locale;

/**
 * How large an image may be. Sizes are taken from the file's header before anything is decoded, so
 * a small hostile file cannot ask for a large memory.
 *
 * @param maxPixels width times height
 * @param maxSide the longer side, in pixels
 * @param maxFileBytes the length of the file or stream
 */
public record ReadLimits(long maxPixels, int maxSide, long maxFileBytes) {
  /** 300 megapixels, sides up to 100,000, files up to 1 GiB. */
  public static final ReadLimits DEFAULT = new ReadLimits(300_000_000, 100_000, 1L << 30);

  public ReadLimits {
    Check.that(maxPixels > 0, "maxPixels must be positive, got %d", maxPixels);
    Check.that(maxSide > 0, "maxSide must be positive, got %d", maxSide);
    Check.that(maxFileBytes > 0, "maxFileBytes must be positive, got %d", maxFileBytes);
  }

  public ReadLimits withMaxPixels(long pixels) {
    return new ReadLimits(pixels, maxSide, maxFileBytes);
  }

  public ReadLimits withMaxSide(int side) {
    return new ReadLimits(maxPixels, side, maxFileBytes);
  }

  public ReadLimits withMaxFileBytes(long bytes) {
    return new ReadLimits(maxPixels, maxSide, bytes);
  }

  void checkFile(long bytes) throws ImageReadException {
    if (bytes > maxFileBytes) {
      throw new ImageReadException(
          String.format(
              Locale.ROOT,
              "has %,d bytes, the limit is %,d; raise ReadLimits.maxFileBytes if you trust it",
              bytes,
              maxFileBytes));
    }
  }

  void checkSize(long width, long height) throws ImageReadException {
    if (width <= 0 || height <= 0) {
      throw new ImageReadException(
          "header says "
              + width
              + " x "
              + height
              + " pixels, expected at least 1 x 1; it is damaged");
    }
    if (Math.max(width, height) > maxSide) {
      throw new ImageReadException(
          String.format(
              Locale.ROOT,
              "is %d x %d pixels, the limit for a side is %d; raise ReadLimits.maxSide if you"
                  + " trust it",
              width,
              height,
              maxSide));
    }
    // Three or four bytes for each pixel have to fit into one Java array as well.
    long pixels = width * height;
    if (pixels > maxPixels || pixels > (Integer.MAX_VALUE - 8) / 4) {
      throw new ImageReadException(
          String.format(
              Locale.ROOT,
              "is %d x %d = %.1f megapixels, the limit is %.1f; raise ReadLimits.maxPixels if"
                  + " you trust it",
              width,
              height,
              pixels / 1e6,
              Math.min(maxPixels, (Integer.MAX_VALUE - 8) / 4) / 1e6));
    }
  }
}
