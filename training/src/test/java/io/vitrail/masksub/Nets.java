package io.vitrail.masksub;

import io.vitrail.nn.Param;
import io.vitrail.tensor.DType;
import io.vitrail.tensor.F;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.testkit.Waves;
import io.vitrail.training.objective.Objective.Batch;
import io.vitrail.vision.ImageModel;
import io.vitrail.vision.resnet.ResNet;
import io.vitrail.vision.swin.Swin;
import io.vitrail.vision.swin.Swin.MaskToken;
import io.vitrail.vision.vit.Size;
import io.vitrail.vision.vit.Style;
import io.vitrail.vision.vit.VisionTransformer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;

/** Small networks, batches and the weights of tools/goldens/masksub. */
final class Nets {
  static final int CLASSES = 10;
  static final int BATCH = 4;
  static final int VIT_SIZE = 32;
  static final int BLOCKS_SIZE = 96;

  private Nets() {}

  static VisionTransformer.Config tiny() {
    return VisionTransformer.Config.of(new Size(32, 2, 4, 4), 8, VIT_SIZE).withClasses(CLASSES);
  }

  static VisionTransformer deit3() {
    return new VisionTransformer(tiny().withStyle(Style.DEIT3).withLayerScale(1e-4));
  }

  static VisionTransformer mae() {
    return new VisionTransformer(tiny().withStyle(Style.MAE));
  }

  static ResNet resnet() {
    return new ResNet(ResNet.Config.RESNET50.withDepths(1, 1, 1, 1).withClasses(CLASSES));
  }

  static Swin swin() {
    return new Swin(
        new Swin.Config(
            BLOCKS_SIZE, 4, 3, CLASSES, 16, List.of(2, 2), List.of(2, 4), 4, 0, MaskToken.LEARNT));
  }

  /** Gives each parameter numbers that follow from its key, as the golden script does. */
  static <M extends ImageModel> M filled(M model, Rng rng) {
    model.init(rng);
    try (Scope scope = Scope.open()) {
      model
          .state()
          .forEach(
              (key, param) -> {
                if (param.kind() == Param.Kind.PARAMETER) {
                  param.set(() -> numbers(key, param.shape()));
                }
              });
    }
    model.train(rng);
    return model;
  }

  private static Tensor numbers(String key, long... shape) {
    CRC32 crc = new CRC32();
    crc.update(key.getBytes(StandardCharsets.UTF_8));
    Tensor wave = Waves.of((int) (crc.getValue() % 1000), shape);
    if (key.endsWith("_token")
        || key.endsWith("pos_embed")
        || key.endsWith("relative_position_bias_table")) {
      return wave.mul(0.5);
    }
    if (shape.length >= 2) {
      return wave.mul(Math.pow((double) wave.count() / shape[0], -0.5));
    }
    return key.endsWith(".weight") || key.endsWith(".gamma") ? wave.mul(0.2).add(1) : wave.mul(0.1);
  }

  static Tensor images(int size) {
    return Waves.of(1, BATCH, 3, size, size);
  }

  static Tensor noise(int units) {
    return Waves.of(2, BATCH, units).mul(0.5).add(0.5);
  }

  static Tensor labels() {
    return Tensor.of(new long[] {0, 3, 6, 9}, BATCH);
  }

  /** Shares as mixing gives them: 0.7 of the label, 0.3 of the opposite sample's. */
  static Tensor mixed(DType dtype) {
    Tensor one = F.oneHot(labels(), CLASSES).to(DType.F64);
    return one.mul(0.7).add(one.flip(0).mul(0.3)).to(dtype);
  }

  static Batch batch(int size, Tensor targets, Rng rng) {
    return new Batch(images(size), targets, 1, DType.F32, rng);
  }
}
