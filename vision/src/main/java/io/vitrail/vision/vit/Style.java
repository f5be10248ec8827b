package io.vitrail.vision.vit;

import io.vitrail.nn.Activation;

/**
 * What published vision transformers differ in besides their sizes.
 *
 * @param positions where position embeddings go
 * @param stem what surrounds the patch projection
 * @param activation of the MLPs
 * @param eps of all layer norms
 * @param pool what the head sees
 * @param headStd deviation of the head's start, truncated normal
 */
public record Style(
    Positions positions,
    Stem stem,
    Activation.Kind activation,
    double eps,
    Pool pool,
    double headStd) {

  /** Where position embeddings go. */
  public enum Positions {
    /** On class token and patches. */
    ALL_TOKENS,
    /** On patches alone, before the class token is put in front: DeiT-III. */
    PATCHES
  }

  /** What surrounds the patch projection. */
  public enum Stem {
    /** The projection has a bias. */
    BIAS,
    /** No bias, but a layer norm {@code norm_pre} after the positions: CLIP. */
    NORM
  }

  /** What the head sees. */
  public enum Pool {
    /** The class token, after the final {@code norm}. */
    CLASS_TOKEN,
    /** The mean of the patch tokens that are there, then {@code fc_norm}; no {@code norm}: MAE. */
    PATCH_MEAN
  }

  /** Dosovitskiy et al., 2021, arXiv 2010.11929, as timm builds it; also DeiT (2012.12877). */
  public static final Style VIT =
      new Style(
          Positions.ALL_TOKENS, Stem.BIAS, Activation.Kind.GELU, 1e-6, Pool.CLASS_TOKEN, 0.02);

  /** DeiT-III: Touvron et al., 2022, arXiv 2204.07118; it goes with a layer scale. */
  public static final Style DEIT3 =
      new Style(Positions.PATCHES, Stem.BIAS, Activation.Kind.GELU, 1e-6, Pool.CLASS_TOKEN, 0.02);

  /** Fine-tuning of masked autoencoders: He et al., 2022, arXiv 2111.06377, appendix A.1. */
  public static final Style MAE =
      new Style(Positions.ALL_TOKENS, Stem.BIAS, Activation.Kind.GELU, 1e-6, Pool.PATCH_MEAN, 2e-5);

  /** CLIP's image encoder: Radford et al., 2021, arXiv 2103.00020; its head is the projection. */
  public static final Style CLIP =
      new Style(
          Positions.ALL_TOKENS,
          Stem.NORM,
          Activation.Kind.QUICK_GELU,
          1e-5,
          Pool.CLASS_TOKEN,
          0.02);

  public Style {
    if (!(eps > 0) || !(headStd > 0)) {
      throw new IllegalArgumentException(
          "eps and headStd are above 0, got %s and %s".formatted(eps, headStd));
    }
  }

  public Style withPool(Pool value) {
    return new Style(positions, stem, activation, eps, value, headStd);
  }
}
