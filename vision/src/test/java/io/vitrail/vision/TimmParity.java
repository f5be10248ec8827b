package io.vitrail.vision;

import io.vitrail.nn.Layer;
import io.vitrail.nn.Param;
import io.vitrail.nn.UnaryLayer;
import io.vitrail.tensor.Mode;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.testkit.Formula;
import io.vitrail.testkit.Goldens;
import io.vitrail.testkit.TensorAssertions;
import io.vitrail.testkit.Thin;
import java.util.List;

/** Compares a network with what timm gave for it, as tools/goldens/vision/conv.py records it. */
public final class TimmParity implements AutoCloseable {
  private final Goldens goldens;
  private final String name;

  public TimmParity(String resource, String name) {
    goldens = Goldens.open(resource);
    this.name = name;
  }

  /** The scores in inference, for images {@code given("image", ...)}. */
  public void assertScores(ImageModel net, long... imageShape) {
    try (Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      Tensor scores = net.forward(Formula.given("image", imageShape));
      assertClose("logits", scores, 1e-4);
    }
  }

  /** Runs the layers at {@code paths} one after the other on {@code x}, and compares each. */
  public Tensor assertLayers(Layer net, Tensor x, double tolerance, List<String> paths) {
    for (String path : paths) {
      x = ((UnaryLayer) net.layer(path)).forward(x);
      assertClose(path, x, tolerance);
    }
    return x;
  }

  /** Scores, gradients and running statistics of one step in training mode. */
  public void assertTrainingStep(
      ImageModel net, List<String> gradients, List<String> statistics, long... imageShape) {
    try (Scope scope = Scope.open();
        Rng rng = Rng.seeded(1)) {
      net.train(rng);
      Tensor scores = net.forward(Formula.given("image", imageShape));
      assertClose("train/logits", scores, 1e-4);
      scores.mul(Formula.given("loss", scores.shape())).sum().backward();
      for (String key : gradients) {
        Tensor gradient = param(net, key).value().grad();
        if (gradient == null) {
          throw new AssertionError(key + " has no gradient");
        }
        assertRelative("grad/" + key, gradient, 1e-4);
      }
      for (String key : statistics) {
        assertClose("train/" + key, param(net, key).value(), 1e-5);
      }
    }
  }

  /** Checks a result against the golden at {@code key}. */
  public void assertClose(String key, Tensor actual, double tolerance) {
    TensorAssertions.assertClose(
        name + "/" + key, Thin.of(actual), goldens.tensor(name + "/" + key), tolerance);
  }

  /** {@link #assertClose} where {@code tolerance} is a share of the largest element. */
  private void assertRelative(String key, Tensor actual, double tolerance) {
    Tensor expected = goldens.tensor(name + "/" + key);
    double largest = expected.abs().max().item();
    TensorAssertions.assertClose(
        name + "/" + key, Thin.of(actual).div(largest), expected.div(largest), tolerance);
  }

  private static Param param(Layer net, String key) {
    Param param = net.state().get(key);
    if (param == null) {
      throw new AssertionError("no entry " + key);
    }
    return param;
  }

  @Override
  public void close() {
    goldens.close();
  }
}
