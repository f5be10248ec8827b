package io.vitrail.training.data;

import io.vitrail.imaging.Image;
import java.util.List;

/**
 * Labelled images that are in memory.
 *
 * @param images grey or RGB
 * @param labels the class of each image, an index into {@code classes}
 */
public record InMemory(List<Image> images, List<Integer> labels, List<String> classes)
    implements Dataset {
  public InMemory {
    images = List.copyOf(images);
    labels = List.copyOf(labels);
    classes = List.copyOf(classes);
    Check.that(!images.isEmpty(), "a data set needs at least 1 image, got none");
    Check.that(
        images.size() == labels.size(),
        "every image needs a label, got %d images and %d labels",
        images.size(),
        labels.size());
    for (int i = 0; i < labels.size(); i++) {
      Check.that(
          labels.get(i) >= 0 && labels.get(i) < classes.size(),
          "label of image %d must be in 0..%d, got %d",
          i,
          classes.size() - 1,
          labels.get(i));
    }
  }

  @Override
  public int size() {
    return images.size();
  }

  @Override
  public int label(int index) {
    return labels.get(index);
  }

  @Override
  public Image image(int index) {
    return images.get(index);
  }

  @Override
  public String name(int index) {
    return "image " + index;
  }
}
