package io.vitrail.training.augment;

import io.vitrail.imaging.Image;
import io.vitrail.tensor.DType;
import io.vitrail.tensor.Tensor;
import java.util.List;

/**
 * {@code (value / 255 - mean) / std} for each channel, in float32 and in this order, as
 * torchvision's ToTensor and Normalize.
 *
 * @param mean of each channel, on a scale of 0 to 1
 * @param std of each channel, above 0
 */
public record Normalisation(List<Double> mean, List<Double> std) {
  public Normalisation {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    Check.that(
        mean.size() == std.size(),
        "mean and std must have the same number of channels, got %s and %s",
        mean,
        std);
    Check.that(std.stream().allMatch(s -> s > 0), "std must be above 0, got %s", std);
  }

  /** Writes the image as [C, H, W] from {@code offset} on. */
  public void apply(Image image, float[] out, int offset) {
    int channels = image.channels();
    Check.that(
        channels == mean.size(),
        "image has %d channels, mean and std have %d",
        channels,
        mean.size());
    byte[] pixels = image.pixels();
    int plane = image.width() * image.height();
    for (int c = 0; c < channels; c++) {
      float[] table = table(c);
      int o = offset + c * plane;
      for (int i = c; i < pixels.length; i += channels) {
        out[o++] = table[pixels[i] & 0xff];
      }
    }
  }

  /** Levels of 0..255 [B, C, H, W] normalised. */
  Tensor apply(Tensor levels) {
    return levels.div(255).sub(channelwise(mean, levels)).div(channelwise(std, levels));
  }

  /** The whole levels that a normalised batch [B, C, H, W] was made from. */
  Tensor levels(Tensor images) {
    return images.mul(channelwise(std, images)).add(channelwise(mean, images)).mul(255).round();
  }

  private static Tensor channelwise(List<Double> values, Tensor like) {
    double[] array = values.stream().mapToDouble(Double::doubleValue).toArray();
    return Tensor.of(array, array.length, 1, 1).to(DType.F32).to(like.device());
  }

  /** What each of the 256 levels becomes. */
  private float[] table(int channel) {
    float m = mean.get(channel).floatValue();
    float s = std.get(channel).floatValue();
    float[] table = new float[256];
    for (int v = 0; v < 256; v++) {
      table[v] = (v / 255f - m) / s;
    }
    return table;
  }
}
