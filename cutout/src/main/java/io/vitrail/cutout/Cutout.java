package io.vitrail.cutout;

import io.vitrail.hub.CachedFile;
import io.vitrail.hub.FetchEvents;
import io.vitrail.hub.Hub;
import io.vitrail.imaging.Image;
import java.io.IOException;

/**
 * The foreground of a photo.
 *
 * @param image RGBA of the photo's size
 * @param alpha its opacity alone, one channel, 255 being foreground
 * @param score how sure the network is of what it kept: the mean opacity of all pixels that are
 *     more foreground than background, in (0.5, 1]; 0 if there are none
 */
public record Cutout(Image image, Image alpha, double score) {
  /** The model used where none is named. */
  public static final String DEFAULT_MODEL = "isnet-general-use";

  /**
   * Opens a model by name with default options, fetching its weights on first use.
   *
   * @throws IOException if the weights cannot be had or do not fit
   */
  public static CutoutSession open(String model) throws IOException {
    return open(model, CutoutOptions.DEFAULT);
  }

  /** Opens a model by name. */
  public static CutoutSession open(String model, CutoutOptions options) throws IOException {
    CachedFile file = Hub.standard().fetch(model, FetchEvents.NONE);
    return CutoutSession.open(file, options);
  }
}
