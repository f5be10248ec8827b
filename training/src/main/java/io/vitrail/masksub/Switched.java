package io.vitrail.masksub;

import io.vitrail.nn.Layer;
import io.vitrail.tensor.Tensor;
import io.vitrail.vision.ImageModel;
import io.vitrail.vision.vit.VisionTransformer;
import java.util.List;
import java.util.function.ObjDoubleConsumer;
import java.util.function.ToDoubleFunction;

/** A pass during which the dropping layers of all blocks have another probability. */
final class Switched {
  private static final String BLOCKS = "blocks.";

  private Switched() {}

  static void check(String name, double p) {
    if (!(p > 0 && p < 1)) {
      throw new IllegalArgumentException(name + " needs a probability in (0, 1), got " + p);
    }
  }

  /** {@code model.forward(images)} with {@code p} in the blocks' layers of this {@code type}. */
  static <L extends Layer> Tensor forward(
      String name,
      ImageModel model,
      Tensor images,
      Class<L> type,
      ToDoubleFunction<L> get,
      ObjDoubleConsumer<L> set,
      double p) {
    if (!(model instanceof VisionTransformer)) {
      throw new IllegalArgumentException(
          "%s drops in the blocks of a VisionTransformer, got a %s; masking works with it"
              .formatted(name, model.getClass().getSimpleName()));
    }
    List<L> layers =
        model.layers().entrySet().stream()
            .filter(entry -> entry.getKey().startsWith(BLOCKS))
            .map(entry -> entry.getValue())
            .filter(type::isInstance)
            .map(type::cast)
            .toList();
    double[] before = layers.stream().mapToDouble(get).toArray();
    try {
      layers.forEach(layer -> set.accept(layer, p));
      return model.forward(images);
    } finally {
      for (int i = 0; i < before.length; i++) {
        set.accept(layers.get(i), before[i]);
      }
    }
  }
}
