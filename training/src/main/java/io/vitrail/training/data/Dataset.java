package io.vitrail.training.data;

import io.vitrail.imaging.Image;
import java.io.IOException;
import java.util.List;

/** Labelled images. Implementations may be read by many threads at once. */
public interface Dataset {

  /** Number of images. */
  int size();

  /** Names of the classes; a label is an index into it. */
  List<String> classes();

  /** Class of image {@code index}, from 0. */
  int label(int index);

  /**
   * Image {@code index}, grey or RGB, as it is stored.
   *
   * @throws IOException if it cannot be read; the message names it
   */
  Image image(int index) throws IOException;

  /** What to call image {@code index} in messages, such as its path. */
  String name(int index);
}
