package io.vitrail.masksub;

import io.vitrail.masksub.Masking.ResNetBlocks;
import io.vitrail.nn.Param;
import io.vitrail.tensor.F;
import io.vitrail.tensor.Tensor;
import io.vitrail.vision.ImageModel;
import io.vitrail.vision.resnet.ResNet;
import io.vitrail.vision.swin.Swin;
import io.vitrail.vision.vit.VisionTransformer;

/** How one kind of network is masked. */
sealed interface Backbone {

  /** Units of each image, L, row by row. */
  int units(Tensor images);

  /** Units that are seen when {@code keep} of {@code units} are kept. */
  default int visible(int units, int keep) {
    return keep;
  }

  /**
   * Scores [B, K] of the masked images.
   *
   * @param kept [B, keep] numbers of the kept units, int64, each once in a row
   */
  Tensor forward(Tensor images, Tensor kept);

  /** The one for {@code model}. */
  static Backbone of(ImageModel model, ResNetBlocks resnetBlocks) {
    if (model instanceof VisionTransformer vit) {
      return new MaskedVit(vit);
    } else if (model instanceof ResNet resnet) {
      return new MaskedResNet(resnet, resnetBlocks);
    } else if (model instanceof Swin swin) {
      return new MaskedSwin(swin);
    }
    throw new IllegalArgumentException(
        "masking knows VisionTransformer, ResNet and Swin, not "
            + model.getClass().getSimpleName());
  }

  /** Tokens of patches are left out; the class token always stays. */
  record MaskedVit(VisionTransformer vit) implements Backbone {
    @Override
    public int units(Tensor images) {
      return vit.grid() * vit.grid();
    }

    @Override
    public Tensor forward(Tensor images, Tensor kept) {
      Tensor tokens = vit.embed(images); // [B, P + L, D]
      int prefix = vit.prefixTokens();
      Tensor patches = tokens.narrow(1, prefix, tokens.size(1) - prefix); // [B, L, D]
      Tensor rows = kept.unsqueeze(-1).expand(-1, -1, tokens.size(2));
      Tensor seen = F.cat(1, tokens.narrow(1, 0, prefix), patches.gather(1, rows));
      return vit.classify(vit.encode(seen)); // [B, P + keep, D]
    }
  }

  /** Blocks of the image become zeros. */
  record MaskedResNet(ResNet resnet, ResNetBlocks blocks) implements Backbone {
    @Override
    public int units(Tensor images) {
      return PixelBlocks.of(images).count();
    }

    @Override
    public int visible(int units, int keep) {
      return blocks == ResNetBlocks.OFFICIAL ? units - keep : keep;
    }

    @Override
    public Tensor forward(Tensor images, Tensor kept) {
      Tensor inKept = PixelBlocks.of(images).where(kept, PixelBlocks.SIDE); // [B, H, W]
      Tensor mask = blocks == ResNetBlocks.OFFICIAL ? inKept.subFrom(1) : inKept;
      return resnet.forward(images.mul(mask.unsqueeze(1)));
    }
  }

  /** A learnt token takes the place of the tokens of the blocks that were not kept. */
  record MaskedSwin(Swin swin) implements Backbone {
    @Override
    public int units(Tensor images) {
      return PixelBlocks.of(images).count();
    }

    @Override
    public Tensor forward(Tensor images, Tensor kept) {
      Tensor token = swin.maskToken().map(Param::value).orElseThrow(MaskedSwin::withoutToken);
      Tensor x = swin.embed(images); // [B, H / 4, W / 4, D]
      int tokens = PixelBlocks.SIDE / swin.config().patchSize();
      Tensor seen = PixelBlocks.of(images).where(kept, tokens).unsqueeze(-1).to(x.dtype());
      Tensor masked = x.mul(seen).add(token.mul(seen.subFrom(1)));
      return swin.classify(swin.encode(masked));
    }

    private static IllegalArgumentException withoutToken() {
      return new IllegalArgumentException(
          "this Swin has no mask token to put in place of what is hidden; build it with"
              + " config.withMaskToken(Swin.MaskToken.LEARNT)");
    }
  }
}
