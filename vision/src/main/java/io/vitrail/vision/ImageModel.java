package io.vitrail.vision;

import io.vitrail.nn.UnaryLayer;
import io.vitrail.tensor.Tensor;

/**
 * A network from images to class scores, in three steps that methods such as masking and prompting
 * can come between: {@code classify(encode(embed(images)))}.
 */
public abstract class ImageModel extends UnaryLayer {

  /** The first step, before any block: images [B, C, H, W], normalised, to tokens or a map. */
  public abstract Tensor embed(Tensor images);

  /** The body: what {@link #embed} gave to normalised features of the same kind. */
  public abstract Tensor encode(Tensor embedded);

  /** Pooling and head: features to scores, [B, K]. */
  public abstract Tensor classify(Tensor features);

  /** Number of classes, K. */
  public abstract long classes();

  /**
   * Makes this a network for inference alone, faster where there is a way to. It can then be
   * neither trained nor saved.
   */
  public void fold() {}

  /** Class scores before softmax: [B, C, H, W] gives [B, K]. */
  @Override
  public final Tensor forward(Tensor images) {
    return classify(encode(embed(images)));
  }
}
