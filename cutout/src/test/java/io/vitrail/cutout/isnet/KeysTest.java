package io.vitrail.cutout.isnet;

import static org.assertj.core.api.Assertions.assertThat;

import io.vitrail.nn.Layer;
import io.vitrail.nn.Param;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Keys and shapes at full size, against the tables of the published checkpoints. */
class KeysTest {
  @Test
  void isnet_has_the_entries_of_the_published_checkpoint() {
    try (IsNet net = new IsNet(IsNet.Config.ISNET)) {
      assertThat(net.state()).hasSize(798);
      assertThat(net.report().total()).isEqualTo(44_046_790);
      assertThat(shape(net, "conv_in.weight")).containsExactly(64, 3, 3, 3);
      assertThat(entries(net))
          .isEqualTo(
              Map.ofEntries(
                  Map.entry("conv_in", 2),
                  Map.entry("stage1", 98),
                  Map.entry("stage2", 84),
                  Map.entry("stage3", 70),
                  Map.entry("stage4", 56),
                  Map.entry("stage5", 56),
                  Map.entry("stage6", 56),
                  Map.entry("stage5d", 56),
                  Map.entry("stage4d", 56),
                  Map.entry("stage3d", 70),
                  Map.entry("stage2d", 84),
                  Map.entry("stage1d", 98),
                  Map.entry("side1", 2),
                  Map.entry("side2", 2),
                  Map.entry("side3", 2),
                  Map.entry("side4", 2),
                  Map.entry("side5", 2),
                  Map.entry("side6", 2)));
    }
  }

  @Test
  void each_stage_of_isnet_has_the_published_number_of_parameters() {
    try (IsNet net = new IsNet(IsNet.Config.ISNET)) {
      Map<String, Long> expected = new TreeMap<>();
      expected.put("conv_in", 1_792L);
      expected.put("stage1", 241_152L);
      expected.put("stage2", 305_856L);
      expected.put("stage3", 1_108_992L);
      expected.put("stage4", 3_986_688L);
      expected.put("stage5", 10_034_688L);
      expected.put("stage6", 10_034_688L);
      expected.put("stage5d", 12_393_984L);
      expected.put("stage4d", 4_280_064L);
      expected.put("stage3d", 1_181_952L);
      expected.put("stage2d", 323_904L);
      expected.put("stage1d", 139_200L);
      expected.forEach(
          (stage, count) ->
              assertThat(net.layer(stage).report().total()).as(stage).isEqualTo(count));
    }
  }

  @Test
  void units_have_the_published_names() {
    try (IsNet net = new IsNet(IsNet.Config.ISNET)) {
      assertThat(net.layer("stage1").children())
          .containsOnlyKeys(
              "rebnconvin",
              "rebnconv1",
              "rebnconv2",
              "rebnconv3",
              "rebnconv4",
              "rebnconv5",
              "rebnconv6",
              "rebnconv7",
              "rebnconv6d",
              "rebnconv5d",
              "rebnconv4d",
              "rebnconv3d",
              "rebnconv2d",
              "rebnconv1d");
      assertThat(net.layer("stage5").children())
          .containsOnlyKeys(
              "rebnconvin",
              "rebnconv1",
              "rebnconv2",
              "rebnconv3",
              "rebnconv4",
              "rebnconv3d",
              "rebnconv2d",
              "rebnconv1d");
      assertThat(net.layer("stage5.rebnconv4").state())
          .containsOnlyKeys(
              "conv_s1.weight",
              "conv_s1.bias",
              "bn_s1.weight",
              "bn_s1.bias",
              "bn_s1.running_mean",
              "bn_s1.running_var",
              "bn_s1.num_batches_tracked");
      assertThat(shape(net, "stage1d.rebnconv6d.conv_s1.weight")).containsExactly(16, 32, 3, 3);
      assertThat(shape(net, "side6.weight")).containsExactly(1, 512, 3, 3);
    }
  }

  @Test
  void the_second_stage_of_dis_sam_differs_in_its_first_convolution_alone() {
    try (IsNet three = new IsNet(IsNet.Config.ISNET);
        IsNet five = new IsNet(new IsNet.Config(5, 64))) {
      assertThat(five.state().keySet()).isEqualTo(three.state().keySet());
      assertThat(five.report().total()).isEqualTo(44_047_942);
      assertThat(shape(five, "conv_in.weight")).containsExactly(64, 5, 3, 3);
      five.state()
          .forEach(
              (key, param) -> {
                if (!key.equals("conv_in.weight")) {
                  assertThat(param.shape()).as(key).isEqualTo(shape(three, key));
                }
              });
    }
  }

  @Test
  void the_ground_truth_encoder_has_the_published_entries() {
    try (GtEncoder net = new GtEncoder(16)) {
      assertThat(net.state()).hasSize(439);
      assertThat(net.report().total()).isEqualTo(6_877_734);
      assertThat(entries(net))
          .containsEntry("conv_in", 7)
          .containsEntry("stage1", 98)
          .containsEntry("stage6", 56);
      assertThat(shape(net, "conv_in.conv.weight")).containsExactly(16, 1, 3, 3);
      assertThat(net.state()).containsKey("conv_in.bn.num_batches_tracked");
    }
  }

  @Test
  void describing_a_network_takes_no_memory_for_it() {
    try (IsNet net = new IsNet(IsNet.Config.ISNET)) {
      assertThat(net.state().values()).noneMatch(Param::isSet);
    }
  }

  private static long[] shape(Layer net, String key) {
    return net.state().get(key).shape();
  }

  /** How many entries of the state dict each direct child has. */
  private static Map<String, Integer> entries(Layer net) {
    Map<String, Integer> counts = new TreeMap<>();
    net.state()
        .keySet()
        .forEach(key -> counts.merge(key.substring(0, key.indexOf('.')), 1, Integer::sum));
    return counts;
  }
}
