package io.vitrail.training.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vitrail.nn.Layer;
import io.vitrail.nn.Linear;
import io.vitrail.tensor.Optimizer;
import io.vitrail.tensor.Rng;
import io.vitrail.training.optim.ParamGroups.Policy;
import io.vitrail.vision.vit.Size;
import io.vitrail.vision.vit.VisionTransformer;
import io.vitrail.vision.zoo.Models;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ParamGroupsTest {
  private static final VisionTransformer.Config TINY =
      VisionTransformer.Config.of(new Size(8, 3, 2, 2), 4, 8).withClasses(5);

  private static VisionTransformer tiny(VisionTransformer.Config config) {
    VisionTransformer model = new VisionTransformer(config);
    model.init(Rng.seeded(1));
    return model;
  }

  private static Set<String> names(List<Optimizer.Group> groups, boolean decayed) {
    return groups.stream()
        .filter(group -> group.weightDecay() > 0 == decayed)
        .flatMap(group -> group.tensors().keySet().stream())
        .collect(Collectors.toSet());
  }

  @Test
  void matrices_decay_and_the_rest_does_not() {
    try (VisionTransformer model = tiny(TINY.withLayerScale(1e-4))) {
      List<Optimizer.Group> groups = ParamGroups.of(model, new Policy(0.05, NoDecay.VIT)).groups();
      assertThat(groups).hasSize(2);
      assertThat(groups).extracting(Optimizer.Group::weightDecay).containsExactly(0.05, 0.0);
      assertThat(groups).extracting(Optimizer.Group::learningRateScale).containsOnly(1.0);
      assertThat(groups.get(0).tensors().keySet())
          .startsWith("patch_embed.proj.weight", "blocks.0.attn.qkv.weight")
          .endsWith("head.weight")
          .allMatch(name -> name.endsWith(".weight"))
          .noneMatch(name -> name.contains("norm"));
      assertThat(groups.get(1).tensors().keySet())
          .contains("cls_token", "pos_embed", "blocks.1.ls1.gamma", "norm.weight", "head.bias");
      assertThat(groups.stream().mapToInt(group -> group.tensors().size()).sum())
          .isEqualTo(model.trainable().size());
    }
  }

  @Test
  void swin_keeps_its_tables_and_mask_token() {
    NoDecay swin = NoDecay.SWIN;
    assertThat(swin.covers("layers.0.blocks.1.attn.relative_position_bias_table", 2)).isTrue();
    assertThat(swin.covers("mask_token", 3)).isTrue();
    assertThat(swin.covers("layers.0.blocks.1.attn.qkv.weight", 2)).isFalse();
    assertThat(swin.covers("some.table.bias", 2)).isTrue();
    assertThat(NoDecay.ALL.covers("pos_embed", 3)).isTrue();
    assertThat(NoDecay.ALL.covers("mask_token", 3)).isTrue();
  }

  @Test
  void frozen_parameters_are_left_out() {
    try (VisionTransformer model = tiny(TINY)) {
      model.freeze("patch_embed.**");
      Set<String> all = new HashSet<>();
      ParamGroups.of(model, new Policy(0.05, NoDecay.ALL, 0.5))
          .groups()
          .forEach(group -> all.addAll(group.tensors().keySet()));
      assertThat(all)
          .hasSize(model.trainable().size())
          .noneMatch(name -> name.startsWith("patch_embed"));
    }
  }

  @Test
  void learning_rates_fall_from_the_head_to_the_patches() {
    Map<String, Integer> ids = ids("vit_base_patch16_224", 13);
    assertThat(Math.pow(0.65, 13 - ids.get("patch_embed.proj.weight")))
        .isCloseTo(0.003697, within(5e-7));
    assertThat(Math.pow(0.65, 13 - ids.get("blocks.0.norm1.weight")))
        .isCloseTo(0.005688, within(5e-7));
    assertThat(ids)
        .containsEntry("cls_token", 0)
        .containsEntry("pos_embed", 0)
        .containsEntry("blocks.11.mlp.fc2.bias", 12)
        .containsEntry("norm.weight", 13)
        .containsEntry("head.weight", 13);

    try (VisionTransformer model = tiny(TINY)) {
      List<Optimizer.Group> groups =
          ParamGroups.of(model, new Policy(0.05, NoDecay.VIT, 0.65)).groups();
      assertThat(groups)
          .extracting(Optimizer.Group::learningRateScale)
          .containsExactly(
              Math.pow(0.65, 4),
              Math.pow(0.65, 4),
              Math.pow(0.65, 3),
              Math.pow(0.65, 3),
              Math.pow(0.65, 2),
              Math.pow(0.65, 2),
              0.65,
              0.65,
              1.0,
              1.0);
    }
  }

  @Test
  void blocks_of_swin_and_resnet_are_counted_through_all_stages() {
    assertThat(ids("swin_tiny_patch4_window7_224", 13))
        .containsEntry("patch_embed.proj.weight", 0)
        .containsEntry("layers.0.blocks.0.norm1.weight", 1)
        .containsEntry("layers.1.downsample.reduction.weight", 3)
        .containsEntry("layers.1.blocks.0.norm1.weight", 3)
        .containsEntry("layers.3.blocks.1.mlp.fc2.weight", 12)
        .containsEntry("norm.weight", 13)
        .containsEntry("head.fc.weight", 13);
    assertThat(ids("resnet50", 17))
        .containsEntry("conv1.weight", 0)
        .containsEntry("bn1.weight", 0)
        .containsEntry("layer1.0.conv1.weight", 1)
        .containsEntry("layer2.0.downsample.0.weight", 4)
        .containsEntry("layer4.2.bn3.bias", 16)
        .containsEntry("fc.weight", 17);
  }

  private static Map<String, Integer> ids(String network, int last) {
    try (Layer model = Models.create(network)) {
      LayerIds.Ids ids = LayerIds.of(model.state().keySet()).orElseThrow();
      assertThat(ids.last()).isEqualTo(last);
      return ids.byName();
    }
  }

  @Test
  void the_report_names_scales_decays_and_counts() {
    try (VisionTransformer model = tiny(TINY)) {
      assertThat(ParamGroups.of(model, new Policy(0.05, NoDecay.VIT)).report().lines())
          .hasSize(2)
          .element(0)
          .asString()
          .startsWith("lr x 1         decay 0.05     14 tensors        1,960 numbers ")
          .endsWith(" patch_embed.proj.weight, blocks.0.attn.qkv.weight, ...");
    }
  }

  @Test
  void layers_that_cannot_be_told_and_wrong_numbers_are_refused() {
    try (Net net = new Net()) {
      net.init(Rng.seeded(1));
      assertThat(ParamGroups.of(net, new Policy(0.1, NoDecay.ALL)).groups()).hasSize(2);
      assertThatThrownBy(() -> ParamGroups.of(net, new Policy(0.1, NoDecay.ALL, 0.7)))
          .hasMessage(
              "layer decay 0.7: the blocks of Net cannot be told from names such as [one.weight,"
                  + " one.bias]; set layer decay to 1");
    }
    assertThatThrownBy(() -> new Policy(0.1, NoDecay.ALL, 0))
        .hasMessage("layer decay is in (0, 1], and 1 for none, got 0.0");
    assertThatThrownBy(() -> new Policy(-1, NoDecay.ALL))
        .hasMessage("weight decay is at least 0, got -1.0");
  }

  private static final class Net extends Layer {
    Net() {
      slot("one", new Linear(2, 3));
    }
  }
}
