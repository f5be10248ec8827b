package io.vitrail.training.distributed;

import io.vitrail.tensor.DType;
import io.vitrail.tensor.Optimizer;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.testkit.Waves;
import io.vitrail.training.objective.CrossEntropy;
import io.vitrail.training.objective.Objective.Batch;
import io.vitrail.training.objective.Supervised;
import io.vitrail.vision.vit.Size;
import io.vitrail.vision.vit.VisionTransformer;

/**
 * A small training that one process or several can do. Not by Adam: it makes full steps of
 * gradients that are 0 but for rounding, as those of the keys' biases are.
 */
final class Work {
  static final int BATCH = 4;
  private static final int STEPS = 3;

  private Work() {}

  static VisionTransformer model(long seed) {
    VisionTransformer model =
        new VisionTransformer(
            VisionTransformer.Config.of(new Size(16, 2, 2, 2), 4, 8).withClasses(5));
    model.init(Rng.seeded(seed));
    return model;
  }

  /** Some updates on a fixed batch, of which each rank takes its share. */
  static void train(VisionTransformer model, Distributed distributed) {
    distributed.start(model);
    int share = BATCH / distributed.world();
    try (Optimizer optimizer =
        Optimizer.of(new Optimizer.Sgd(0.05, 0.9, true, 0.01), model.trainable())) {
      for (int step = 0; step < STEPS; step++) {
        try (Scope scope = Scope.open()) {
          optimizer.zeroGrad();
          Tensor images = Waves.of(step, BATCH, 3, 8, 8);
          Tensor targets = Tensor.of(new long[] {0, 3, 1, 4}, BATCH);
          int first = distributed.rank() * share;
          new Supervised(new CrossEntropy(0.1))
              .backward(
                  model,
                  new Batch(
                      images.narrow(0, first, share),
                      targets.narrow(0, first, share),
                      1,
                      DType.F32,
                      Rng.seeded(step)));
          distributed.averageGradients(optimizer.tensors());
          optimizer.step();
        }
      }
    }
  }
}
