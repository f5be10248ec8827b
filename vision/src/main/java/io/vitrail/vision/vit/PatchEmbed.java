package io.vitrail.vision.vit;

import io.vitrail.nn.Bias;
import io.vitrail.nn.Conv2d;
import io.vitrail.nn.Slot;
import io.vitrail.nn.UnaryLayer;
import io.vitrail.tensor.F;
import io.vitrail.tensor.Tensor;

/**
 * One linear map for each patch, as a convolution with kernel = stride = P: [B, C, H, W] gives [B,
 * (H/P) (W/P), D], row by row. Pixels right and below that fill no patch are not seen.
 */
public final class PatchEmbed extends UnaryLayer {
  private final Slot proj;

  PatchEmbed(VisionTransformer.Config config, Bias bias) {
    int patch = config.patchSize();
    F.Conv apart = F.Conv.DEFAULT.withStride(patch);
    proj = slot("proj", new Conv2d(config.channels(), config.size().width(), patch, apart, bias));
  }

  @Override
  public Tensor forward(Tensor x) { // [B, C, H, W]
    return proj.forward(x).flatten(2, 3).transpose(1, 2); // [B, N, D]
  }
}
