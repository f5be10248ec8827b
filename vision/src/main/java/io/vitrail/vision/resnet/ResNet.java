package io.vitrail.vision.resnet;

import io.vitrail.nn.Activation;
import io.vitrail.nn.BatchNorm2d;
import io.vitrail.nn.Bias;
import io.vitrail.nn.Conv2d;
import io.vitrail.nn.Init;
import io.vitrail.nn.Layer;
import io.vitrail.nn.Linear;
import io.vitrail.nn.Sequential;
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

/**
 * Residual network (He et al., 2016, arXiv 1512.03385), with a bottleneck's stride in its 3 x 3
 * convolution as torchvision and timm have it, and their keys.
 *
 * <p>Images are [B, C, H, W], normalised, of any size. {@link #embed} gives the map after the stem,
 * [B, w, H/4, W/4]; {@link #encode} the map after four stages, [B, 8 w e, H/32, W/32], where {@code
 * e} is the block's expansion. It computes with the channels last in memory: {@link #channelsLast}
 * after loading saves a copy of the weights in each forward.
 */
public final class ResNet extends ImageModel {
  /** What comes before the first stage. */
  public enum Stem {
    /** A 7 x 7 convolution and max pooling, of stride 2 each. */
    LARGE,
    /** A 3 x 3 convolution of stride 1 alone, for images of 32 pixels and less (section 4.2). */
    SMALL
  }

  /**
   * Sizes of the network.
   *
   * @param depths number of blocks in each of the four stages
   * @param width channels of the first stage, before expansion; each further stage doubles them
   * @param inChannels channels of the images
   * @param classes number of classes
   * @param dropPath probability of the last block to lose its residual branch while training; it
   *     grows linearly from 0 at the first
   */
  public record Config(
      Block.Kind block,
      List<Integer> depths,
      int width,
      Stem stem,
      int inChannels,
      int classes,
      double dropPath) {
    public static final Config RESNET18 = imageNet(Block.Kind.BASIC, 2, 2, 2, 2);
    public static final Config RESNET34 = imageNet(Block.Kind.BASIC, 3, 4, 6, 3);
    public static final Config RESNET50 = imageNet(Block.Kind.BOTTLENECK, 3, 4, 6, 3);
    public static final Config RESNET101 = imageNet(Block.Kind.BOTTLENECK, 3, 4, 23, 3);
    public static final Config RESNET152 = imageNet(Block.Kind.BOTTLENECK, 3, 8, 36, 3);

    public Config {
      depths = List.copyOf(depths);
      if (depths.size() != 4 || depths.stream().anyMatch(depth -> depth < 1)) {
        throw new IllegalArgumentException(
            "a ResNet has 4 stages of at least 1 block each, got depths " + depths);
      }
      if (width < 1 || inChannels < 1 || classes < 1) {
        throw new IllegalArgumentException(
            "ResNet needs width, input channels and classes of at least 1, got %d, %d and %d"
                .formatted(width, inChannels, classes));
      }
      if (!(dropPath >= 0 && dropPath < 1)) {
        throw new IllegalArgumentException(
            "drop path needs a probability in [0, 1), got " + dropPath);
      }
    }

    private static Config imageNet(Block.Kind block, Integer... depths) {
      return new Config(block, List.of(depths), 64, Stem.LARGE, 3, 1000, 0);
    }

    public Config withDepths(Integer... depths) {
      return new Config(block, List.of(depths), width, stem, inChannels, classes, dropPath);
    }

    public Config withWidth(int width) {
      return new Config(block, depths, width, stem, inChannels, classes, dropPath);
    }

    public Config withStem(Stem stem) {
      return new Config(block, depths, width, stem, inChannels, classes, dropPath);
    }

    public Config withInChannels(int inChannels) {
      return new Config(block, depths, width, stem, inChannels, classes, dropPath);
    }

    public Config withClasses(int classes) {
      return new Config(block, depths, width, stem, inChannels, classes, dropPath);
    }

    public Config withDropPath(double dropPath) {
      return new Config(block, depths, width, stem, inChannels, classes, dropPath);
    }
  }

