package io.vitrail.cutout.isnet;

import io.vitrail.nn.UnaryLayer;
import io.vitrail.tensor.F;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Residual U-block of a given depth, "RSU7" to "RSU4" in the reference: a small U-Net inside of one
 * stage (U²-Net, section 3.1). [B, in, H, W] gives [B, out, H, W].
 */
final class Rsu extends UnaryLayer {
  private final ConvUnit input;
  private final List<ConvUnit> encoder = new ArrayList<>(); // 1 .. depth
  private final List<ConvUnit> decoder = new ArrayList<>(); // depth - 1 .. 1

  Rsu(int depth, int in, int mid, int out) {
    input = child("rebnconvin", new ConvUnit(in, out, 1));
    for (int i = 1; i <= depth; i++) {
      int dilation = i == depth ? 2 : 1; // the bottom sees further instead of pooling again
      encoder.add(child("rebnconv" + i, new ConvUnit(i == 1 ? out : mid, mid, dilation)));
    }
    for (int i = depth - 1; i >= 1; i--) {
      decoder.add(child("rebnconv" + i + "d", new ConvUnit(2 * mid, i == 1 ? out : mid, 1)));
    }
  }

  @Override
  public Tensor forward(Tensor x) {
    return Scope.keep(() -> block(x));
  }

  private Tensor block(Tensor x) {
    Tensor hxin = input.forward(x); // [B, out, H, W]
    int bottom = encoder.size() - 1;
    List<Tensor> skips = new ArrayList<>();
    skips.add(encoder.get(0).forward(hxin)); // [B, mid, H, W]
    for (int i = 1; i < bottom; i++) {
      skips.add(encoder.get(i).forward(Maps.halved(skips.get(i - 1)))); // [B, mid, H/2^i, W/2^i]
    }
    Tensor hx = encoder.get(bottom).forward(skips.get(bottom - 1));
    for (int i = 0; i < decoder.size(); i++) {
      Tensor skip = skips.get(bottom - 1 - i);
      Tensor deeper = hx;
      ConvUnit unit = decoder.get(i);
      hx = Scope.keep(() -> unit.forward(F.cat(1, Maps.resizedTo(skip, deeper), skip)));
    }
    return Maps.added(hx, hxin); // [B, out, H, W]
  }
}
