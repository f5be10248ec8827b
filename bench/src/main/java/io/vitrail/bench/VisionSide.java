package io.vitrail.bench;

import io.vitrail.masksub.MaskSub;
import io.vitrail.tensor.DType;
import io.vitrail.tensor.Mode;
import io.vitrail.tensor.Optimizer;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.training.objective.CrossEntropy;
import io.vitrail.training.objective.Objective;
import io.vitrail.training.objective.Supervised;
import io.vitrail.vision.ImageModel;
import io.vitrail.vision.zoo.Models;
import io.vitrail.vision.zoo.Overrides;
import java.io.IOException;

/**
 * Inference and training of a network by its timm name; the other side is {@code
 * python/vision_timm.py}.
 */
final class VisionSide {
  private static final int SIZE = 224;

  private VisionSide() {}

  /** Arguments: network, f32 or bf16, batch, repeats; then masksub to time its step too. */
  public static void main(String[] args) throws IOException {
    DType precision = args[1].equals("bf16") ? DType.BF16 : DType.F32;
    int batch = Integer.parseInt(args[2]);
    int repeats = Integer.parseInt(args[3]);
    try (Rng rng = Rng.seeded(1);
        ImageModel net = Models.create(args[0], Overrides.NONE.withDropPath(0));
        Scope scope = Scope.open()) {
      net.init(rng);
      Tensor images = rng.normal(batch, 3, SIZE, SIZE);
      if (args[0].startsWith("resnet")) {
        net.channelsLast();
        images = images.channelsLast();
      }
      Tensor labels = rng.integers((int) net.classes(), batch);
      Objective.Batch full = new Objective.Batch(images, labels, 1, precision, rng);
      net.eval();
      Measure.report("inference step", steady(repeats, () -> infer(net, full)));
      Measure.report("inference memory", Measure.peakMemory());
      net.train(rng);
      try (Optimizer optimizer =
          Optimizer.of(Optimizer.AdamW.withLearningRate(1e-4), net.trainable())) {
        Objective plain = new Supervised(new CrossEntropy(0));
        double step = steady(repeats, () -> train(net, plain, full, optimizer));
        Measure.report("training step", step);
        Measure.report("training memory", Measure.peakMemory());
        if (args.length > 4) {
          Objective masksub = MaskSub.masking(new CrossEntropy(0), 0.5);
          double masked = steady(repeats, () -> train(net, masksub, full, optimizer));
          Measure.report("MaskSub step / plain step", masked / step);
        }
      }
    }
  }

  /** The median after a first time, in which the engine chooses its kernels. */
  private static double steady(int repeats, Measure.Work work) throws IOException {
    work.run();
    return Measure.median(repeats, work);
  }

  private static void infer(ImageModel net, Objective.Batch batch) {
    try (Scope inner = Scope.open();
        Mode mode = Mode.noGrad()) {
      batch.forward(() -> net.forward(batch.images()));
    }
  }

  private static void train(
      ImageModel net, Objective objective, Objective.Batch batch, Optimizer optimizer) {
    try (Scope inner = Scope.open()) {
      optimizer.zeroGrad();
      objective.backward(net, batch);
      optimizer.step();
    }
  }
}
