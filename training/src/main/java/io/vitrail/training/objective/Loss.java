package io.vitrail.training.objective;

import io.vitrail.tensor.Tensor;

/** How wrong class scores are, as a mean over the batch. */
public sealed interface Loss permits CrossEntropy, BinaryCrossEntropy {

  /**
   * The loss of {@code logits} [B, K] against the data.
   *
   * @param targets class numbers [B] of int64, or shares of classes [B, K] as mixing gives them
   */
  Tensor of(Tensor logits, Tensor targets);

  /** What another branch of the network is to match: probabilities [B, K], detached. */
  Tensor targetsFrom(Tensor logits);

  /** The loss of {@code logits} [B, K] against {@link #targetsFrom} another branch. */
  Tensor ofBranch(Tensor logits, Tensor probabilities);
}
