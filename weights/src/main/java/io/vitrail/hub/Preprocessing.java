package io.vitrail.hub;

import java.util.List;

/**
 * What turns an RGB image into the model's input: fit to a square, bring to {@code [0, 1]}, then
 * subtract the mean and divide by the standard deviation of each channel.
 *
 * @param inputSize side of the square input, in pixels
 * @param fit how an image that is not square becomes one
 * @param cropRatio share of the short side that {@link Fit#CENTRE_CROP} keeps, in (0, 1]; else 1
 * @param interpolation how pixels are resampled
 * @param scale what brings 0..255 to {@code [0, 1]}
 * @param mean of R, G, B, in {@code [0, 1]}
 * @param std of R, G, B, above 0
 */
public record Preprocessing(
    int inputSize,
    Fit fit,
    double cropRatio,
    Interpolation interpolation,
    Scale scale,
    List<Double> mean,
    List<Double> std) {

  /** How an image becomes square. */
  public enum Fit {
    /** Width and height are scaled each by its own factor. */
    STRETCH,
    /** The longest side is scaled to the input size; zeros fill the right and the bottom. */
    PAD,
    /**
     * The short side is scaled to {@code inputSize / cropRatio}; the square in the middle stays.
     */
    CENTRE_CROP
  }

  /** Resampling filters. */
  public enum Interpolation {
    /** Bilinear. */
    BILINEAR,
    /** Bicubic, a = -0.5. */
    BICUBIC,
    /** Lanczos, three lobes. */
    LANCZOS
  }

  /** What pixel values are divided by. */
  public enum Scale {
    /** 255, the largest value a pixel can have. */
    BY_255,
    /** The largest value in this image, as rembg and U2-Net do. */
    BY_IMAGE_MAXIMUM
  }

  public Preprocessing {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    if (inputSize <= 0) {
      throw new IllegalArgumentException(
          "inputSize is %d pixels, expected at least 1".formatted(inputSize));
    }
    if (!(cropRatio > 0 && cropRatio <= 1) || (fit != Fit.CENTRE_CROP && cropRatio != 1)) {
      throw new IllegalArgumentException(
          "cropRatio is in (0, 1], and 1 unless the fit is centre-crop; got %s"
              .formatted(cropRatio));
    }
    if (mean.size() != 3 || std.size() != 3) {
      throw new IllegalArgumentException(
          "mean and std have one value for each of R, G, B, got %s and %s".formatted(mean, std));
    }
    if (std.stream().anyMatch(s -> !(s > 0))) {
      throw new IllegalArgumentException("std is above 0, got %s".formatted(std));
    }
  }
}
