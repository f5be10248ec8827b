package io.vitrail.cutout;

import io.vitrail.tensor.Precision;

/**
 * How to cut out; {@link #DEFAULT} is right for most photos.
 *
 * @param inputSize side of the square that the network sees, in pixels; smaller is faster and
 *     coarser
 * @param precision number type of the network
 * @param style whose pre- and post-processing
 * @param foreground what colours soft edges get
 * @param cleanUp whether to remove specks and smooth the outline, as rembg's {@code -ppm}
 */
public record CutoutOptions(
    int inputSize, Precision precision, Style style, Foreground foreground, CleanUp cleanUp) {
  /** The size the models are trained at. */
  public static final int TRAINED_SIZE = 1024;

  private static final int STRIDE = 32; // the deepest skip connection

  public static final CutoutOptions DEFAULT =
      new CutoutOptions(
          TRAINED_SIZE, Precision.AUTO, Style.AUTHORS, Foreground.ESTIMATE, CleanUp.NO);

  /** Whose pre- and post-processing to follow, to the last bit. */
  public enum Style {
    /** The IS-Net authors': bilinear resizing, pixels over 255. */
    AUTHORS,
    /** rembg's: Lanczos resizing, pixels over the image's maximum. */
    REMBG
  }

  /** What colours the pixels of soft edges get. */
  public enum Foreground {
    /** Their own, without the background that shines through. */
    ESTIMATE,
    /** The photo's. */
    PHOTO
  }

  /** Whether to tidy the mask, which also makes it hard. */
  public enum CleanUp {
    YES,
    NO
  }

  public CutoutOptions {
    if (inputSize < STRIDE || inputSize > 4096 || inputSize % STRIDE != 0) {
      throw new IllegalArgumentException(
          "input size is a multiple of %d from %d to 4096 pixels, got %d; models are trained at %d"
              .formatted(STRIDE, STRIDE, inputSize, TRAINED_SIZE));
    }
  }

  public CutoutOptions withInputSize(int inputSize) {
    return new CutoutOptions(inputSize, precision, style, foreground, cleanUp);
  }

  public CutoutOptions withPrecision(Precision precision) {
    return new CutoutOptions(inputSize, precision, style, foreground, cleanUp);
  }

  public CutoutOptions withStyle(Style style) {
    return new CutoutOptions(inputSize, precision, style, foreground, cleanUp);
  }

  public CutoutOptions withForeground(Foreground foreground) {
    return new CutoutOptions(inputSize, precision, style, foreground, cleanUp);
  }

  public CutoutOptions withCleanUp(CleanUp cleanUp) {
    return new CutoutOptions(inputSize, precision, style, foreground, cleanUp);
  }
}
