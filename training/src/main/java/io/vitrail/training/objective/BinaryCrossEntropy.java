package io.vitrail.training.objective;

import io.vitrail.tensor.DType;
import io.vitrail.tensor.F;
import io.vitrail.tensor.Tensor;

/**
 * Each class on its own, present or not: the mean over batch and classes of the binary
 * cross-entropy of {@code sigmoid(x)}, as DeiT-III and ResNet strikes back train.
 *
 * @param mixed what becomes of mixed targets
 */
public record BinaryCrossEntropy(Mixed mixed) implements Loss {
  /** What becomes of targets that mixing made shares. */
  public enum Mixed {
    /** Every class of a share above 0 counts as present (DeiT-III). */
    PRESENT,
    /** Shares stay shares (ResNet strikes back). */
    SHARES
  }

  @Override
  public Tensor of(Tensor logits, Tensor targets) {
    Tensor shares =
        targets.dtype() == DType.I64
            ? F.oneHot(targets, (int) logits.size(-1)).to(DType.F32)
            : targets;
    return ofBranch(logits, mixed == Mixed.PRESENT ? shares.gt(0).to(DType.F32) : shares);
  }

  @Override
  public Tensor targetsFrom(Tensor logits) {
    return F.sigmoid(logits.detach());
  }

  @Override
  public Tensor ofBranch(Tensor logits, Tensor probabilities) {
    return F.bceWithLogits(logits, probabilities);
  }
}
