package io.vitrail.tensor;

import java.util.List;
import java.util.Objects;

/** Looks at and limits the gradients of several tensors at once; those without one are left out. */
public final class Gradients {
  private Gradients() {}

  /**
   * The joint Euclidean length of the gradients, in one pass. It is finite only if every gradient
   * is: the cheap way to find a step that must not be taken.
   */
  public static double norm(List<Tensor> tensors) {
    try (Scope scope = Scope.open()) {
      return normOf(of(tensors));
    }
  }

  /**
   * Scales gradients so that their joint Euclidean length is at most {@code max}.
   *
   * @return the length before; if it is not finite, the gradients are as they were
   */
  public static double clipNorm(List<Tensor> tensors, double max) {
    check(max);
    try (Scope scope = Scope.open()) {
      List<Tensor> gradients = of(tensors);
      double norm = normOf(gradients);
      if (norm > max && Double.isFinite(norm)) {
        gradients.forEach(g -> g.mulInPlace(max / (norm + 1e-6))); // PyTorch's 1e-6
      }
      return norm;
    }
  }

  /**
   * Cuts every element of the gradients to [-{@code max}, {@code max}].
   *
   * @return the joint Euclidean length before
   */
  public static double clipValue(List<Tensor> tensors, double max) {
    check(max);
    try (Scope scope = Scope.open()) {
      List<Tensor> gradients = of(tensors);
      double norm = normOf(gradients);
      gradients.forEach(g -> g.clampInPlace(-max, max));
      return norm;
    }
  }

  /** Joint length of tensors: the length of their lengths, fetched from the device once. */
  static double normOf(List<Tensor> gradients) {
    if (gradients.isEmpty()) {
      return 0;
    }
    List<Tensor> lengths = gradients.stream().map(g -> g.norm().to(DType.F64)).toList();
    return F.stack(0, lengths.toArray(Tensor[]::new)).norm().item();
  }

  private static List<Tensor> of(List<Tensor> tensors) {
    return tensors.stream().map(Tensor::grad).filter(Objects::nonNull).toList();
  }

  private static void check(double max) {
    if (!(max > 0)) {
      throw new TensorException("gradients are limited to a number above 0, got " + max);
    }
  }
}
