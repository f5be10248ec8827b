package io.vitrail.cutout.isnet;

import io.vitrail.nn.Conv2d;
import io.vitrail.nn.Layer;
import io.vitrail.nn.Slot;
import io.vitrail.tensor.DType;
import io.vitrail.tensor.F;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The segmentation network of IS-Net (Qin et al., 2022, arXiv 2203.03041, section 4), "ISNetDIS" in
 * the reference.
 *
 * <p>Input {@code [B, C, H, W]}, RGB in [-0.5, 0.5], trained at 1024 x 1024. Six decoder stages
 * each give a map; the first one is the answer, the others supervise training.
 */
public final class IsNet extends Layer {
  /**
   * Sizes of the network.
   *
   * @param inputChannels 3 for IS-Net; 5 for the second stage of DIS-SAM
   * @param width channels of the first stage: 64; smaller ones, such as 8, for tests and desks
   */
  public record Config(int inputChannels, int width) {
    /** IS-Net as published. */
    public static final Config ISNET = new Config(3, 64);

    public Config {
      if (inputChannels < 1 || width < 4 || width % 4 != 0) {
        throw new IllegalArgumentException(
            "IS-Net needs input channels >= 1 and a width that is a multiple of 4; got "
                + inputChannels
                + " and "
                + width);
      }
    }
  }

  private final Config config;
  private final Conv2d convIn;
  private final Slot stage1;
  private final Slot stage2;
  private final Slot stage3;
  private final Slot stage4;
  private final Slot stage5;
  private final Slot stage6;
  private final Slot stage5d;
  private final Slot stage4d;
  private final Slot stage3d;
  private final Slot stage2d;
  private final Slot stage1d;
  private final List<Conv2d> sides = new ArrayList<>();

  public IsNet(Config config) {
    this.config = config;
    int w = config.width;
    convIn =
        child(
            "conv_in",
            new Conv2d(config.inputChannels, w, 3, F.Conv.DEFAULT.withStride(2).withPadding(1)));
    stage1 = slot("stage1", new Rsu(7, w, w / 2, w));
    stage2 = slot("stage2", new Rsu(6, w, w / 2, 2 * w));
    stage3 = slot("stage3", new Rsu(5, 2 * w, w, 4 * w));
    stage4 = slot("stage4", new Rsu(4, 4 * w, 2 * w, 8 * w));
    stage5 = slot("stage5", new DilatedRsu(8 * w, 4 * w, 8 * w));
    stage6 = slot("stage6", new DilatedRsu(8 * w, 4 * w, 8 * w));
    stage5d = slot("stage5d", new DilatedRsu(16 * w, 4 * w, 8 * w));
    stage4d = slot("stage4d", new Rsu(4, 16 * w, 2 * w, 4 * w));
    stage3d = slot("stage3d", new Rsu(5, 8 * w, w, 2 * w));
    stage2d = slot("stage2d", new Rsu(6, 4 * w, w / 2, w));
    stage1d = slot("stage1d", new Rsu(7, 2 * w, w / 4, w));
    int[] sideChannels = {w, w, 2 * w, 4 * w, 8 * w, 8 * w};
    for (int i = 0; i < sideChannels.length; i++) {
      sides.add(
          child(
              "side" + (i + 1), new Conv2d(sideChannels[i], 1, 3, F.Conv.DEFAULT.withPadding(1))));
    }
  }

  /** Its sizes. */
  public Config config() {
    return config;
  }

  /**
   * What the six stages give, from the finest to the coarsest.
   *
   * @param maps probabilities, each [B, 1, H, W] in [0, 1]
   * @param features inputs of the side convolutions, for feature synchronisation
   */
  public record Output(List<Tensor> maps, List<Tensor> features) {}

  /** All six maps, as training needs them. */
  public Output forward(Tensor x) { // [B, C, H, W]
    List<Tensor> features = features(x);
    List<Tensor> maps = new ArrayList<>();
    for (int i = 0; i < features.size(); i++) {
      maps.add(map(sides.get(i), features.get(i), x));
    }
    return new Output(List.copyOf(maps), features);
  }

  /** The answer alone: [B, 1, H, W] in [0, 1]. */
  public Tensor predict(Tensor x) {
    return Scope.keep(() -> map(sides.get(0), features(x).get(0), x));
  }

  private List<Tensor> features(Tensor x) {
    Tensor hx = convIn.forward(x); // [B, w, H/2, W/2]
    Tensor hx1 = stage1.forward(hx);
    Tensor hx2 = down(stage2, hx1); // [B, 2w, H/4, W/4]
    Tensor hx3 = down(stage3, hx2); // [B, 4w, H/8, W/8]
    Tensor hx4 = down(stage4, hx3); // [B, 8w, H/16, W/16]
    Tensor hx5 = down(stage5, hx4); // [B, 8w, H/32, W/32]
    Tensor hx6 = down(stage6, hx5); // [B, 8w, H/64, W/64]
    Tensor hx5d = up(stage5d, hx6, hx5); // [B, 8w, H/32, W/32]
    Tensor hx4d = up(stage4d, hx5d, hx4); // [B, 4w, H/16, W/16]
    Tensor hx3d = up(stage3d, hx4d, hx3); // [B, 2w, H/8, W/8]
    Tensor hx2d = up(stage2d, hx3d, hx2); // [B, w, H/4, W/4]
    Tensor hx1d = up(stage1d, hx2d, hx1); // [B, w, H/2, W/2]
    return List.of(hx1d, hx2d, hx3d, hx4d, hx5d, hx6);
  }

  private static Tensor down(Slot stage, Tensor x) {
    return Scope.keep(() -> stage.forward(Maps.halved(x)));
  }

  private static Tensor up(Slot stage, Tensor deeper, Tensor skip) {
    return Scope.keep(() -> stage.forward(F.cat(1, Maps.resizedTo(skip, deeper), skip)));
  }

  /**
   * The sigmoid comes after the resize. In float32: in bfloat16, edges near 0.5 would be coarse.
   */
  static Tensor map(Conv2d side, Tensor feature, Tensor input) {
    return F.sigmoid(Maps.resizedTo(input, side.forward(feature).to(DType.F32)));
  }

  /**
   * Makes this network an inference network: every batch norm goes into the convolution before it.
   * It cannot be trained afterwards.
   */
  public IsNet fold() {
    return eachUnit(ConvUnit::fold);
  }

  /**
   * Leaves every batch norm out, before loading weights that have them in the convolutions: the
   * form {@link #fold()} gives.
   */
  IsNet dropBatchNorms() {
    return eachUnit(ConvUnit::dropBatchNorm);
  }

  private IsNet eachUnit(Consumer<ConvUnit> change) {
    for (Layer layer : layers().values()) {
      if (layer instanceof ConvUnit unit) {
        change.accept(unit);
      }
    }
    return this;
  }
}
