package io.vitrail.nn;

import io.vitrail.tensor.Tensor;
import java.util.function.UnaryOperator;

/** The place of a child in its parent: what stands in it may be replaced, by LoRA for instance. */
public final class Slot {
  private final String name;
  private final boolean replaceable;
  private Layer content;

  Slot(String name, Layer content, boolean replaceable) {
    this.name = name;
    this.content = content;
    this.replaceable = replaceable;
  }

  /** Runs the layer that stands here. */
  public Tensor forward(Tensor x) {
    return layer().forward(x);
  }

  /** The layer that stands here. */
  public UnaryLayer layer() {
    return (UnaryLayer) content;
  }

  Layer content() {
    return content;
  }

  void checkReplaceable(String path) {
    if (!replaceable) {
      throw new IllegalArgumentException(
          "'"
              + path
              + "' is a "
              + content.getClass().getSimpleName()
              + ", which its parent uses by type; only layers from one tensor to one can be replaced");
    }
  }

  void replace(UnaryOperator<UnaryLayer> change) {
    content = change.apply(layer());
  }

  @Override
  public String toString() {
    return name + ": " + content.getClass().getSimpleName();
  }
}
