package io.vitrail.tensor;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Gradients beyond {@link Tensor#backward()}. */
public final class Autograd {
  private Autograd() {}

  /**
   * The gradients of one-element {@code output} with respect to {@code inputs}, given back instead
   * of added to {@link Tensor#grad()}. With {@code createGraph} they can be differentiated again.
   *
   * @param output one element
   * @throws TensorException if an input does not lead to {@code output}
   */
  public static List<Tensor> grad(Tensor output, List<Tensor> inputs, boolean createGraph) {
    TensorVector to =
        new TensorVector(
            inputs.stream().map(Tensor::nat).toArray(org.bytedeco.pytorch.Tensor[]::new));
    return Tensor.runAll(
        "grad",
        () ->
            torch.grad(
                new TensorVector(output.nat()),
                to,
                new TensorVector(),
                new BoolOptional(createGraph),
                createGraph,
                false),
        output);
  }

  /**
   * Gradient checkpointing (Chen et al., 2016, arXiv 1604.06174): {@code body(x)}, of which nothing
   * but {@code x} is kept for backward; there, {@code body} runs again, under the same autocast.
   * Memory for time.
   *
   * @param body must compute the same when it runs again; for random numbers inside of it use
   *     {@link #checkpoint(UnaryOperator, Tensor, Rng)}
   */
  public static Tensor checkpoint(UnaryOperator<Tensor> body, Tensor x) {
    if (!Mode.gradEnabled()) {
      return body.apply(x);
    }
    Supplier<Mode> autocast = Mode.sameAutocast();
    return custom(
        inputs -> body.apply(inputs.get(0)),
        (inputs, outer) -> {
          Tensor again = inputs.get(0).requiresGrad(inputs.get(0).dtype().isFloating());
          Tensor y;
          try (Mode grad = Mode.withGrad();
              Mode cast = autocast.get()) {
            y = body.apply(again);
          }
          y.backward(outer);
          Tensor gradient = again.grad();
          return List.of(gradient == null ? again.zerosLike() : gradient);
        },
        x);
  }

  /** {@link #checkpoint(UnaryOperator, Tensor)} whose body draws from {@code rng}. */
  public static Tensor checkpoint(UnaryOperator<Tensor> body, Tensor x, Rng rng) {
    byte[] start = rng.state();
    AtomicBoolean first = new AtomicBoolean(true);
    return checkpoint(
        input -> {
          if (first.getAndSet(false)) {
            return body.apply(input);
          }
          byte[] now = rng.state();
          rng.restore(start);
          try {
            return body.apply(input);
          } finally {
            rng.restore(now);
          }
        },
        x);
  }

  /** The backward of a {@link #custom} operator. */
  @FunctionalInterface
  public interface Backward {
    /** Gradients for {@code inputs}, in order, from the gradient of the output. */
    List<Tensor> apply(List<Tensor> inputs, Tensor outer);
  }

  /**
   * An operator with a backward of one's own. {@code forward} runs without recording; backward runs
   * once and cannot be differentiated again. What either makes on its way is freed at its end.
   *
   * <p>The engine's own hook for this cannot be reached from Java, so gradients pass through tensor
   * hooks: one on the output computes them, one on each input puts them in.
   */
  public static Tensor custom(
      Function<List<Tensor>, Tensor> forward, Backward backward, Tensor... inputs) {
    return Scope.keep(
        () -> {
          Tensor output;
          try (Mode mode = Mode.noGrad()) {
            output = Scope.keep(() -> forward.apply(List.of(inputs)).detach());
          }
          return Mode.gradEnabled() ? record(output, backward, inputs) : output;
        });
  }

  private static Tensor record(Tensor output, Backward backward, Tensor... inputs) {
    CustomNode node = new CustomNode(backward, inputs);
    Tensor tie = Tensor.full(0, output.dtype()).to(output.device());
    for (int i = 0; i < inputs.length; i++) {
      if (inputs[i].requiresGrad()) {
        tie = tie.add(node.putInto(i, inputs[i]).to(output.dtype()));
      }
    }
    // Parameters inside of backward need it to run even where no input has a gradient.
    tie = tie.requiresGrad() ? tie : tie.requiresGrad(true);
    Tensor result = output.add(tie);
    node.computeAt(result);
    return result;
  }
}
