package io.vitrail.masksub;

import static io.vitrail.testkit.TensorAssertions.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vitrail.masksub.Masking.ResNetBlocks;
import io.vitrail.nn.Param;
import io.vitrail.tensor.Mode;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.vision.ImageModel;
import io.vitrail.vision.resnet.ResNet;
import io.vitrail.vision.swin.Swin;
import io.vitrail.vision.swin.Swin.MaskToken;
import io.vitrail.vision.vit.VisionTransformer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is hidden, and what is seen. */
class MaskingTest {

  @Test
  void the_kept_number_is_truncated_in_double_precision() {
    assertThat(new Masking(0.5).keep(196)).isEqualTo(98);
    assertThat(new Masking(0.5).keep(121)).isEqualTo(60);
    assertThat(new Masking(0.5).keep(49)).isEqualTo(24);
    assertThat(new Masking(0.8).keep(100)).isEqualTo(19);
    assertThat(new Masking(0.9).keep(196)).isEqualTo(19);
    assertThat(new Masking(0).keep(196)).isEqualTo(196);
  }

  @Test
  void at_224_pixels_a_resnet_sees_what_was_not_kept_and_a_swin_what_was() {
    try (Scope scope = Scope.open();
        ImageModel resnet = new ResNet(ResNet.Config.RESNET50);
        ImageModel swin = new Swin(Swin.Config.TINY)) {
      Tensor images = Tensor.zeros(1, 3, 224, 224);
      assertThat(new Masking(0.5).units(resnet, images)).isEqualTo(49);
      assertThat(new Masking(0.5).visible(resnet, images)).isEqualTo(25);
      assertThat(new Masking(0.3).visible(resnet, images)).isEqualTo(15);
      assertThat(new Masking(0.5, ResNetBlocks.INTENDED).visible(resnet, images)).isEqualTo(24);
      assertThat(new Masking(0.3, ResNetBlocks.INTENDED).visible(resnet, images)).isEqualTo(34);
      assertThat(new Masking(0.5).visible(swin, images)).isEqualTo(24);
    }
  }

  @Test
  void the_image_of_a_resnet_is_zero_in_whole_blocks() {
    for (ResNetBlocks blocks : ResNetBlocks.values()) {
      try (Rng rng = Rng.seeded(2);
          ImageModel model = Nets.filled(Nets.resnet(), rng);
          Scope scope = Scope.open()) {
        List<float[]> seen = new ArrayList<>();
        model.replace("conv1", old -> new MaskSubTest.Watch(old, x -> seen.add(x.toFloats())));
        Tensor images = Tensor.ones(2, 3, 224, 224);
        Tensor noise = rng.uniform(0, 1, 2, 49);
        try (Mode mode = Mode.noGrad()) {
          new Masking(0.5, blocks).forward(model, images, noise);
        }
        int zeroed = blocks == ResNetBlocks.OFFICIAL ? 24 : 25;
        float[] ranks = noise.toFloats();
        float[] values = seen.get(0);
        for (int image = 0; image < 2; image++) {
          float[] row = Arrays.copyOfRange(ranks, 49 * image, 49 * (image + 1));
          float[] sorted = row.clone();
          Arrays.sort(sorted);
          int zeros = 0;
          for (int y = 0; y < 224; y++) {
            for (int x = 0; x < 224; x++) {
              boolean kept = row[y / 32 * 7 + x / 32] < sorted[24];
              boolean visible = kept == (blocks == ResNetBlocks.INTENDED);
              float value = values[(image * 3 * 224 + y) * 224 + x];
              assertThat(value).isEqualTo(visible ? 1 : 0);
              zeros += visible ? 0 : 1;
            }
          }
          assertThat(zeros).isEqualTo(zeroed * 32 * 32);
        }
      }
    }
  }

  @Test
  void exactly_the_kept_tokens_and_the_class_token_reach_the_first_block() {
    for (Rows rows : List.of(rows(0.5, 3), rows(0.75, 4))) {
      Set<Set<Integer>> different = new HashSet<>();
      for (List<Integer> row : rows.patches) {
        assertThat(row).hasSize(rows.keep).doesNotHaveDuplicates();
        assertThat(row).allMatch(patch -> patch >= 0 && patch < 16);
        different.add(Set.copyOf(row));
      }
      assertThat(different).as("sets of 64 images").hasSizeGreaterThan(32);
    }
  }

  @Test
  void every_position_is_kept_as_often() {
    int draws = 0;
    long[] counts = new long[16];
    for (int seed = 0; seed < 20; seed++) {
      for (List<Integer> row : rows(0.5, seed).patches) {
        row.forEach(patch -> counts[patch]++);
        draws++;
      }
    }
    double expected = draws / 2.0;
    double chiSquare = 0;
    for (long count : counts) { // half of 16 without replacement: variance n / 4, 15 free
      chiSquare += (count - expected) * (count - expected) / (draws / 4.0) * 15 / 16;
    }
    assertThat(chiSquare).as("chi-square of %s", Arrays.toString(counts)).isBetween(3.0, 38.0);
  }

