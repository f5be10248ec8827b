package io.vitrail.masksub;

import io.vitrail.tensor.Tensor;
import java.util.Arrays;

/** The blocks of 32 x 32 pixels of an image, numbered row by row. */
record PixelBlocks(int rows, int columns) {
  /** Pixels along each side of a block. */
  static final int SIDE = 32;

  /** The blocks of {@code images} [B, C, H, W]. */
  static PixelBlocks of(Tensor images) {
    long height = images.size(-2);
    long width = images.size(-1);
    if (height % SIDE != 0 || width % SIDE != 0) {
      throw new IllegalArgumentException(
          "masking hides blocks of %d x %d pixels: sides of images must be multiples, got %s"
              .formatted(SIDE, SIDE, Arrays.toString(images.shape())));
    }
    return new PixelBlocks((int) (height / SIDE), (int) (width / SIDE));
  }

  int count() {
    return rows * columns;
  }

  /**
   * 1 inside of the {@code chosen} blocks and 0 elsewhere: [B, rows cells, columns cells].
   *
   * @param chosen [B, n] numbers of blocks, int64
   * @param cells along each side of a block
   */
  Tensor where(Tensor chosen, int cells) {
    long b = chosen.size(0);
    Tensor ones = Tensor.ones(chosen.shape()).to(chosen.device());
    return Tensor.zeros(b, count())
        .to(chosen.device())
        .scatter(1, chosen, ones)
        .reshape(b, rows, columns)
        .repeatInterleave(cells, 1)
        .repeatInterleave(cells, 2);
  }
}
