package io.vitrail.masksub;

import static io.vitrail.testkit.TensorAssertions.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vitrail.masksub.Masking.ResNetBlocks;
import io.vitrail.nn.Param;
import io.vitrail.tensor.DType;
import io.vitrail.tensor.Mode;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.testkit.Goldens;
import io.vitrail.testkit.Thin;
import io.vitrail.training.objective.BinaryCrossEntropy;
import io.vitrail.training.objective.BinaryCrossEntropy.Mixed;
import io.vitrail.training.objective.CrossEntropy;
import io.vitrail.training.objective.Loss;
import io.vitrail.training.objective.Objective.Batch;
import io.vitrail.training.objective.Objective.Outcome;
import io.vitrail.vision.ImageModel;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** One step of MaskSub against PyTorch with timm's networks, given the same noise. */
class MaskSubParityTest {
  /** Goldens are computed in float64; gradients are compared relative to their largest entry. */
  private static final double TOLERANCE = 1e-5;

  private static final Loss CE = new CrossEntropy(0);

  @Test
  void deit3_with_cross_entropy() {
    check("deit3-ce", new Masking(0.5), CE, Nets::deit3, Nets.VIT_SIZE, Nets::mixed, DType.F32);
  }

  @Test
  void deit3_with_binary_cross_entropy() {
    Loss bce = new BinaryCrossEntropy(Mixed.PRESENT);
    check("deit3-bce", new Masking(0.5), bce, Nets::deit3, Nets.VIT_SIZE, Nets::mixed, DType.F32);
  }

  @Test
  void mae_with_label_smoothing() {
    Loss smooth = new CrossEntropy(0.1);
    check(
        "mae-ce",
        new Masking(0.5),
        smooth,
        Nets::mae,
        Nets.VIT_SIZE,
        dtype -> Nets.labels(),
        DType.F32);
  }

  @Test
  void swin_with_mask_tokens() {
    check("swin-ce", new Masking(0.5), CE, Nets::swin, Nets.BLOCKS_SIZE, Nets::mixed, DType.F32);
  }

  // ResNets in float64: in float32, rounding flips ReLUs, and gradients with them, in PyTorch too.

  @Test
  void resnet_without_its_kept_blocks() {
    Loss bce = new BinaryCrossEntropy(Mixed.SHARES);
    Masking official = new Masking(0.5, ResNetBlocks.OFFICIAL);
    check("resnet-official", official, bce, Nets::resnet, Nets.BLOCKS_SIZE, Nets::mixed, DType.F64);
  }

  @Test
  void resnet_with_its_kept_blocks() {
    Masking intended = new Masking(0.5, ResNetBlocks.INTENDED);
    check("resnet-intended", intended, CE, Nets::resnet, Nets.BLOCKS_SIZE, Nets::mixed, DType.F64);
  }

  private static void check(
      String name,
      Masking masking,
      Loss loss,
      Supplier<ImageModel> make,
      int size,
      Function<DType, Tensor> targets,
      DType dtype) {
    try (Goldens goldens = Goldens.open("goldens/masksub.safetensors");
        Rng rng = Rng.seeded(1);
        ImageModel model = Nets.filled(make.get(), rng);
        Scope scope = Scope.open()) {
      model.to(dtype);
      Tensor images = Nets.images(size).to(dtype);
      Tensor noise = Nets.noise(masking.units(model, images));
      Batch batch = new Batch(images, targets.apply(dtype), 1, DType.F32, rng);
      Outcome outcome = new MaskSub(loss, masking).backward(model, batch, noise);

      assertThat(outcome.loss())
          .isCloseTo(goldens.tensor(name + "/main_loss").item(), within(TOLERANCE));
      assertThat(outcome.others().get("sub_loss"))
          .isCloseTo(goldens.tensor(name + "/sub_loss").item(), within(TOLERANCE));
      assertClose(
          "main logits", outcome.logits(), goldens.tensor(name + "/main_logits"), TOLERANCE);
      model.state().forEach((key, param) -> checkParam(key, param, goldens, name));
      try (Mode mode = Mode.noGrad()) { // last, for it moves batch norms
        assertClose(
            "sub logits",
            masking.forward(model, images, noise),
            goldens.tensor(name + "/sub_logits"),
            TOLERANCE);
      }
    }
  }

  private static void checkParam(String key, Param param, Goldens goldens, String name) {
    if (param.kind() == Param.Kind.BUFFER) {
      assertClose(key, Thin.of(param.value()), goldens.tensor(name + "/buffer/" + key), TOLERANCE);
      return;
    }
    Tensor expected = goldens.tensor(name + "/grad/" + key);
    double scale = 1 / expected.abs().max().item();
    Tensor actual = Thin.of(param.value().grad());
    assertClose("gradient of " + key, actual.mul(scale), expected.mul(scale), TOLERANCE);
  }
}
