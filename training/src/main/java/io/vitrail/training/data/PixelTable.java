package io.vitrail.training.data;

import io.vitrail.imaging.Image;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Many small images of one size in one array, as files of benchmarks hold them.
 *
 * @param source the file, for messages
 * @param pixels interleaved samples, one image after the other
 */
record PixelTable(
    String source,
    int width,
    int height,
    int channels,
    byte[] pixels,
    byte[] labels,
    List<String> classes)
    implements Dataset {

  PixelTable {
    classes = List.copyOf(classes);
  }

  @Override
  public int size() {
    return labels.length;
  }

  @Override
  public int label(int index) {
    return labels[index] & 0xff;
  }

  @Override
  public Image image(int index) {
    Objects.checkIndex(index, labels.length);
    int length = width * height * channels;
    byte[] image = Arrays.copyOfRange(pixels, index * length, (index + 1) * length);
    return Image.of(width, height, channels, image);
  }

  @Override
  public String name(int index) {
    return source + ", image " + index;
  }

  /** Fails unless every label has a class. */
  void checkLabels() throws DatasetException {
    for (int i = 0; i < labels.length; i++) {
      if (label(i) >= classes.size()) {
        throw new DatasetException(
            name(i) + " has label " + label(i) + ", but there are " + classes.size() + " classes");
      }
    }
  }
}
