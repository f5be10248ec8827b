package io.vitrail.masksub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vitrail.nn.DropPath;
import io.vitrail.nn.Dropout;
import io.vitrail.tensor.Mode;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.vision.ImageModel;
import io.vitrail.vision.vit.DropRates;
import io.vitrail.vision.vit.DropRates.Rule;
import io.vitrail.vision.vit.VisionTransformer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DropAndPathSubTest {

  private static VisionTransformer model(Rng rng) {
    DropRates drop = new DropRates(0, 0.2, Rule.LINEAR);
    return Nets.filled(new VisionTransformer(Nets.tiny().withDrop(drop)), rng);
  }

  @Test
  void probabilities_differ_in_the_sub_branch_and_come_back() {
    try (Rng rng = Rng.seeded(4);
        ImageModel model = model(rng);
        Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      Map<String, Double> before = probabilities(model);
      assertThat(before)
          .containsEntry("blocks.0.drop_path1", 0.0)
          .containsEntry("blocks.1.drop_path2", 0.2);
      Map<String, Double> during = new TreeMap<>();
      model.replace(
          "blocks.1", old -> new MaskSubTest.Watch(old, x -> during.putAll(probabilities(model))));
      Tensor images = Nets.images(Nets.VIT_SIZE);

      new PathSub(0.4).forward(model, images, rng);
      assertThat(changes(before, during)).hasSize(4).allMatch(p -> p == 0.4);
      during.clear();
      new DropSub(0.1).forward(model, images, rng);
      assertThat(changes(before, during)).as("three places in two blocks").hasSize(6);
      assertThat(during).containsEntry("pos_drop", 0.0);
      during.clear();
      model.forward(images);
      assertThat(changes(before, during)).isEmpty();
    }
  }

  @Test
  void they_come_back_after_a_failure() {
    try (Rng rng = Rng.seeded(4);
        ImageModel model = model(rng);
        Scope scope = Scope.open()) {
      Map<String, Double> before = probabilities(model);
      for (SubBranch branch : List.of(new DropSub(0.1), new PathSub(0.4))) {
        assertThatThrownBy(() -> branch.forward(model, Nets.images(16), rng))
            .hasMessageContaining("expected images");
        assertThat(probabilities(model)).isEqualTo(before);
      }
    }
  }

  @Test
  void they_change_what_the_network_says_in_training_only() {
    try (Rng rng = Rng.seeded(4);
        ImageModel model = Nets.filled(Nets.mae(), rng);
        Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      Tensor images = Nets.images(Nets.VIT_SIZE);
      Tensor plain = model.forward(images);
      for (SubBranch branch : List.of(new DropSub(0.1), new PathSub(0.4))) {
        model.train(rng);
        assertThat(difference(branch.forward(model, images, rng), plain)).isGreaterThan(1e-3);
        model.eval();
        assertThat(difference(branch.forward(model, images, rng), plain)).isLessThan(1e-6);
      }
    }
  }

  @Test
  void other_networks_are_told_apart() {
    try (Rng rng = Rng.seeded(4);
        ImageModel model = Nets.filled(Nets.resnet(), rng);
        Scope scope = Scope.open()) {
      assertThatThrownBy(() -> new DropSub(0.1).forward(model, Nets.images(96), rng))
          .hasMessage(
              "DropSub drops in the blocks of a VisionTransformer, got a ResNet; masking works"
                  + " with it");
      assertThatThrownBy(() -> new PathSub(0))
          .hasMessage("PathSub needs a probability in (0, 1), got 0.0");
    }
  }

  private static double difference(Tensor a, Tensor b) {
    return a.sub(b).abs().max().item();
  }

  /** New values of what differs, once for each layer; watched layers have another path. */
  private static List<Double> changes(Map<String, Double> before, Map<String, Double> during) {
    Map<String, Double> changed = new TreeMap<>();
    during.forEach(
        (path, p) -> {
          String plain = path.replace(".watched", "");
          if (!before.get(plain).equals(p)) {
            changed.put(plain, p);
          }
        });
    return List.copyOf(changed.values());
  }

  private static Map<String, Double> probabilities(ImageModel model) {
    Map<String, Double> found = new TreeMap<>();
    model
        .layers()
        .forEach(
            (path, layer) -> {
              if (layer instanceof Dropout dropout) {
                found.put(path, dropout.probability());
              } else if (layer instanceof DropPath dropPath) {
                found.put(path, dropPath.probability());
              }
            });
    return found;
  }
}
