package io.vitrail.cutout.isnet;

import io.vitrail.nn.UnaryLayer;
import io.vitrail.tensor.F;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;

/**
 * Residual U-block for small maps, "RSU4F" in the reference: grows the dilation where {@link Rsu}
 * pools. [B, in, H, W] gives [B, out, H, W].
 */
final class DilatedRsu extends UnaryLayer {
  private final ConvUnit input;
  private final ConvUnit unit1;
  private final ConvUnit unit2;
  private final ConvUnit unit3;
  private final ConvUnit unit4;
  private final ConvUnit unit3d;
  private final ConvUnit unit2d;
  private final ConvUnit unit1d;

  DilatedRsu(int in, int mid, int out) {
    input = child("rebnconvin", new ConvUnit(in, out, 1));
    unit1 = child("rebnconv1", new ConvUnit(out, mid, 1));
    unit2 = child("rebnconv2", new ConvUnit(mid, mid, 2));
    unit3 = child("rebnconv3", new ConvUnit(mid, mid, 4));
    unit4 = child("rebnconv4", new ConvUnit(mid, mid, 8));
    unit3d = child("rebnconv3d", new ConvUnit(2 * mid, mid, 4));
    unit2d = child("rebnconv2d", new ConvUnit(2 * mid, mid, 2));
    unit1d = child("rebnconv1d", new ConvUnit(2 * mid, out, 1));
  }

  @Override
  public Tensor forward(Tensor x) {
    return Scope.keep(() -> block(x));
  }

  private Tensor block(Tensor x) {
    Tensor hxin = input.forward(x); // [B, out, H, W]
    Tensor hx1 = unit1.forward(hxin); // [B, mid, H, W]
    Tensor hx2 = unit2.forward(hx1);
    Tensor hx3 = unit3.forward(hx2);
    Tensor hx4 = unit4.forward(hx3);
    Tensor hx3d = unit3d.forward(F.cat(1, hx4, hx3));
    Tensor hx2d = unit2d.forward(F.cat(1, hx3d, hx2));
    Tensor hx1d = unit1d.forward(F.cat(1, hx2d, hx1)); // [B, out, H, W]
    return Maps.added(hx1d, hxin);
  }
}
