package io.vitrail.vision.zoo;

import static io.vitrail.testkit.TensorAssertions.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vitrail.hub.CachedFile;
import io.vitrail.hub.ModelCard;
import io.vitrail.hub.ModelCard.Support;
import io.vitrail.hub.ModelCards;
import io.vitrail.hub.Preprocessing;
import io.vitrail.nn.StateDict;
import io.vitrail.tensor.Mode;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.vision.ImageModel;
import io.vitrail.vision.vit.VisionTransformer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cards that come with Vitrail, and the networks they name. */
class CardsTest {

  private static List<ModelCard> cards(String task) {
    return ModelCards.bundled().stream().filter(card -> card.task().equals(task)).toList();
  }

  @Test
  void every_card_of_a_classifier_names_a_network_that_takes_its_input() {
    for (String task : List.of("classify", "features")) {
      assertThat(cards(task)).isNotEmpty();
      for (ModelCard card : cards(task)) {
        assertThat(card.support()).as(card.name()).isEqualTo(Support.READY);
        assertThat(Models.names()).as(card.name()).contains(card.architecture());
        assertThat(card.preprocessing().fit()).isEqualTo(Preprocessing.Fit.CENTRE_CROP);
        ImageModel model = Models.create(card.architecture());
        if (task.equals("classify")) {
          assertThat(model.classes()).as(card.name()).isEqualTo(1000);
        }
        if (model instanceof VisionTransformer vit) {
          assertThat(vit.config().imageSize())
              .as(card.name())
              .isEqualTo(card.preprocessing().inputSize());
        }
      }
    }
  }

  @Test
  void a_fetched_file_becomes_the_network_of_its_card(@TempDir Path temp) throws IOException {
    ModelCard card =
        cards("classify").stream()
            .filter(c -> c.architecture().equals("vit_tiny_patch16_224"))
            .findFirst()
            .orElseThrow();
    Path path = temp.resolve("model.safetensors");
    try (Scope scope = Scope.open();
        Mode mode = Mode.noGrad();
        Rng rng = Rng.seeded(1);
        ImageModel trained = Models.create(card.architecture(), Overrides.NONE.withClasses(3))) {
      StateDict.of(trained.init(rng)).save(path);
      Tensor image = rng.normal(1, 3, 224, 224);
      CachedFile file = new CachedFile(card, card.sources().get(0).file(), path);
      try (LoadedModel loaded = Models.open(file)) {
        assertThat(loaded.notes()).isEmpty();
        assertClose(loaded.model().forward(image), trained.forward(image), 0);
      }
      try (LoadedModel loaded = Models.open(file, Overrides.NONE.withClasses(2), rng)) {
        assertThat(loaded.notes())
            .containsExactly("new head for 2 classes, as the file has one for 3");
        assertThat(loaded.model().forward(image).shape()).containsExactly(1, 2);
      }
    }
  }

  @Test
  void a_card_of_something_else_is_refused(@TempDir Path temp) {
    ModelCard isnet = cards("cutout").get(0);
    CachedFile file = new CachedFile(isnet, isnet.sources().get(0).file(), temp.resolve("x"));
    assertThatThrownBy(() -> Models.open(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("unknown network 'isnet'; near: ");
  }
}
