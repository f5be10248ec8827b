package io.vitrail.vision.vit;

import io.vitrail.nn.DropPath;
import io.vitrail.nn.Identity;
import io.vitrail.nn.LayerNorm;
import io.vitrail.nn.LayerScale;
import io.vitrail.nn.Mlp;
import io.vitrail.nn.MultiHeadAttention;
import io.vitrail.nn.Slot;
import io.vitrail.nn.UnaryLayer;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;

/**
 * A pre-norm transformer block, [B, N, D] to [B, N, D]:
 *
 * <pre>
 * x = skip1(x) + drop_path1(ls1(attn(norm1(x))))
 * x = middle(x)
 * x = skip2(x) + drop_path2(ls2(mlp(norm2(x))))
 * </pre>
 *
 * <p>{@code skip1}, {@code middle} and {@code skip2} are identities and hold no parameters: the
 * places where adapters reach the residual stream. All names but {@code drop_path1} and {@code
 * drop_path2} are slots.
 */
public final class Block extends UnaryLayer {
  private final Slot skip1;
  private final Slot norm1;
  private final Slot attn;
  private final Slot ls1;
  private final DropPath dropPath1;
  private final Slot middle;
  private final Slot skip2;
  private final Slot norm2;
  private final Slot mlp;
  private final Slot ls2;
  private final DropPath dropPath2;

  /**
   * @param index its place in the network, from 0
   */
  Block(VisionTransformer.Config config, int index) {
    Size size = config.size();
    Style style = config.style();
    int width = size.width();
    double dropout = config.drop().dropout();
    double dropPath = config.drop().dropPathAt(index, size.depth());
    skip1 = slot("skip1", new Identity());
    norm1 = slot("norm1", new LayerNorm(width, style.eps()));
    attn = slot("attn", new MultiHeadAttention(width, size.heads(), dropout));
    ls1 = slot("ls1", layerScale(config));
    dropPath1 = child("drop_path1", new DropPath(dropPath));
    middle = slot("middle", new Identity());
    skip2 = slot("skip2", new Identity());
    norm2 = slot("norm2", new LayerNorm(width, style.eps()));
    mlp = slot("mlp", new Mlp(width, size.mlpWidth(), width, style.activation(), dropout));
    ls2 = slot("ls2", layerScale(config));
    dropPath2 = child("drop_path2", new DropPath(dropPath));
  }

  private static UnaryLayer layerScale(VisionTransformer.Config config) {
    return config.layerScale() == 0
        ? new Identity()
        : new LayerScale(config.size().width(), config.layerScale());
  }

  @Override
  public Tensor forward(Tensor input) { // [B, N, D]
    return Scope.keep(
        () -> {
          Tensor x = input;
          x = skip1.forward(x).add(dropPath1.forward(ls1.forward(attn.forward(norm1.forward(x)))));
          x = middle.forward(x);
          return skip2
              .forward(x)
              .add(dropPath2.forward(ls2.forward(mlp.forward(norm2.forward(x)))));
        });
  }
}