  private final Config config;
  private final Slot conv1;
  private final Slot bn1;
  private final List<Slot> stages = new ArrayList<>(); // layer1 to layer4
  private final Slot fc;

  public ResNet(Config config) {
    this.config = config;
    int width = config.width;
    int kernel = config.stem == Stem.LARGE ? 7 : 3;
    F.Conv conv =
        F.Conv.DEFAULT.withStride(config.stem == Stem.LARGE ? 2 : 1).withPadding(kernel / 2);
    conv1 = slot("conv1", new Conv2d(config.inChannels, width, kernel, conv, Bias.NO));
    bn1 = slot("bn1", new BatchNorm2d(width));
    int blocks = config.depths.stream().mapToInt(Integer::intValue).sum();
    int built = 0;
    int channels = width;
    for (int stage = 0; stage < 4; stage++) {
      List<UnaryLayer> layers = new ArrayList<>();
      for (int i = 0; i < config.depths.get(stage); i++) {
        int stride = i == 0 && stage > 0 ? 2 : 1;
        double dropPath = config.dropPath * built++ / Math.max(1, blocks - 1);
        layers.add(new Block(config.block, channels, width << stage, stride, dropPath));
        channels = (width << stage) * config.block.expansion();
      }
      stages.add(slot("layer" + (stage + 1), new Sequential(layers.toArray(UnaryLayer[]::new))));
    }
    fc = slot("fc", new Linear(channels, config.classes));
  }

  /** Its sizes. */
  public Config config() {
    return config;
  }

  @Override
  public long classes() {
    return config.classes;
  }

  /** Convolutions start normal by fan-out; the head as PyTorch's linear layers do. */
  @Override
  protected void initOwn(Rng rng) {
    for (Layer layer : layers().values()) {
      if (layer instanceof Conv2d conv) {
        conv.weight().set(() -> Init.kaimingNormalFanOut(rng, Math.sqrt(2), conv.weight().shape()));
      }
    }
  }

  @Override
  public Tensor embed(Tensor images) { // [B, C, H, W]
    if (images.dim() != 4 || images.size(1) != config.inChannels) {
      throw new IllegalArgumentException(
          "this ResNet takes images [B, %d, H, W], got %s"
              .formatted(config.inChannels, Arrays.toString(images.shape())));
    }
    return Scope.keep(
        () -> {
          Tensor x = F.reluInPlace(bn1.forward(conv1.forward(images.channelsLast())));
          return config.stem == Stem.LARGE ? F.maxPool2d(x, 3, 2, 1, false) : x;
        }); // [B, w, H/4, W/4]
  }

  @Override
  public Tensor encode(Tensor embedded) {
    Tensor x = embedded;
    for (Slot stage : stages) {
      x = stage.forward(x);
    }
    return x; // [B, 8 w e, H/32, W/32]
  }

  @Override
  public Tensor classify(Tensor features) {
    return fc.forward(features.mean(false, 2, 3)); // [B, K]
  }

  /** Puts every batch norm into the convolution before it. */
  @Override
  public void fold() {
    layers()
        .forEach(
            (path, layer) -> {
              if (layer instanceof BatchNorm2d norm) {
                replace(convBefore(path), conv -> folded((Conv2d) conv, norm));
                replace(path, old -> new Activation(Activation.Kind.IDENTITY));
                norm.close();
              }
            });
  }

  private static Conv2d folded(Conv2d conv, BatchNorm2d norm) {
    Conv2d result = conv.withBias();
    norm.foldInto(result);
    conv.close();
    return result;
  }

  /** {@code layer1.0.bn2} follows {@code layer1.0.conv2}, {@code downsample.1} {@code .0}. */
  private static String convBefore(String norm) {
    return norm.replaceFirst("bn(\\d)$", "conv$1").replaceFirst("downsample\\.1$", "downsample.0");
  }
}
