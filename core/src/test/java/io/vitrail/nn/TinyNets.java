package io.vitrail.nn;

import io.vitrail.tensor.F;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Tensor;
import java.util.List;

/** Small networks for tests; tools/goldens/core/ops.py has the same ones. */
final class TinyNets {
  private TinyNets() {}

  /** A pre-norm transformer block. */
  static final class Block extends UnaryLayer {
    private final Slot norm1;
    private final Slot attn;
    private final Slot norm2;
    private final Slot mlp;

    Block(int width, int heads) {
      norm1 = slot("norm1", new LayerNorm(width, 1e-6));
      attn = slot("attn", new MultiHeadAttention(width, heads));
      norm2 = slot("norm2", new LayerNorm(width, 1e-6));
      mlp = slot("mlp", new Mlp(width, 2L * width, width, Activation.Kind.GELU));
    }

    @Override
    public Tensor forward(Tensor x) { // [B, N, D]
      x = x.add(attn.forward(norm1.forward(x)));
      return x.add(mlp.forward(norm2.forward(x)));
    }
  }

  /** [B, 3, 8, 8] to 3 logits. */
  static final class Vit extends UnaryLayer {
    private final Param clsToken = param("cls_token", 1, 1, 8);
    private final Param posEmbed = param("pos_embed", 1, 5, 8);
    private final Slot patchEmbed =
        slot("patch_embed", new Conv2d(3, 8, 4, F.Conv.DEFAULT.withStride(4)));
    private final LayerList<Block> blocks =
        child("blocks", new LayerList<>(List.of(new Block(8, 2), new Block(8, 2))));
    private final Slot norm = slot("norm", new LayerNorm(8, 1e-6));
    private final Slot head = slot("head", new Linear(8, 3));

    @Override
    protected void initOwn(Rng rng) {
      clsToken.set(() -> Init.truncNormal(rng, 0.02, clsToken.shape()));
      posEmbed.set(() -> Init.truncNormal(rng, 0.02, posEmbed.shape()));
    }

    @Override
    public Tensor forward(Tensor x) {
      x = patchEmbed.forward(x).flatten(2, 3).transpose(1, 2); // [B, N, D]
      x = F.cat(1, clsToken.value().expand(x.size(0), -1, -1), x).add(posEmbed.value());
      for (Block block : blocks) {
        x = block.forward(x);
      }
      return head.forward(norm.forward(x).select(1, 0));
    }
  }

  static Sequential conv() {
    F.Conv same = F.Conv.DEFAULT.withPadding(1);
    return new Sequential(
        new Conv2d(3, 6, 3, same, Bias.NO),
        new BatchNorm2d(6),
        new Activation(Activation.Kind.RELU),
        Pool2d.max(2, 2, 0),
        new Conv2d(6, 8, 3, same.withGroups(2)),
        new GroupNorm(4, 8, 1e-5),
        new Activation(Activation.Kind.SILU),
        new ConvTranspose2d(8, 4, 2, F.Conv.DEFAULT.withStride(2), 0, Bias.YES),
        new LayerNorm2d(4, 1e-5),
        Pool2d.globalAverage());
  }
}
