package io.vitrail.vision.swin;

import io.vitrail.nn.Bias;
import io.vitrail.nn.Conv2d;
import io.vitrail.nn.Init;
import io.vitrail.nn.Layer;
import io.vitrail.nn.LayerList;
import io.vitrail.nn.LayerNorm;
import io.vitrail.nn.Linear;
import io.vitrail.nn.Param;
import io.vitrail.nn.Slot;
import io.vitrail.nn.UnaryLayer;
import io.vitrail.tensor.F;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.vision.ImageModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Swin Transformer: attention within windows that shift from block to block (Liu et al., 2021,
 * arXiv 2103.14030), with timm's keys.
 *
 * <p>Images are [B, C, S, S], normalised, where S is the configured size. {@link #embed} gives
 * tokens as a map with the channels last, [B, S/P, S/P, D]; {@link #encode} the normalised map
 * after the last stage, [B, S/8P, S/8P, 8 D] for four stages.
 */
public final class Swin extends ImageModel {
  static final double EPS = 1e-5;

  /** Whether the network has a token that stands for hidden ones. */
  public enum MaskToken {
    /** No: exactly timm's keys. */
    NONE,
    /** A learnt vector under the key {@code mask_token}, for training with masks. */
    LEARNT
  }

  /**
   * Sizes of the network.
   *
   * @param imageSize height and width of the images in pixels
   * @param patchSize height and width of a patch, which becomes one token, in pixels
   * @param width channels of the first stage; each further stage doubles them
   * @param depths number of blocks of each stage
   * @param heads attention heads of each stage
   * @param window height and width of a window in tokens; a stage whose map is smaller has one
   *     window, the map
   * @param dropPath probability of the last block to lose its residual branches while training; it
   *     grows linearly from 0 at the first
   */
  public record Config(
      int imageSize,
      int patchSize,
      int inChannels,
      int classes,
      int width,
      List<Integer> depths,
      List<Integer> heads,
      int window,
      double dropPath,
      MaskToken maskToken) {
    public static final Config TINY = imageNet(96, List.of(2, 2, 6, 2), List.of(3, 6, 12, 24));
    public static final Config SMALL = imageNet(96, List.of(2, 2, 18, 2), List.of(3, 6, 12, 24));
    public static final Config BASE = imageNet(128, List.of(2, 2, 18, 2), List.of(4, 8, 16, 32));

    public Config {
      depths = List.copyOf(depths);
      heads = List.copyOf(heads);
      check(
          patchSize >= 1 && inChannels >= 1 && classes >= 1 && width >= 1 && window >= 1,
          "Swin needs patchSize, inChannels, classes, width and window of at least 1, got %d, %d,"
              + " %d, %d and %d",
          patchSize,
          inChannels,
          classes,
          width,
          window);
      check(
          !depths.isEmpty()
              && depths.size() == heads.size()
              && depths.stream().allMatch(depth -> depth >= 1),
          "Swin needs a depth of at least 1 and a number of heads for each stage, got depths %s and"
              + " heads %s",
          depths,
          heads);
      check(
          dropPath >= 0 && dropPath < 1,
          "drop path needs a probability in [0, 1), got %s",
          dropPath);
      check(
          imageSize >= patchSize && imageSize % patchSize == 0,
          "imageSize %d is not a multiple of patchSize %d",
          imageSize,
          patchSize);
      int resolution = imageSize / patchSize;
      for (int stage = 0; stage < depths.size(); stage++) {
        int channels = width << stage;
        check(
            heads.get(stage) >= 1 && channels % heads.get(stage) == 0,
            "stage %d has %d channels, which %d heads do not divide",
            stage,
            channels,
            heads.get(stage));
        check(
            resolution <= window || resolution % window == 0,
            "imageSize %d gives %3$d x %3$d tokens in stage %2$d, which windows of %4$d do not"
                + " divide; choose another imageSize or window",
            imageSize,
            stage,
            resolution,
            window);
        check(
            stage == depths.size() - 1 || resolution % 2 == 0,
            "imageSize %d gives %3$d x %3$d tokens in stage %2$d, which cannot be merged in pairs;"
                + " choose another imageSize",
            imageSize,
            stage,
            resolution);
        resolution /= 2;
      }
    }

    private static void check(boolean holds, String message, Object... args) {
      if (!holds) {
        throw new IllegalArgumentException(message.formatted(args));
      }
    }

    private static Config imageNet(int width, List<Integer> depths, List<Integer> heads) {
      return new Config(224, 4, 3, 1000, width, depths, heads, 7, 0, MaskToken.NONE);
    }

    /** Height and width of the map of tokens in a stage. */
    int resolution(int stage) {
      return imageSize / patchSize >> stage;
    }

    /** Height and width of the windows of a stage. */
    int window(int stage) {
      return Math.min(window, resolution(stage));
    }

    public Config withImageSize(int pixels) {
      return new Config(
          pixels,
          patchSize,
          inChannels,
          classes,
          width,
          depths,
          heads,
          window,
          dropPath,
          maskToken);
    }

    public Config withInChannels(int inChannels) {
      return new Config(
          imageSize,
          patchSize,
          inChannels,
          classes,
          width,
          depths,
          heads,
          window,
          dropPath,
          maskToken);
    }

    public Config withClasses(int classes) {
      return new Config(
          imageSize,
          patchSize,
          inChannels,
          classes,
          width,
          depths,
          heads,
          window,
          dropPath,
          maskToken);
    }

    /** Other windows; {@code pixels} is the image size that they divide. */
    public Config withWindow(int window, int pixels) {
      return new Config(
          pixels,
          patchSize,
          inChannels,
          classes,
          width,
          depths,
          heads,
          window,
          dropPath,
          maskToken);
    }

    public Config withDropPath(double dropPath) {
      return new Config(
          imageSize,
          patchSize,
          inChannels,
          classes,
          width,
          depths,
          heads,
          window,
          dropPath,
          maskToken);
    }

    public Config withMaskToken(MaskToken maskToken) {
      return new Config(
          imageSize,
          patchSize,
          inChannels,
          classes,
          width,
          depths,
          heads,
          window,
          dropPath,
          maskToken);
    }
  }

  private final Config config;
  private final @Nullable Param maskToken;
  private final PatchEmbed patchEmbed;
  private final LayerList<Stage> stages;
  private final LayerNorm norm;
  private final Head head;

  public Swin(Config config) {
    this.config = config;
    maskToken =
        config.maskToken == MaskToken.LEARNT ? param("mask_token", 1, 1, config.width) : null;
    patchEmbed = child("patch_embed", new PatchEmbed(config));
    int blocks = config.depths.stream().mapToInt(Integer::intValue).sum();
    int built = 0;
    List<Stage> list = new ArrayList<>();
    for (int stage = 0; stage < config.depths.size(); stage++) {
      List<SwinBlock> layers = new ArrayList<>();
      for (int i = 0; i < config.depths.get(stage); i++) {
        int window = config.window(stage);
        boolean shifted = i % 2 == 1 && config.resolution(stage) > window;
        double dropPath = config.dropPath * built++ / Math.max(1, blocks - 1);
        layers.add(
            new SwinBlock(
                config.width << stage,
                config.heads.get(stage),
                new Windows(config.resolution(stage), window, shifted ? window / 2 : 0),
                dropPath));
      }
      list.add(new Stage(stage == 0 ? null : config.width << (stage - 1), layers));
    }
    stages = child("layers", new LayerList<>(list));
    int features = config.width << (config.depths.size() - 1);
    norm = child("norm", new LayerNorm(features, EPS));
    head = child("head", new Head(features, config.classes));
  }

  /** Its sizes. */
  public Config config() {
    return config;
  }

  /** The token that stands for hidden ones, [1, 1, D], if the configuration asks for it. */
  public Optional<Param> maskToken() {
    return Optional.ofNullable(maskToken);
  }

  @Override
  public long classes() {
    return config.classes;
  }

  /** Linear layers and the mask token start normal with deviation 0.02, vectors at 0. */
  @Override
  protected void initOwn(Rng rng) {
    for (Layer layer : layers().values()) {
      if (layer instanceof Linear linear) {
        linear.weight().set(() -> Init.truncNormal(rng, 0.02, linear.weight().shape()));
        Param bias = linear.bias();
        if (bias != null) {
          bias.set(() -> Tensor.zeros(bias.shape()));
        }
      }
    }
    if (maskToken != null) {
      maskToken.set(() -> Init.truncNormal(rng, 0.02, maskToken.shape()));
    }
  }

  @Override
  public Tensor embed(Tensor images) { // [B, C, S, S]
    int size = config.imageSize;
    if (images.dim() != 4
        || images.size(1) != config.inChannels
        || images.size(2) != size
        || images.size(3) != size) {
      throw new IllegalArgumentException(
          "this Swin takes images [B, %d, %d, %d], got %s; resize them, or build it with another"
                  .formatted(config.inChannels, size, size, Arrays.toString(images.shape()))
              + " imageSize");
    }
    return Scope.keep(() -> patchEmbed.forward(images)); // [B, H, W, D]
  }

  @Override
  public Tensor encode(Tensor embedded) { // [B, H, W, D]
    Tensor x = embedded;
    for (Stage stage : stages) {
      x = stage.forward(x);
    }
    return norm.forward(x); // [B, H/8, W/8, 8 D]
  }

  @Override
  public Tensor classify(Tensor features) {
    return head.forward(features.mean(false, 1, 2)); // [B, K]
  }

  /** Patches to tokens. */
  private static final class PatchEmbed extends UnaryLayer {
    private final Slot proj;
    private final Slot norm;

    PatchEmbed(Config config) {
      int patch = config.patchSize;
      F.Conv conv = F.Conv.DEFAULT.withStride(patch);
      proj = slot("proj", new Conv2d(config.inChannels, config.width, patch, conv));
      norm = slot("norm", new LayerNorm(config.width, EPS));
    }

    @Override
    public Tensor forward(Tensor images) { // [B, C, S, S]
      return norm.forward(proj.forward(images.channelsLast()).permute(0, 2, 3, 1)); // [B, H, W, D]
    }
  }

  /** Blocks at one resolution, after merging the patches of the stage before. */
  private static final class Stage extends UnaryLayer {
    private final @Nullable PatchMerging downsample;
    private final LayerList<SwinBlock> blocks;

    Stage(@Nullable Integer widthBefore, List<SwinBlock> blocks) {
      downsample = widthBefore == null ? null : child("downsample", new PatchMerging(widthBefore));
      this.blocks = child("blocks", new LayerList<>(blocks));
    }

    @Override
    public Tensor forward(Tensor x) {
      if (downsample != null) {
        x = downsample.forward(x);
      }
      for (SwinBlock block : blocks) {
        x = block.forward(x);
      }
      return x;
    }
  }

  /** Joins 2 x 2 neighbours into one token of twice the width (section 3.1). */
  private static final class PatchMerging extends UnaryLayer {
    private final Slot norm;
    private final Slot reduction;

    PatchMerging(int width) {
      norm = slot("norm", new LayerNorm(4L * width, EPS));
      reduction = slot("reduction", new Linear(4L * width, 2L * width, Bias.NO));
    }

    @Override
    public Tensor forward(Tensor x) { // [B, H, W, D]
      return Scope.keep(
          () -> {
            long b = x.size(0);
            long h = x.size(1) / 2;
            long w = x.size(2) / 2;
            // Channels of the neighbours at (0, 0), (1, 0), (0, 1), (1, 1), as (row, column).
            Tensor merged =
                x.reshape(b, h, 2, w, 2, x.size(3))
                    .permute(0, 1, 3, 4, 2, 5)
                    .reshape(b, h, w, 4 * x.size(3));
            return reduction.forward(norm.forward(merged)); // [B, H/2, W/2, 2 D]
          });
    }
  }

  /** The classifier, one level down as timm has it. */
  private static final class Head extends UnaryLayer {
    private final Slot fc;

    Head(long features, long classes) {
      fc = slot("fc", new Linear(features, classes));
    }

    @Override
    public Tensor forward(Tensor x) {
      return fc.forward(x);
    }
  }
}
