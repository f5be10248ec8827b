package io.vitrail.vision.vit;

import static org.assertj.core.api.Assertions.assertThat;

import io.vitrail.nn.Layer;
import io.vitrail.testkit.Goldens;
import io.vitrail.vision.zoo.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Keys, shapes and counts against lists made from timm's and the authors' own networks. */
class KeysTest {

  /** Shape by key of a list of lines {@code key TAB AxBxC}. */
  static Map<String, String> listed(String list) throws IOException {
    Map<String, String> shapes = new TreeMap<>();
    for (String line : Files.readAllLines(Goldens.path("keys/" + list + ".keys.tsv"))) {
      String[] parts = line.split("\t");
      shapes.put(parts[0], parts[1]);
    }
    return shapes;
  }

  static Map<String, String> shapes(Layer model) {
    Map<String, String> shapes = new TreeMap<>();
    model.state().forEach((key, param) -> shapes.put(key, shape(param.shape())));
    return shapes;
  }

  static String shape(long[] shape) {
    return Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining("x"));
  }

  @Test
  void keys_and_shapes_are_timms() throws IOException {
    for (String name : new String[] {"vit_small_patch16_224", "deit3_small_patch16_224"}) {
      assertThat(shapes(Models.create(name))).as(name).isEqualTo(listed(name));
    }
  }

  @Test
  void the_mae_form_has_the_keys_of_its_authors() throws IOException {
    assertThat(shapes(Models.create("mae_vit_base_patch16")))
        .isEqualTo(listed("official_mae_vit_base_patch16_finetune"));
  }

  @Test
  void parameters_are_as_many_as_published() {
    Map<String, Long> published =
        Map.of(
            "vit_small_patch16_224", 22_050_664L,
            "deit3_small_patch16_224", 22_059_496L,
            "vit_base_patch16_224", 86_567_656L,
            "mae_vit_base_patch16", 86_567_656L,
            "vit_large_patch16_224", 304_326_632L,
            "vit_huge_patch14_224", 632_045_800L,
            "vit_base_patch16_clip_quickgelu_224", 86_192_640L + 512); // and the head's bias
    published.forEach(
        (name, count) ->
            assertThat(Models.create(name).report().total()).as(name).isEqualTo(count));
  }
}
