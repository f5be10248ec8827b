package io.vitrail.training.objective;

import io.vitrail.tensor.DType;
import io.vitrail.tensor.F;
import io.vitrail.tensor.Tensor;

/**
 * {@code -sum_c y_c log softmax(x)_c}.
 *
 * @param smoothing share of the target spread evenly over all classes, in [0, 1); class numbers
 *     only, since mixing smooths its shares itself
 */
public record CrossEntropy(double smoothing) implements Loss {
  public CrossEntropy {
    if (!(smoothing >= 0 && smoothing < 1)) {
      throw new IllegalArgumentException("label smoothing is in [0, 1), got " + smoothing);
    }
  }

  @Override
  public Tensor of(Tensor logits, Tensor targets) {
    return targets.dtype() == DType.I64
        ? F.crossEntropy(logits, targets, smoothing)
        : ofBranch(logits, targets);
  }

  @Override
  public Tensor targetsFrom(Tensor logits) {
    return F.softmax(logits.detach(), -1);
  }

  @Override
  public Tensor ofBranch(Tensor logits, Tensor probabilities) {
    return probabilities.mul(F.logSoftmax(logits, -1)).sum(false, -1).mean().neg();
  }
}
