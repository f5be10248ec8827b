package io.vitrail.cutout.isnet;

import io.vitrail.nn.BatchNorm2d;
import io.vitrail.nn.Conv2d;
import io.vitrail.nn.Layer;
import io.vitrail.nn.Slot;
import io.vitrail.nn.UnaryLayer;
import io.vitrail.tensor.F;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The ground-truth encoder of IS-Net (arXiv 2203.03041, section 4.2): learns to give masks back,
 * and then supervises the features of {@link IsNet} in training. Input: masks [B, 1, H, W] in [0,
 * 1].
 */
public final class GtEncoder extends Layer {
  private final InputUnit convIn;
  private final List<Slot> stages = new ArrayList<>();
  private final List<Conv2d> sides = new ArrayList<>();

  /**
   * @param width channels of its first convolution: 16 as published, a quarter of the width of the
   *     {@link IsNet} it supervises
   */
  public GtEncoder(int width) {
    if (width < 1) {
      throw new IllegalArgumentException(
          "the ground-truth encoder needs a width of at least 1, got " + width);
    }
    int w = width;
    convIn = child("conv_in", new InputUnit(w));
    add(new Rsu(7, w, w, 4 * w));
    add(new Rsu(6, 4 * w, w, 4 * w));
    add(new Rsu(5, 4 * w, 2 * w, 8 * w));
    add(new Rsu(4, 8 * w, 2 * w, 16 * w));
    add(new DilatedRsu(16 * w, 4 * w, 32 * w));
    add(new DilatedRsu(32 * w, 4 * w, 32 * w));
    int[] sideChannels = {4 * w, 4 * w, 8 * w, 16 * w, 32 * w, 32 * w};
    for (int i = 0; i < sideChannels.length; i++) {
      sides.add(
          child(
              "side" + (i + 1), new Conv2d(sideChannels[i], 1, 3, F.Conv.DEFAULT.withPadding(1))));
    }
  }

  private void add(UnaryLayer stage) {
    stages.add(slot("stage" + (stages.size() + 1), stage));
  }

  /** Six maps and the features they come from, of the sizes of {@link IsNet}'s. */
  public IsNet.Output forward(Tensor x) { // [B, 1, H, W]
    List<Tensor> features = new ArrayList<>();
    Tensor hx = convIn.forward(x); // [B, w, H/2, W/2]
    for (int i = 0; i < stages.size(); i++) {
      Tensor before = hx;
      Slot stage = stages.get(i);
      boolean first = i == 0;
      hx = Scope.keep(() -> stage.forward(first ? before : Maps.halved(before)));
      features.add(hx);
    }
    List<Tensor> maps = new ArrayList<>();
    for (int i = 0; i < features.size(); i++) {
      maps.add(IsNet.map(sides.get(i), features.get(i), x));
    }
    return new IsNet.Output(List.copyOf(maps), List.copyOf(features));
  }

  /** Convolution with stride 2, batch norm, ReLU. */
  private static final class InputUnit extends UnaryLayer {
    private final Conv2d conv;
    private final BatchNorm2d bn;

    InputUnit(int out) {
      conv = child("conv", new Conv2d(1, out, 3, F.Conv.DEFAULT.withStride(2).withPadding(1)));
      bn = child("bn", new BatchNorm2d(out));
    }

    @Override
    public Tensor forward(Tensor x) {
      return F.reluInPlace(bn.forward(conv.forward(x)));
    }
  }
}