  @Test
  void a_ratio_of_0_is_the_plain_network() {
    for (ImageModel model : List.of(Nets.deit3(), Nets.mae(), Nets.resnet(), Nets.swin())) {
      try (Rng rng = Rng.seeded(3);
          Scope scope = Scope.open();
          Mode mode = Mode.noGrad();
          model) {
        Nets.filled(model, rng).eval();
        boolean vit = model instanceof VisionTransformer;
        Tensor images = Nets.images(vit ? Nets.VIT_SIZE : Nets.BLOCKS_SIZE);
        Tensor masked = new Masking(0, ResNetBlocks.INTENDED).forward(model, images, rng);
        assertClose(masked, model.forward(images), 1e-5);
      }
    }
  }

  @Test
  void the_order_of_the_kept_tokens_does_not_matter() {
    for (ImageModel model : List.of(Nets.deit3(), Nets.mae())) {
      try (Rng rng = Rng.seeded(3);
          Scope scope = Scope.open();
          Mode mode = Mode.noGrad();
          model) {
        Nets.filled(model, rng).eval();
        Tensor noise = rng.uniform(0, 1, Nets.BATCH, 16);
        Tensor order = noise.sort(1, Tensor.Order.ASCENDING).indices();
        Tensor ranks = order.sort(1, Tensor.Order.ASCENDING).indices(); // [B, 16], 0 to 15
        Tensor kept = ranks.lt(8);
        Tensor otherOrder = ranks.mul(-1).where(kept, ranks);
        Masking masking = new Masking(0.5);
        Tensor images = Nets.images(Nets.VIT_SIZE);
        assertClose(
            masking.forward(model, images, otherOrder),
            masking.forward(model, images, noise),
            1e-5);
      }
    }
  }

  @Test
  void messages_name_what_does_not_fit() {
    try (Rng rng = Rng.seeded(1);
        Scope scope = Scope.open();
        ImageModel vit = Nets.filled(Nets.deit3(), rng);
        ImageModel resnet = Nets.filled(Nets.resnet(), rng);
        ImageModel swin = Nets.filled(new Swin(swinWithoutToken()), rng);
        ImageModel other = new Other()) {
      Masking masking = new Masking(0.5);
      assertThatThrownBy(() -> new Masking(1)).hasMessage("mask ratio is in [0, 1), got 1.0");
      assertThatThrownBy(() -> masking.forward(other, Nets.images(32), rng))
          .hasMessage("masking knows VisionTransformer, ResNet and Swin, not Other");
      assertThatThrownBy(() -> masking.forward(vit, Nets.images(32), Nets.noise(15)))
          .hasMessage(
              "expected noise [4, 16], one number for each unit of each image; got [4, 15]");
      assertThatThrownBy(() -> new Masking(0.95).forward(vit, Nets.images(32), rng))
          .hasMessageContaining("hides all 16 units of a VisionTransformer");
      assertThatThrownBy(() -> new Masking(0).forward(resnet, Nets.images(96), rng))
          .hasMessageContaining(
              "mask ratio 0.0 with blocks OFFICIAL hides all 9 units of a ResNet");
      assertThatThrownBy(() -> masking.forward(resnet, Nets.images(100), rng))
          .hasMessageContaining("blocks of 32 x 32 pixels")
          .hasMessageContaining("[4, 3, 100, 100]");
      assertThatThrownBy(() -> masking.forward(swin, Nets.images(96), rng))
          .hasMessageContaining("withMaskToken");
    }
  }

  private static Swin.Config swinWithoutToken() {
    return Nets.swin().config().withMaskToken(MaskToken.NONE);
  }

  /** Which patches of each image reach the first block. */
  private record Rows(int keep, List<List<Integer>> patches) {}

  /** Patch j of each image is turned into a token of numbers j, and the class token into -1. */
  private static Rows rows(double ratio, long seed) {
    try (Rng rng = Rng.seeded(seed);
        ImageModel model = Nets.filled(new VisionTransformer(Nets.tiny()), rng);
        Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      model.state().forEach((key, param) -> number(key, param));
      List<Tensor> seen = new ArrayList<>();
      model.replace("blocks.0", old -> new MaskSubTest.Watch(old, seen::add));
      new Masking(ratio).forward(model, Tensor.ones(64, 3, 32, 32), rng);
      Tensor tokens = seen.get(0).select(2, 0); // [64, 1 + keep]
      List<List<Integer>> rows = new ArrayList<>();
      for (Tensor row : tokens.unbind(0)) {
        List<Integer> numbers = new ArrayList<>();
        for (long value : row.toLongs()) {
          numbers.add((int) value);
        }
        assertThat(numbers.remove(0)).as("class token").isEqualTo(-1);
        rows.add(numbers);
      }
      return new Rows((int) (16 * (1 - ratio)), rows);
    }
  }

  private static void number(String key, Param param) {
    switch (key) {
      case "patch_embed.proj.weight", "patch_embed.proj.bias", "cls_token" ->
          param.set(() -> Tensor.zeros(param.shape()));
      case "pos_embed" ->
          param.set(() -> Tensor.linspace(-1, 15, 17).reshape(1, 17, 1).expand(1, -1, 32).copy());
      default -> {}
    }
  }

  private static final class Other extends ImageModel {
    @Override
    public Tensor embed(Tensor images) {
      return images;
    }

    @Override
    public Tensor encode(Tensor embedded) {
      return embedded;
    }

    @Override
    public Tensor classify(Tensor features) {
      return features;
    }

    @Override
    public long classes() {
      return 1;
    }
  }
}
