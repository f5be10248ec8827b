package io.vitrail.training.data;

import io.vitrail.tensor.Tensor;
import java.util.Arrays;

/**
 * Prepared images with their labels. The arrays are used again after the next call of {@link
 * Batches#next}: tensors of this batch are copies and stay.
 */
public final class Batch {
  private final int epoch;
  private final int number;
  private final int size;
  private final int channels;
  private final int height;
  private final int width;
  private final float[] pixels;
  private final int[] labels;
  private final int[] indices;

  Batch(
      int epoch,
      int number,
      int size,
      int channels,
      int height,
      int width,
      float[] pixels,
      int[] labels,
      int[] indices) {
    this.epoch = epoch;
    this.number = number;
    this.size = size;
    this.channels = channels;
    this.height = height;
    this.width = width;
    this.pixels = pixels;
    this.labels = labels;
    this.indices = indices;
  }

  /** The epoch, from 0. */
  public int epoch() {
    return epoch;
  }

  /** Which batch of the epoch this is, from 0. */
  public int number() {
    return number;
  }

  /** Number of images B. */
  public int size() {
    return size;
  }

  /** The images as [B, C, H, W] float32, on the CPU, in the open scope. */
  public Tensor images() {
    int count = size * channels * height * width;
    float[] values = count == pixels.length ? pixels : Arrays.copyOf(pixels, count);
    return Tensor.of(values, size, channels, height, width);
  }

  /** The class numbers as [B] int64, on the CPU, in the open scope. */
  public Tensor labels() {
    return Tensor.of(Arrays.stream(labels, 0, size).asLongStream().toArray(), size);
  }

  /** The class of image {@code i} of this batch. */
  public int label(int i) {
    return labels[i];
  }

  /** Where image {@code i} of this batch stands in the data set. */
  public int index(int i) {
    return indices[i];
  }
}
