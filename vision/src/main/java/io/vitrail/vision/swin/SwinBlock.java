package io.vitrail.vision.swin;

import io.vitrail.nn.Activation;
import io.vitrail.nn.DropPath;
import io.vitrail.nn.LayerNorm;
import io.vitrail.nn.Mlp;
import io.vitrail.nn.Slot;
import io.vitrail.nn.UnaryLayer;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;

/** Attention within windows, then an MLP, each on a residual branch (equation 3). */
final class SwinBlock extends UnaryLayer {
  private final Windows windows;
  private final Slot norm1;
  private final WindowAttention attn;
  private final DropPath dropPath1;
  private final Slot norm2;
  private final Slot mlp;
  private final DropPath dropPath2;

  SwinBlock(int width, int heads, Windows windows, double dropPath) {
    this.windows = windows;
    norm1 = slot("norm1", new LayerNorm(width, Swin.EPS));
    attn = child("attn", new WindowAttention(width, heads, windows));
    dropPath1 = child("drop_path1", new DropPath(dropPath));
    norm2 = slot("norm2", new LayerNorm(width, Swin.EPS));
    mlp = slot("mlp", new Mlp(width, 4L * width, width, Activation.Kind.GELU));
    dropPath2 = child("drop_path2", new DropPath(dropPath));
  }

  Windows windows() {
    return windows;
  }

  @Override
  public Tensor forward(Tensor x) { // [B, H, W, D]
    return Scope.keep(
        () -> {
          Tensor attended = windows.join(attn.forward(windows.cut(norm1.forward(x))));
          Tensor y = x.add(dropPath1.forward(attended));
          return y.add(dropPath2.forward(mlp.forward(norm2.forward(y))));
        });
  }
}
