package io.vitrail.training.data;

import io.vitrail.imaging.Image;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * A data set whose images stay decoded in memory once they were read, up to a number of bytes: what
 * does not fit is read again each time. For small data sets, where decoding costs more than the
 * network.
 */
public final class Cached implements Dataset {
  private final Dataset all;
  private final AtomicReferenceArray<Image> images;
  private final AtomicLong room;

  /**
   * @param maxBytes of pixels to hold
   */
  public Cached(Dataset all, long maxBytes) {
    Check.that(maxBytes >= 0, "bytes of a cache must be at least 0, got %d", maxBytes);
    this.all = all;
    this.images = new AtomicReferenceArray<>(all.size());
    this.room = new AtomicLong(maxBytes);
  }

  @Override
  public Image image(int index) throws IOException {
    Image image = images.get(index);
    if (image == null) {
      image = all.image(index);
      int bytes = image.pixels().length;
      if (room.addAndGet(-bytes) < 0 || !images.compareAndSet(index, null, image)) {
        room.addAndGet(bytes); // no room, or another thread was faster
      }
    }
    return image;
  }

  @Override
  public int size() {
    return all.size();
  }

  @Override
  public List<String> classes() {
    return all.classes();
  }

  @Override
  public int label(int index) {
    return all.label(index);
  }

  @Override
  public String name(int index) {
    return all.name(index);
  }
}
