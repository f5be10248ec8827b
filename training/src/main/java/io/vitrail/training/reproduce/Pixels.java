package io.vitrail.training.reproduce;

import io.vitrail.imaging.Image;
import io.vitrail.tensor.Tensor;
import io.vitrail.training.data.Dataset;
import java.io.IOException;
import java.util.random.RandomGenerator;

/**
 * Small grey images in memory, normalised. Batches are made without a loader: a step on such images
 * takes a few milliseconds, less than handing a batch from thread to thread and back.
 */
final class Pixels {
  private final int side;
  private final float[][] images;
  private final long[] labels;
  private final float background;

  private Pixels(int side, float[][] images, long[] labels, float background) {
    this.side = side;
    this.images = images;
    this.labels = labels;
    this.background = background;
  }

  /**
   * Reads a data set of square grey images of one size.
   *
   * @param mean of pixels in [0, 1], which becomes 0
   * @param std of pixels in [0, 1], which becomes 1
   */
  static Pixels of(Dataset data, double mean, double std) throws IOException {
    int side = data.image(0).width();
    float[][] images = new float[data.size()][side * side];
    long[] labels = new long[data.size()];
    for (int i = 0; i < images.length; i++) {
      Image image = data.image(i);
      if (image.width() != side || image.height() != side || image.channels() != 1) {
        throw new IOException(
            "expected grey images of %d x %d pixels, %s has %d x %d with %d channels"
                .formatted(
                    side, side, data.name(i), image.width(), image.height(), image.channels()));
      }
      byte[] bytes = image.pixels();
      for (int p = 0; p < bytes.length; p++) {
        images[i][p] = (float) (((bytes[p] & 0xff) / 255.0 - mean) / std);
      }
      labels[i] = data.label(i);
    }
    return new Pixels(side, images, labels, (float) (-mean / std));
  }

  int size() {
    return images.length;
  }

  /** How training changes an image: by up to {@code shift} pixels, and sometimes mirrored. */
  record Changes(int shift, Mirror mirror) {
    static final Changes NONE = new Changes(0, Mirror.NEVER);

    enum Mirror {
      NEVER,
      HALF
    }
  }

  /** Images [B, 1, side, side], each changed at random; what shifting uncovers is black. */
  Tensor images(int[] indices, Changes changes, RandomGenerator random) {
    float[] batch = new float[indices.length * side * side];
    for (int b = 0; b < indices.length; b++) {
      int down = shift(changes, random);
      int right = shift(changes, random);
      boolean mirrored = changes.mirror == Changes.Mirror.HALF && random.nextBoolean();
      float[] image = images[indices[b]];
      int at = b * side * side;
      for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
          int fromX = (mirrored ? side - 1 - x : x) - right;
          int fromY = y - down;
          boolean inside = fromX >= 0 && fromX < side && fromY >= 0 && fromY < side;
          batch[at++] = inside ? image[fromY * side + fromX] : background;
        }
      }
    }
    return Tensor.of(batch, indices.length, 1, side, side);
  }

  private static int shift(Changes changes, RandomGenerator random) {
    return changes.shift == 0 ? 0 : random.nextInt(2 * changes.shift + 1) - changes.shift;
  }

  /** Classes [B], int64. */
  Tensor labels(int[] indices) {
    long[] batch = new long[indices.length];
    for (int b = 0; b < batch.length; b++) {
      batch[b] = labels[indices[b]];
    }
    return Tensor.of(batch, batch.length);
  }
}
