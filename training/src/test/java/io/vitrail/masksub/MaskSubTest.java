package io.vitrail.masksub;

import static io.vitrail.testkit.TensorAssertions.assertClose;
import static io.vitrail.testkit.TensorAssertions.assertSame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vitrail.nn.Layer;
import io.vitrail.nn.UnaryLayer;
import io.vitrail.tensor.DType;
import io.vitrail.tensor.F;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.testkit.Leaks;
import io.vitrail.training.objective.BinaryCrossEntropy;
import io.vitrail.training.objective.BinaryCrossEntropy.Mixed;
import io.vitrail.training.objective.CrossEntropy;
import io.vitrail.training.objective.Loss;
import io.vitrail.training.objective.Objective.Batch;
import io.vitrail.training.objective.Objective.Outcome;
import io.vitrail.vision.ImageModel;
import io.vitrail.vision.vit.DropRates;
import io.vitrail.vision.vit.DropRates.Rule;
import io.vitrail.vision.vit.VisionTransformer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The step as a whole: weights of both terms, where gradients flow, what is logged. */
class MaskSubTest {
  private static final Loss CE = new CrossEntropy(0);
  private static final Loss BCE = new BinaryCrossEntropy(Mixed.SHARES);

  /** With drop path, so that targets of another pass than the main one would show. */
  private static VisionTransformer dropping(Rng rng) {
    DropRates drop = new DropRates(0, 0.3, Rule.CONSTANT);
    return Nets.filled(new VisionTransformer(Nets.tiny().withDrop(drop)), rng);
  }

  @Test
  void two_backward_passes_are_one_of_the_half_sum() {
    for (Loss loss : List.of(CE, BCE)) {
      try (Rng rng = Rng.seeded(5);
          ImageModel model = dropping(rng);
          Scope scope = Scope.open()) {
        Masking masking = new Masking(0.5);
        Batch batch = Nets.batch(Nets.VIT_SIZE, Nets.mixed(DType.F32), rng);
        byte[] start = rng.state();
        Outcome outcome = new MaskSub(loss, masking).backward(model, batch);
        List<Tensor> gradients = gradients(model);

        rng.restore(start);
        model.trainable().forEach(Tensor::clearGrad);
        Tensor main = model.forward(batch.images());
        Tensor mainLoss = loss.of(main, batch.targets());
        Tensor sub = masking.forward(model, batch.images(), rng);
        Tensor subLoss = loss.ofBranch(sub, loss.targetsFrom(main));
        mainLoss.add(subLoss).mul(0.5).backward();

        assertThat(outcome.loss()).isCloseTo(mainLoss.item(), within(1e-6));
        assertThat(outcome.others().get("sub_loss")).isCloseTo(subLoss.item(), within(1e-6));
        assertAllClose(gradients(model), gradients);
      }
    }
  }

  @Test
  void no_gradient_flows_through_the_targets() {
    try (Scope scope = Scope.open()) {
      for (Loss loss : List.of(CE, BCE)) {
        Tensor main = Nets.noise(Nets.CLASSES).requiresGrad(true);
        Tensor sub = Nets.noise(Nets.CLASSES).requiresGrad(true);
        loss.ofBranch(sub, loss.targetsFrom(main)).backward();
        assertThat(main.grad()).isNull();
        assertThat(sub.grad()).isNotNull();
      }
    }
  }

  @Test
  void a_branch_that_agrees_has_the_entropy_of_its_targets_as_loss() {
    try (Scope scope = Scope.open()) {
      Tensor logits = Nets.noise(Nets.CLASSES).mul(4);
      Tensor entropy = F.softmax(logits, 1).mul(F.logSoftmax(logits, 1)).sum(false, 1).mean().neg();
      assertThat(CE.ofBranch(logits, CE.targetsFrom(logits)).item())
          .isCloseTo(entropy.item(), within(1e-6));
    }
  }

  @Test
  void accumulated_halves_are_the_whole_batch() {
    try (Rng rng = Rng.seeded(1);
        ImageModel model = Nets.filled(Nets.deit3(), rng);
        Scope scope = Scope.open()) {
      MaskSub maskSub = MaskSub.masking(CE, 0.5);
      Batch whole = Nets.batch(Nets.VIT_SIZE, Nets.labels(), rng);
      Tensor noise = Nets.noise(16);
      maskSub.backward(model, whole, noise);
      List<Tensor> expected = gradients(model);

      model.trainable().forEach(Tensor::clearGrad);
      for (int half = 0; half < 2; half++) {
        Tensor images = whole.images().narrow(0, 2L * half, 2);
        Tensor labels = whole.targets().narrow(0, 2L * half, 2);
        Batch part = new Batch(images, labels, 0.5, DType.F32, rng);
        maskSub.backward(model, part, noise.narrow(0, 2L * half, 2));
      }
      assertAllClose(gradients(model), expected);
    }
  }

  @Test
  void it_logs_agreement_and_what_is_visible() {
    try (Rng rng = Rng.seeded(1);
        ImageModel model = Nets.filled(Nets.deit3(), rng);
        Scope scope = Scope.open()) {
      Batch batch = Nets.batch(Nets.VIT_SIZE, Nets.labels(), rng);
      Outcome whole = MaskSub.masking(CE, 0).backward(model, batch);
      assertThat(whole.others()).containsEntry("agreement", 1.0).containsEntry("visible", 16.0);
      Outcome masked = MaskSub.masking(CE, 0.75).backward(model, batch);
      assertThat(masked.others()).containsEntry("visible", 4.0);
      assertThat(masked.others().get("agreement")).isBetween(0.0, 1.0);
      Outcome dropped = new MaskSub(CE, new DropSub(0.2)).backward(model, batch);
      assertThat(dropped.others()).containsOnlyKeys("sub_loss", "agreement");
    }
  }

