package io.vitrail.training;

import io.vitrail.tensor.DType;
import io.vitrail.tensor.Device;
import io.vitrail.tensor.F;
import io.vitrail.tensor.Mode;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.training.data.Batch;
import io.vitrail.training.data.Batches;
import io.vitrail.training.data.Loader;
import io.vitrail.vision.ImageModel;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/** Judges a network on labelled images. */
public final class Evaluator {
  private static final int TOP = 5;

  private final Loader loader;
  private final Device device;
  private final DType precision;

  /**
   * @param loader of the images, none left out
   * @param device where the model is
   * @param precision the type of products: float32 or bfloat16
   */
  public Evaluator(Loader loader, Device device, DType precision) {
    this.loader = loader;
    this.device = device;
    this.precision = precision;
  }

  /** Runs all images through {@code model}, which is put in inference mode. */
  public Scores run(ImageModel model) {
    return run(model, done -> {}, () -> false).orElseThrow();
  }

  /**
   * {@link #run(ImageModel)} that tells how many images are done, and can be stopped.
   *
   * @return nothing if it was stopped
   */
  public Optional<Scores> run(ImageModel model, IntConsumer progress, BooleanSupplier stop) {
    int classes = Math.toIntExact(model.classes());
    long[][] confusion = new long[classes][classes];
    double loss = 0;
    long top1 = 0;
    long top5 = 0;
    int images = 0;
    model.eval();
    try (Mode mode = Mode.noGrad();
        Batches batches = loader.epoch(0)) {
      while (batches.hasNext()) {
        if (stop.getAsBoolean()) {
          return Optional.empty();
        }
        try (Scope scope = Scope.open()) {
          Batch batch = batches.next();
          Tensor labels = batch.labels().to(device);
          Tensor logits = forward(model, batch.images().to(device)); // [B, K]
          loss += F.crossEntropy(logits, labels, 0).item() * batch.size();
          int ranks = Math.min(TOP, classes);
          long[] ranked = F.topk(logits, ranks).indices().toLongs(); // [B, ranks]
          for (int i = 0; i < batch.size(); i++) {
            int label = batch.label(i);
            confusion[label][(int) ranked[i * ranks]]++;
            for (int r = 0; r < ranks; r++) {
              if (ranked[i * ranks + r] == label) {
                top5++;
                top1 += r == 0 ? 1 : 0;
              }
            }
          }
          images += batch.size();
          progress.accept(images);
        }
      }
    }
    return Optional.of(
        new Scores(
            images, loss / images, (double) top1 / images, (double) top5 / images, confusion));
  }

  private Tensor forward(ImageModel model, Tensor images) {
    if (precision == DType.F32) {
      return model.forward(images);
    }
    try (Mode mode = Mode.autocast(device, precision)) {
      return model.forward(images).to(DType.F32);
    }
  }
}
