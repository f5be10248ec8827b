package io.vitrail.masksub;

import static org.assertj.core.api.Assertions.assertThat;

import io.vitrail.tensor.DType;
import io.vitrail.tensor.Mode;
import io.vitrail.tensor.Optimizer;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.training.objective.CrossEntropy;
import io.vitrail.training.objective.Objective;
import io.vitrail.training.objective.Objective.Batch;
import io.vitrail.training.objective.Objective.Outcome;
import io.vitrail.vision.vit.Size;
import io.vitrail.vision.vit.VisionTransformer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The loop of the documentation: both branches learn. */
class MaskSubLearningTest {
  private static final int CLASSES = 4;
  private static final int PER_CLASS = 8;
  private static final int STEPS = 60;

  @Test
  void whole_and_half_hidden_images_are_told_apart_after_sixty_steps() {
    try (Rng rng = Rng.seeded(3);
        VisionTransformer model = new VisionTransformer(config());
        Scope all = Scope.open()) {
      model.init(rng);
      model.train(rng);
      Tensor images = images(rng);
      Tensor labels = labels();
      List<Outcome> outcomes = new ArrayList<>();
      try (Optimizer optimizer =
          Optimizer.of(Optimizer.AdamW.withLearningRate(2e-3), model.trainable())) {
        for (int step = 0; step < STEPS; step++) {
          outcomes.add(step(model, optimizer, images, labels, rng));
        }
      }
      assertThat(last(outcomes).loss()).as("main loss").isLessThan(0.1);
      assertThat(last(outcomes).others().get("sub_loss")).as("sub loss").isLessThan(0.5);
      assertThat(last(outcomes).others().get("agreement")).isGreaterThan(0.8);

      model.eval();
      try (Mode mode = Mode.noGrad()) {
        Tensor masked = new Masking(0.5).forward(model, images, rng);
        assertThat(accuracy(model.forward(images), labels)).as("whole").isEqualTo(1);
        assertThat(accuracy(masked, labels)).as("half hidden").isGreaterThan(0.8);
      }
    }
  }

  private static Outcome step(
      VisionTransformer model, Optimizer optimizer, Tensor images, Tensor labels, Rng rng) {
    // These are the lines of docs/masksub.md.
    Objective objective = MaskSub.masking(new CrossEntropy(0), 0.5);
    try (Scope scope = Scope.open()) {
      optimizer.zeroGrad();
      Outcome outcome = objective.backward(model, new Batch(images, labels, 1, DType.F32, rng));
      optimizer.step();
      return outcome;
    }
  }

  private static VisionTransformer.Config config() {
    return VisionTransformer.Config.of(new Size(32, 2, 4, 2), 4, 16)
        .withChannels(1)
        .withClasses(CLASSES);
  }

  /** Stripes of another direction or width for each class, under noise. */
  private static Tensor images(Rng rng) {
    int count = CLASSES * PER_CLASS;
    float[] pixels = new float[count * 16 * 16];
    for (int i = 0, at = 0; i < count; i++) {
      int label = i % CLASSES;
      for (int y = 0; y < 16; y++) {
        for (int x = 0; x < 16; x++) {
          int across = label % 2 == 0 ? x : y;
          pixels[at++] = (across / (1 + label / 2)) % 2 == 0 ? 1 : -1;
        }
      }
    }
    return Tensor.of(pixels, count, 1, 16, 16).add(rng.normal(count, 1, 16, 16).mul(0.7));
  }

  private static Tensor labels() {
    long[] labels = new long[CLASSES * PER_CLASS];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = i % CLASSES;
    }
    return Tensor.of(labels, labels.length);
  }

  private static double accuracy(Tensor logits, Tensor labels) {
    return logits.argmax(1).eq(labels).to(DType.F32).mean().item();
  }

  private static Outcome last(List<Outcome> outcomes) {
    return outcomes.get(outcomes.size() - 1);
  }
}
