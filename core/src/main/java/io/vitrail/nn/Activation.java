package io.vitrail.nn;

import io.vitrail.tensor.F;
import io.vitrail.tensor.Tensor;
import java.util.function.UnaryOperator;

/** An element-wise function as a layer, without parameters. */
public final class Activation extends UnaryLayer {
  /** The functions networks use. */
  public enum Kind {
    RELU(F::relu),
    GELU(F::gelu),
    /** GELU approximated by tanh. */
    GELU_TANH(F::geluTanh),
    /** {@code x sigmoid(1.702 x)}, of CLIP. */
    QUICK_GELU(x -> x.mul(F.sigmoid(x.mul(1.702)))),
    SILU(F::silu),
    SIGMOID(F::sigmoid),
    TANH(Tensor::tanh),
    IDENTITY(x -> x);

    private final UnaryOperator<Tensor> function;

    Kind(UnaryOperator<Tensor> function) {
      this.function = function;
    }

    public Tensor apply(Tensor x) {
      return function.apply(x);
    }
  }

  private final Kind kind;

  public Activation(Kind kind) {
    this.kind = kind;
  }

  @Override
  public Tensor forward(Tensor x) {
    return kind.apply(x);
  }
}
