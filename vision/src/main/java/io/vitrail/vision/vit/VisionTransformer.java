package io.vitrail.vision.vit;

import io.vitrail.nn.Bias;
import io.vitrail.nn.Dropout;
import io.vitrail.nn.Identity;
import io.vitrail.nn.Init;
import io.vitrail.nn.LayerNorm;
import io.vitrail.nn.Linear;
import io.vitrail.nn.Param;
import io.vitrail.nn.Sequential;
import io.vitrail.nn.Slot;
import io.vitrail.nn.UnaryLayer;
import io.vitrail.tensor.F;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Tensor;
import io.vitrail.vision.ImageModel;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Vision transformer (Dosovitskiy et al., 2021, arXiv 2010.11929, section 3.1), in the published
 * forms that {@link Style} names.
 *
 * <p>{@link #embed} gives class token and patch tokens with their positions, [B, 1 + N, D]; {@link
 * #encode} and {@link #classify} take any number of patch tokens, in any order.
 */
public final class VisionTransformer extends ImageModel {
  private static final int PREFIX = 1;

  /**
   * Image, size and form of the network.
   *
   * @param imageSize side of the square image, in pixels
   * @param patchSize side of a patch, in pixels; pixels beyond the last whole patch are not seen
   * @param channels of the image
   * @param classes scores to give, K
   * @param size width, depth, heads
   * @param style which published form
   * @param layerScale first value of the layer scales, 0 for none
   * @param drop what training drops
   */
  public record Config(
      int imageSize,
      int patchSize,
      int channels,
      int classes,
      Size size,
      Style style,
      double layerScale,
      DropRates drop) {

    public Config {
      if (patchSize < 1 || imageSize < patchSize) {
        throw new IllegalArgumentException(
            "expected 1 <= patchSize <= imageSize, got patches of %d in images of %d pixels"
                .formatted(patchSize, imageSize));
      }
      if (channels < 1 || classes < 1) {
        throw new IllegalArgumentException(
            "channels and classes are at least 1, got %d and %d".formatted(channels, classes));
      }
      if (!(layerScale >= 0)) {
        throw new IllegalArgumentException(
            "layerScale is above 0, or 0 for none; got " + layerScale);
      }
    }

    /** For colour images and the 1000 classes of ImageNet, in the original form. */
    public static Config of(Size size, int patchSize, int imageSize) {
      return new Config(imageSize, patchSize, 3, 1000, size, Style.VIT, 0, DropRates.NONE);
    }

    public Config withImageSize(int pixels) {
      return new Config(pixels, patchSize, channels, classes, size, style, layerScale, drop);
    }

    public Config withChannels(int value) {
      return new Config(imageSize, patchSize, value, classes, size, style, layerScale, drop);
    }

    public Config withClasses(int value) {
      return new Config(imageSize, patchSize, channels, value, size, style, layerScale, drop);
    }

    public Config withStyle(Style value) {
      return new Config(imageSize, patchSize, channels, classes, size, value, layerScale, drop);
    }

    /** First value of the layer scales, 0 for none. */
    public Config withLayerScale(double value) {
      return new Config(imageSize, patchSize, channels, classes, size, style, value, drop);
    }

    public Config withDrop(DropRates value) {
      return new Config(imageSize, patchSize, channels, classes, size, style, layerScale, value);
    }

    /** Patches along each side. */
    public int grid() {
      return imageSize / patchSize;
    }

    /** Patches of an image, N. */
    public int patches() {
      return grid() * grid();
    }
  }

  private final Config config;
  private final Param clsToken;
  private final Param posEmbed;
  private final Slot patchEmbed;
  private final Dropout posDrop;
  private final Slot normPre;
  private final Sequential blocks;
  private final Slot norm;
  private final Slot fcNorm;
  private final Slot head;

  public VisionTransformer(Config config) {
    this.config = config;
    int width = config.size.width();
    Style style = config.style;
    boolean stemNorm = style.stem() == Style.Stem.NORM;
    boolean patchMean = style.pool() == Style.Pool.PATCH_MEAN;
    int positions =
        config.patches() + (style.positions() == Style.Positions.ALL_TOKENS ? PREFIX : 0);
    clsToken = param("cls_token", 1, 1, width);
    posEmbed = param("pos_embed", 1, positions, width);
    patchEmbed = slot("patch_embed", new PatchEmbed(config, stemNorm ? Bias.NO : Bias.YES));
    posDrop = child("pos_drop", new Dropout(config.drop.dropout()));
    normPre = slot("norm_pre", stemNorm ? layerNorm() : new Identity());
    blocks =
        child(
            "blocks",
            new Sequential(
                IntStream.range(0, config.size.depth())
                    .mapToObj(i -> new Block(config, i))
                    .toArray(UnaryLayer[]::new)));
    norm = slot("norm", patchMean ? new Identity() : layerNorm());
    fcNorm = slot("fc_norm", patchMean ? layerNorm() : new Identity());
    head = slot("head", new Linear(width, config.classes).startTruncNormal(style.headStd()));
  }

  private LayerNorm layerNorm() {
    return new LayerNorm(config.size.width(), config.style.eps());
  }

  @Override
  protected void initOwn(Rng rng) {
    clsToken.set(() -> Init.truncNormal(rng, 0.02, clsToken.shape()));
    posEmbed.set(() -> Init.truncNormal(rng, 0.02, posEmbed.shape()));
  }

  public Config config() {
    return config;
  }

  @Override
  public long classes() {
    return config.classes;
  }

  /** Number of tokens before the patch tokens in what {@link #embed} gives: the class token. */
  public int prefixTokens() {
    return PREFIX;
  }

  /** Patches along each side; {@link #embed} gives the patch tokens row by row. */
  public int grid() {
    return config.grid();
  }

  /** Images [B, C, H, W] to class token and patch tokens with positions, [B, 1 + N, D]. */
  @Override
  public Tensor embed(Tensor images) { // [B, C, H, W]
    checkImages(images);
    Tensor x = patchEmbed.forward(images); // [B, N, D]
    Tensor cls = clsToken.value().expand(x.size(0), -1, -1); // [B, 1, D]
    x =
        switch (config.style.positions()) {
          case ALL_TOKENS -> F.cat(1, cls, x).add(posEmbed.value());
          case PATCHES -> F.cat(1, cls, x.add(posEmbed.value()));
        }; // [B, 1 + N, D]
    return normPre.forward(posDrop.forward(x));
  }

  /** Tokens [B, 1 + n, D] through all blocks, and normalised where the class token is pooled. */
  @Override
  public Tensor encode(Tensor tokens) {
    checkTokens(tokens);
    return norm.forward(blocks.forward(tokens)); // [B, 1 + n, D]
  }

  /** Tokens [B, 1 + n, D] to scores [B, K]; the mean is over the n patch tokens that are there. */
  @Override
  public Tensor classify(Tensor tokens) {
    checkTokens(tokens);
    Tensor pooled =
        switch (config.style.pool()) {
          case CLASS_TOKEN -> tokens.select(1, 0);
          case PATCH_MEAN -> tokens.narrow(1, PREFIX, tokens.size(1) - PREFIX).mean(false, 1);
        }; // [B, D]
    return head.forward(fcNorm.forward(pooled)); // [B, K]
  }

  private void checkImages(Tensor images) {
    if (images.dim() != 4
        || images.size(1) != config.channels
        || images.size(2) != config.imageSize
        || images.size(3) != config.imageSize) {
      throw new IllegalArgumentException(
          "expected images [B, %d, %d, %d], got %s; resize them, or build the network withImageSize"
              .formatted(
                  config.channels,
                  config.imageSize,
                  config.imageSize,
                  Arrays.toString(images.shape())));
    }
  }

  private void checkTokens(Tensor tokens) {
    if (tokens.dim() != 3 || tokens.size(1) <= PREFIX || tokens.size(2) != config.size.width()) {
      throw new IllegalArgumentException(
          "expected tokens [B, 1 + n, %d] of a class token and n >= 1 patches, got %s"
              .formatted(config.size.width(), Arrays.toString(tokens.shape())));
    }
  }
}
