package io.vitrail.training;

import io.vitrail.training.distributed.Distributed;
import java.util.ArrayList;
import java.util.List;

/**
 * How well a network tells the classes of images apart.
 *
 * @param images how many were judged
 * @param loss mean cross-entropy
 * @param top1 share whose class came first, in [0, 1]
 * @param top5 share whose class was among the first five, in [0, 1]
 * @param confusion row: the image's class, column: the class that came first; counts
 */
public record Scores(long images, double loss, double top1, double top5, long[][] confusion) {

  /**
   * How one class fared.
   *
   * @param images of this class
   * @param recall share of them that came out as it; NaN without images
   * @param precision share of right ones among those that came out as it; NaN without any
   */
  public record OfClass(long images, double recall, double precision) {}

  /** The scores of all processes together, each of which judged a part of the images. */
  Scores overAll(Distributed peers) {
    if (peers.world() == 1) {
      return this;
    }
    int classes = confusion.length;
    double[] sums = new double[4 + classes * classes];
    sums[0] = images;
    sums[1] = loss * images;
    sums[2] = top1 * images;
    sums[3] = top5 * images;
    for (int c = 0; c < classes; c++) {
      for (int as = 0; as < classes; as++) {
        sums[4 + c * classes + as] = confusion[c][as];
      }
    }
    double[] all = peers.sum(sums);
    long[][] counts = new long[classes][classes];
    for (int i = 0; i < classes * classes; i++) {
      counts[i / classes][i % classes] = Math.round(all[4 + i]);
    }
    return new Scores(
        Math.round(all[0]), all[1] / all[0], all[2] / all[0], all[3] / all[0], counts);
  }

  /** One entry for each class. */
  public List<OfClass> perClass() {
    List<OfClass> all = new ArrayList<>();
    for (int c = 0; c < confusion.length; c++) {
      long of = 0;
      long as = 0;
      for (int other = 0; other < confusion.length; other++) {
        of += confusion[c][other];
        as += confusion[other][c];
      }
      double right = confusion[c][c];
      all.add(new OfClass(of, right / of, right / as));
    }
    return all;
  }
}
