package io.vitrail.masksub;

import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Tensor;
import io.vitrail.vision.ImageModel;
import java.util.Arrays;
import java.util.Map;

/**
 * Hides part of each image: uniform noise ranks its L units, and the first {@code trunc(L (1 -
 * ratio))} are kept. What a unit is and how it is hidden depends on the network:
 *
 * <ul>
 *   <li>vision transformers leave out tokens of patches, after the positions were added, which
 *       halves their work at a ratio of 0.5;
 *   <li>ResNets see blocks of 32 x 32 pixels as zeros, the mean colour after normalisation;
 *   <li>Swin transformers see a learnt mask token in place of the tokens of such blocks.
 * </ul>
 *
 * @param ratio share of the units to hide, in [0, 1); the published Swin code always hides 0.5
 * @param resnet which of the two sets of blocks a ResNet sees
 */
public record Masking(double ratio, ResNetBlocks resnet) implements SubBranch {

  /** Which blocks a ResNet sees. */
  public enum ResNetBlocks {
    /**
     * Those that were not kept: the published code zeroes the kept ones. At 224 pixels and ratio
     * 0.5 it sees 25 of 49 blocks, at ratio 0.3 only 15.
     */
    OFFICIAL,
    /** The kept ones, as for the other networks: 24 at ratio 0.5, 34 at ratio 0.3. */
    INTENDED
  }

  public Masking {
    if (!(ratio >= 0 && ratio < 1)) {
      throw new IllegalArgumentException("mask ratio is in [0, 1), got " + ratio);
    }
  }

  /** As published. */
  public Masking(double ratio) {
    this(ratio, ResNetBlocks.OFFICIAL);
  }

  /** Units of each of {@code images} [B, C, H, W] that noise ranks, L. */
  public int units(ImageModel model, Tensor images) {
    return Backbone.of(model, resnet).units(images);
  }

  /** How many units of each image the masked view sees. */
  public int visible(ImageModel model, Tensor images) {
    Backbone backbone = Backbone.of(model, resnet);
    int units = backbone.units(images);
    return backbone.visible(units, keep(units));
  }

  @Override
  public Tensor forward(ImageModel model, Tensor images, Rng rng) {
    Tensor noise = rng.uniform(0, 1, images.size(0), units(model, images));
    return forward(model, images, noise.to(images.device()));
  }

  /**
   * Scores [B, K] of the masked view.
   *
   * @param noise [B, L]; the units of the smallest numbers of each row are kept
   */
  public Tensor forward(ImageModel model, Tensor images, Tensor noise) {
    Backbone backbone = Backbone.of(model, resnet);
    int units = backbone.units(images);
    int keep = keep(units);
    if (!Arrays.equals(noise.shape(), new long[] {images.size(0), units})) {
      throw new IllegalArgumentException(
          "expected noise [%d, %d], one number for each unit of each image; got %s"
              .formatted(images.size(0), units, Arrays.toString(noise.shape())));
    }
    if (backbone.visible(units, keep) == 0) {
      throw new IllegalArgumentException(
          "mask ratio %s with blocks %s hides all %d units of a %s; change the ratio"
              .formatted(ratio, resnet, units, model.getClass().getSimpleName()));
    }
    Tensor kept = noise.sort(1, Tensor.Order.ASCENDING).indices().narrow(1, 0, keep); // [B, keep]
    return backbone.forward(images, kept);
  }

  @Override
  public Map<String, Double> numbers(ImageModel model, Tensor images) {
    return Map.of("visible", (double) visible(model, images));
  }

  /** In double precision, whose rounding is part of the published numbers: 100 at 0.8 keep 19. */
  int keep(int units) {
    return (int) (units * (1 - ratio));
  }
}
