package io.vitrail.masksub;

import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.training.objective.Loss;
import io.vitrail.training.objective.Objective;
import io.vitrail.vision.ImageModel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Masked sub-branch training (Heo et al., "Masking meets Supervision", 2025, arXiv 2306.11339): the
 * network sees each batch twice, whole and through a {@link SubBranch} that takes part of it away.
 * The whole view learns from the data, the other one from the whole view:
 *
 * <pre>
 * L = (L_main(f(x), y) + L_sub(f_sub(x), sg softmax f(x))) / 2
 * </pre>
 *
 * <p>with the sigmoid in place of the softmax under {@link
 * io.vitrail.training.objective.BinaryCrossEntropy}. The target of the second term is the whole
 * view's output of the same training step, as it is with all that training drops; no gradient flows
 * through it. There are no further parameters or hyper-parameters but the share to take away, and
 * the trained network is used as any other.
 *
 * <p>In a loop of one's own:
 *
 * <pre>{@code
 * Objective objective = MaskSub.masking(new CrossEntropy(0), 0.5);
 * try (var scope = Scope.open()) {
 *   optimizer.zeroGrad();
 *   objective.backward(model, new Batch(images, labels, 1, DType.F32, rng));
 *   optimizer.step();
 * }
 * }</pre>
 *
 * @param loss of both views
 * @param branch what the second view lacks
 */
public record MaskSub(Loss loss, SubBranch branch) implements Objective {

  /**
   * MaskSub as published: {@code ratio} of the image is hidden, 0.5 in all of the paper's recipes.
   */
  public static MaskSub masking(Loss loss, double ratio) {
    return new MaskSub(loss, new Masking(ratio));
  }

  /**
   * One step: {@link Outcome#loss} is {@code L_main}, not halved. Further numbers are {@code
   * sub_loss}, {@code agreement} (the share of samples that both views give the same class) and, of
   * masking, {@code visible} (units of an image that the second view sees).
   *
   * @throws IllegalArgumentException if {@link #branch} does not know this kind of model
   */
  @Override
  public Outcome backward(ImageModel model, Batch batch) {
    return backward(model, batch, () -> branch.forward(model, batch.images(), batch.rng()));
  }

  /**
   * As {@link #backward(ImageModel, Batch)}, with the noise given that ranks the units of each
   * image: for tests.
   *
   * @param noise [B, L] float32, of {@link Masking#units} units
   * @throws IllegalArgumentException if {@link #branch} is not {@link Masking}
   */
  public Outcome backward(ImageModel model, Batch batch, Tensor noise) {
    if (!(branch instanceof Masking masking)) {
      throw new IllegalArgumentException(
          "noise ranks what Masking hides; this branch is " + branch);
    }
    return backward(model, batch, () -> masking.forward(model, batch.images(), noise));
  }

  private Outcome backward(ImageModel model, Batch batch, Supplier<Tensor> subForward) {
    double half = batch.weight() / 2;
    Pass main =
        pass(
            () -> batch.forward(() -> model.forward(batch.images())),
            logits -> loss.of(logits, batch.targets()),
            half);
    Tensor targets = loss.targetsFrom(main.logits); // [B, K]
    Pass sub =
        pass(() -> batch.forward(subForward), logits -> loss.ofBranch(logits, targets), half);

    Map<String, Double> others = new LinkedHashMap<>();
    others.put("sub_loss", sub.loss);
    others.put("agreement", agreement(main.logits, sub.logits));
    others.putAll(branch.numbers(model, batch.images()));
    return new Outcome(main.loss, main.logits, others);
  }

  /** What remains of a pass: logits [B, K] without their graph, and the loss. */
  private record Pass(Tensor logits, double loss) {}

  /**
   * Runs forward and backward in a scope of its own, so that the graph of the first pass is gone
   * before the second one builds its own.
   */
  private static Pass pass(Supplier<Tensor> forward, UnaryOperator<Tensor> lossOf, double weight) {
    List<Tensor> left =
        Scope.keepAll(
            () -> {
              Tensor logits = forward.get();
              Tensor loss = lossOf.apply(logits);
              loss.mul(weight).backward();
              return List.of(logits.detach(), loss.detach());
            });
    return new Pass(left.get(0), left.get(1).item());
  }

  private static double agreement(Tensor main, Tensor sub) {
    long[] a = main.argmax(1).toLongs();
    long[] b = sub.argmax(1).toLongs();
    int same = 0;
    for (int i = 0; i < a.length; i++) {
      same += a[i] == b[i] ? 1 : 0;
    }
    return (double) same / a.length;
  }
}
