package io.vitrail.cutout.isnet;

import static org.assertj.core.api.Assertions.assertThat;

import io.vitrail.tensor.F;
import io.vitrail.tensor.Mode;
import io.vitrail.tensor.Optimizer;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Can it be trained? Eight images by heart, with the losses of the paper. */
class LearningTest {
  private static final int SIZE = 64;
  private static final int IMAGES = 8;
  private static final int ENCODER_STEPS = 30;
  private static final int STEPS = 30;
  private static final int SETTLING_PASSES = 30;

  @Test
  void a_tiny_net_learns_eight_images_by_heart() {
    try (Rng rng = Rng.seeded(7);
        Scope scope = Scope.open();
        GtEncoder encoder = new GtEncoder(2);
        IsNet net = new IsNet(new IsNet.Config(3, 8))) {
      Tensor labels = Tensor.of(labels(), IMAGES, 1, SIZE, SIZE);
      Tensor photos = Tensor.of(photos(labels.toFloats()), IMAGES, 3, SIZE, SIZE);

      encoder.init(rng);
      encoder.train(rng);
      List<Double> encoderLosses = new ArrayList<>();
      try (Optimizer sgd = sgd(encoder.trainable())) {
        for (int step = 0; step < ENCODER_STEPS; step++) {
          encoderLosses.add(step(sgd, () -> Losses.maps(encoder.forward(labels), labels)));
        }
      }
      assertThat(last(encoderLosses)).isLessThan(encoderLosses.get(0) / 3);

      settleStatistics(encoder, labels);
      encoder.eval();
      encoder.freeze("**");
      List<float[]> frozen = numbers(encoder);
      net.init(rng);
      net.train(rng);
      List<Double> losses = new ArrayList<>();
      try (Optimizer sgd = sgd(net.trainable())) {
        for (int step = 0; step < STEPS; step++) {
          losses.add(
              step(
                  sgd,
                  () -> {
                    IsNet.Output output = net.forward(photos);
                    return Losses.maps(output, labels)
                        .add(Losses.features(output, encoder.forward(labels)));
                  }));
        }
      }
      double error = meanError(net, photos, labels);
      assertThat(last(losses)).as("loss %s", losses).isLessThan(losses.get(0) / 3);
      assertThat(error).as("mean error of the first map; loss %s", losses).isLessThan(0.06);
      assertThat(numbers(encoder))
          .as("the frozen encoder")
          .usingRecursiveComparison()
          .isEqualTo(frozen);
    }
  }

  private static Optimizer sgd(List<Tensor> parameters) {
    return Optimizer.of(new Optimizer.Sgd(0.02, 0.9, false, 0), parameters);
  }

  private static double step(Optimizer optimizer, Supplier<Tensor> loss) {
    try (Scope scope = Scope.open()) {
      optimizer.zeroGrad();
      Tensor value = loss.get();
      value.backward();
      optimizer.step();
      return value.item();
    }
  }

  /** Running statistics lag behind the weights of so short a training. */
  private static void settleStatistics(GtEncoder encoder, Tensor labels) {
    for (int pass = 0; pass < SETTLING_PASSES; pass++) {
      try (Scope scope = Scope.open();
          Mode mode = Mode.noGrad()) {
        encoder.forward(labels);
      }
    }
  }

  private static double meanError(IsNet net, Tensor photos, Tensor labels) {
    try (Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      return F.l1(net.predict(photos), labels).item();
    }
  }

  private static List<float[]> numbers(GtEncoder encoder) {
    return encoder.state().values().stream().map(param -> param.value().toFloats()).toList();
  }

  private static double last(List<Double> values) {
    return values.get(values.size() - 1);
  }

  /** A disc or a bar, at another place in each image. */
  private static float[] labels() {
    float[] labels = new float[IMAGES * SIZE * SIZE];
    for (int i = 0, at = 0; i < IMAGES; i++) {
      int centreX = 20 + 3 * i;
      int centreY = 44 - 3 * i;
      for (int y = 0; y < SIZE; y++) {
        for (int x = 0; x < SIZE; x++, at++) {
          int dx = x - centreX;
          int dy = y - centreY;
          boolean inside =
              i % 2 == 0 ? dx * dx + dy * dy < 200 : Math.abs(dx) < 20 && Math.abs(dy) < 8;
          labels[at] = inside ? 1 : 0;
        }
      }
    }
    return labels;
  }

  /** Foreground a little brighter than background in one colour, under as much noise. */
  private static float[] photos(float[] labels) {
    Random random = new Random(3);
    float[] photos = new float[3 * labels.length];
    int plane = SIZE * SIZE;
    for (int i = 0, at = 0; i < IMAGES; i++) {
      for (int c = 0; c < 3; c++) {
        for (int p = 0; p < plane; p++, at++) {
          float signal = c == i % 3 ? 0.4f * labels[i * plane + p] : 0;
          photos[at] = signal + 0.4f * random.nextFloat() - 0.4f;
        }
      }
    }
    return photos;
  }
}
