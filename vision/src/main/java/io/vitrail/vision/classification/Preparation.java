package io.vitrail.vision.classification;

import io.vitrail.imaging.Image;
import io.vitrail.imaging.Resize;
import io.vitrail.imaging.ResizeFilter;
import java.util.List;

/**
 * What an image goes through before the network: the shorter side is resized to {@code size /
 * cropRatio}, the central square is cut out and normalised, to the bit as timm's evaluation does.
 *
 * @param size side of the square in pixels
 * @param mean of each channel, on a scale of 0 to 1; one channel is grey, three are RGB
 * @param std of each channel, on the same scale
 */
record Preparation(
    int size, double cropRatio, ResizeFilter filter, List<Double> mean, List<Double> std) {

  int channels() {
    return mean.size();
  }

  /** [C, size, size], row-major. */
  float[] apply(Image photo) {
    Image image = channels() == 1 ? photo.toGrey() : photo.toRgb();
    int shortest = (int) Math.floor(size / cropRatio);
    byte[] pixels = Resize.shortestSideTo(image, shortest, filter).cropCentre(size).pixels();
    int channels = channels();
    int plane = size * size;
    float[] input = new float[channels * plane];
    for (int c = 0; c < channels; c++) {
      float m = mean.get(c).floatValue();
      float s = std.get(c).floatValue();
      for (int i = 0; i < plane; i++) {
        input[c * plane + i] = ((pixels[i * channels + c] & 0xff) / 255f - m) / s;
      }
    }
    return input;
  }
}