  @Test
  void batch_norm_statistics_move_twice() {
    try (Rng rng = Rng.seeded(1);
        ImageModel model = Nets.filled(Nets.resnet(), rng);
        Scope scope = Scope.open()) {
      MaskSub.masking(BCE, 0.5).backward(model, Nets.batch(64, Nets.labels(), rng));
      assertThat(model.state().get("bn1.num_batches_tracked").value().item()).isEqualTo(2);
    }
  }

  @Test
  void bfloat16_comes_close_and_gives_float32() {
    try (Rng rng = Rng.seeded(1);
        ImageModel model = Nets.filled(Nets.deit3(), rng);
        Scope scope = Scope.open()) {
      MaskSub maskSub = MaskSub.masking(CE, 0.5);
      Batch batch = Nets.batch(Nets.VIT_SIZE, Nets.labels(), rng);
      Outcome in32 = maskSub.backward(model, batch, Nets.noise(16));
      Batch half = new Batch(batch.images(), batch.targets(), 1, DType.BF16, rng);
      Outcome in16 = maskSub.backward(model, half, Nets.noise(16));
      assertThat(in16.logits().dtype()).isEqualTo(DType.F32);
      assertClose(in16.logits(), in32.logits(), 3e-2);
      assertThat(in16.loss()).isCloseTo(in32.loss(), within(2e-2));
      assertThat(in16.others().get("sub_loss"))
          .isCloseTo(in32.others().get("sub_loss"), within(2e-2));
    }
  }

  @Test
  void the_main_graph_is_gone_before_the_sub_branch_runs() {
    try (Rng rng = Rng.seeded(1);
        ImageModel model = Nets.filled(Nets.deit3(), rng);
        Scope scope = Scope.open()) {
      List<Tensor> inputs = new ArrayList<>();
      List<Boolean> mainIsGone = new ArrayList<>();
      model.replace(
          "blocks.1",
          old ->
              new Watch(
                  old,
                  x -> {
                    inputs.add(x);
                    mainIsGone.add(inputs.get(0).isClosed());
                  }));
      MaskSub.masking(CE, 0.5).backward(model, Nets.batch(Nets.VIT_SIZE, Nets.labels(), rng));
      assertThat(mainIsGone).containsExactly(false, true);
    }
  }

  @Test
  void a_seed_repeats_a_step_to_the_bit() {
    List<List<Tensor>> runs = new ArrayList<>();
    try (Scope scope = Scope.open()) {
      for (int run = 0; run < 2; run++) {
        try (Rng rng = Rng.seeded(11);
            ImageModel model = dropping(rng)) {
          Batch batch = Nets.batch(Nets.VIT_SIZE, Nets.labels(), rng);
          MaskSub.masking(CE, 0.5).backward(model, batch);
          runs.add(gradients(model));
        }
      }
      for (int i = 0; i < runs.get(0).size(); i++) {
        assertSame("gradient " + i, runs.get(0).get(i), runs.get(1).get(i));
      }
    }
  }

  @Test
  void fifty_steps_leak_nothing() {
    try (Rng rng = Rng.seeded(1);
        ImageModel model = dropping(rng)) {
      MaskSub maskSub = MaskSub.masking(CE, 0.5);
      MaskSub pathSub = new MaskSub(CE, new PathSub(0.5));
      Leaks.flat(
          () -> {
            try (Scope scope = Scope.open()) {
              Batch batch = Nets.batch(Nets.VIT_SIZE, Nets.labels(), rng);
              maskSub.backward(model, batch);
              pathSub.backward(model, batch);
              model.trainable().forEach(Tensor::clearGrad);
            }
          },
          50);
    }
  }

  @Test
  void noise_is_for_masking() {
    try (Rng rng = Rng.seeded(1);
        ImageModel model = Nets.filled(Nets.deit3(), rng);
        Scope scope = Scope.open()) {
      Batch batch = Nets.batch(Nets.VIT_SIZE, Nets.labels(), rng);
      assertThatThrownBy(
              () -> new MaskSub(CE, new DropSub(0.2)).backward(model, batch, Nets.noise(16)))
          .hasMessage("noise ranks what Masking hides; this branch is DropSub[p=0.2]");
    }
  }

  private static List<Tensor> gradients(Layer model) {
    return model.trainable().stream().map(p -> p.grad().copy()).toList();
  }

  private static void assertAllClose(List<Tensor> actual, List<Tensor> expected) {
    for (int i = 0; i < expected.size(); i++) {
      double scale = 1 / expected.get(i).abs().max().item();
      assertClose("gradient " + i, actual.get(i).mul(scale), expected.get(i).mul(scale), 1e-5);
    }
  }

  /** Shows what reaches a layer. */
  static final class Watch extends UnaryLayer {
    private final UnaryLayer watched;
    private final Consumer<Tensor> onInput;

    Watch(UnaryLayer watched, Consumer<Tensor> onInput) {
      this.watched = child("watched", watched);
      this.onInput = onInput;
    }

    @Override
    public Tensor forward(Tensor x) {
      onInput.accept(x);
      return watched.forward(x);
    }
  }
}
