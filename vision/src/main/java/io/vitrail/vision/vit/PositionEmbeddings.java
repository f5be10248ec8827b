package io.vitrail.vision.vit;

import io.vitrail.tensor.F;
import io.vitrail.tensor.Tensor;
import java.util.Arrays;

/** Position embeddings for another number of patches. */
public final class PositionEmbeddings {
  private PositionEmbeddings() {}

  /** How values between patches are found. */
  public enum Resampling {
    /** Bicubic with a = -0.75 and four neighbours, as DeiT's and MAE's authors do. */
    BICUBIC,
    /** Bicubic with a = -0.5, over more neighbours when shrinking, as timm does by default. */
    BICUBIC_ANTIALIAS
  }

  /**
   * Resizes the square grid of patch positions; those of prefix tokens stay.
   *
   * @param positions [1, prefix + g g, D], row by row
   * @param prefix number of positions that belong to no patch
   * @param grid wanted patches along each side, g'
   * @return [1, prefix + g' g', D]
   */
  public static Tensor resize(Tensor positions, int prefix, int grid, Resampling how) {
    if (positions.dim() != 3 || positions.size(0) != 1 || positions.size(1) <= prefix) {
      throw new IllegalArgumentException(
          "expected positions [1, %d + patches, D], got %s"
              .formatted(prefix, Arrays.toString(positions.shape())));
    }
    long patches = positions.size(1) - prefix;
    long width = positions.size(2);
    long old = Math.round(Math.sqrt(patches));
    if (old * old != patches) {
      throw new IllegalArgumentException(
          "%d positions after %d of prefix tokens are no square grid".formatted(patches, prefix));
    }
    if (old == grid) {
      return positions;
    }
    Tensor map =
        positions
            .narrow(1, prefix, patches)
            .reshape(1, old, old, width)
            .permute(0, 3, 1, 2); // [1, D, g, g]
    Tensor resized =
        switch (how) {
          case BICUBIC -> F.interpolate(map, grid, grid, F.Interpolation.BICUBIC);
          case BICUBIC_ANTIALIAS -> F.interpolateAntialias(map, grid, grid);
        }; // [1, D, g', g']
    Tensor tokens = resized.permute(0, 2, 3, 1).reshape(1, (long) grid * grid, width);
    return F.cat(1, positions.narrow(1, 0, prefix), tokens);
  }
}
