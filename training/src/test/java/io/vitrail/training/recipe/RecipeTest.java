package io.vitrail.training.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vitrail.training.optim.Schedule;
import io.vitrail.vision.zoo.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RecipeTest {
  @TempDir Path dir;

  static java.util.List<String> names() {
    return Recipes.names();
  }

  @ParameterizedTest
  @MethodSource("names")
  void every_named_recipe_reads_writes_and_has_a_network(String name) throws IOException {
    Recipe recipe = Recipes.named(name);
    assertThat(name).startsWith(recipe.name().replaceFirst("-\\d+$", ""));
    assertThat(recipe.note()).isNotBlank();
    assertThat(Models.names()).contains(recipe.model().name());
    for (String file : new String[] {"recipe.json", "recipe.yaml"}) {
      Recipes.write(recipe, dir.resolve(file));
      assertThat(Recipes.read(dir.resolve(file))).isEqualTo(recipe);
    }
    assertThat(Recipes.fromJson(Recipes.json(recipe))).isEqualTo(recipe);
    assertThat(recipe.objective()).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({
    // table B of the fact sheet; "deit" and the like count the epochs' rates
    "deit3-small-400, 4e-3, 0.03, 0.0, 2048, 400, 224",
    "deit3-small-800, 4e-3, 0.05, 0.05, 2048, 800, 224",
    "deit3-base-400, 3e-3, 0.03, 0.1, 2048, 400, 192",
    "deit3-base-800, 3e-3, 0.05, 0.2, 2048, 800, 192",
    "deit3-large-400, 3e-3, 0.03, 0.4, 2048, 400, 192",
    "deit3-large-800, 3e-3, 0.05, 0.45, 2048, 800, 192",
    "deit3-huge-400, 3e-3, 0.03, 0.5, 2048, 400, 160",
    "deit3-huge-800, 3e-3, 0.05, 0.6, 2048, 800, 160",
    "deit3-base-finetune, 1e-5, 0.1, 0.2, 512, 20, 224",
    "deit3-large-finetune, 1e-5, 0.1, 0.45, 512, 20, 224",
    "deit3-huge-finetune, 1e-5, 0.1, 0.55, 512, 20, 224",
    "mae-base, 2e-3, 0.05, 0.1, 1024, 100, 224",
    "mae-large, 4e-3, 0.05, 0.2, 1024, 50, 224",
    "mae-huge, 4e-3, 0.05, 0.3, 1024, 50, 224",
    "clip-base, 6e-4, 0.05, 0.0, 2048, 50, 224",
    "clip-large, 4e-4, 0.05, 0.0, 2048, 30, 224",
    "resnet50-rsb, 5e-3, 0.02, 0.05, 2048, 300, 224",
    "resnet152-rsb, 5e-3, 0.02, 0.05, 2048, 300, 224",
    "swin-tiny, 1e-3, 0.05, 0.2, 1024, 300, 224",
    "swin-base, 1e-3, 0.05, 0.5, 1024, 300, 224"
  })
  void named_recipes_have_the_published_numbers(
      String name, double lr, double decay, double dropPath, int batch, int epochs, int pixels) {
    Recipe recipe = Recipes.named(name);
    assertThat(recipe.learningRate()).isCloseTo(lr, within(1e-12));
    assertThat(recipe.optimizer().weightDecay()).isEqualTo(decay);
    assertThat(recipe.model().dropPath()).isEqualTo(dropPath);
    assertThat(recipe.batch()).isEqualTo(batch);
    assertThat(recipe.epochs()).isEqualTo(epochs);
    assertThat(recipe.augment().imageSize()).isEqualTo(pixels);
  }

  @Test
  void learning_rates_go_as_published() {
    Schedule deit = Recipes.named("deit3-small").learningRates();
    double[] epochs = {1e-6, 1e-6, 8.008e-4, 1.6006e-3, 2.4004e-3, 3.2002e-3, 3.99846e-3};
    for (int epoch = 0; epoch < epochs.length; epoch++) {
      assertThat(deit.at(epoch * 10L + 3, 10)).isCloseTo(epochs[epoch], within(1e-8));
    }
    Schedule swin = Recipes.named("swin-tiny").learningRates();
    assertThat(swin.at(0, 100)).isCloseTo(1e-6, within(1e-12));
    assertThat(swin.at(300 * 100, 100)).isCloseTo(1e-5, within(1e-8));
    Schedule half = Recipes.named("swin-tiny").with("batch=512").learningRates();
    assertThat(half.at(0, 100)).isCloseTo(5e-7, within(1e-12)); // the ends scale too
  }

  @Test
  void a_file_says_only_what_differs() throws IOException {
    Path file =
        Files.writeString(
            dir.resolve("own.yaml"),
            "base: transfer\nepochs: 3\noptimizer: {lr: 1e-4}\naugment: {scale: [0.5, 1]}\n");
    Recipe recipe = Recipes.read(file);
    assertThat(recipe)
        .isEqualTo(Recipes.named("transfer").with("epochs=3", "lr=1e-4", "scale=0.5,1"));
    assertThat(Recipes.differences(Recipes.named("transfer"), recipe))
        .containsExactly(
            "augment.scale: [0.25,1.0] -> [0.5,1.0]",
            "epochs: 15 -> 3",
            "optimizer.lr: 3.0E-4 -> 1.0E-4");
  }

  @Test
  void values_are_set_by_path_or_by_a_name_that_only_one_section_has() {
    Recipe recipe =
        Recipe.DEFAULT.with(
            "lr=0.25", "mixing.mixup=0.8", "loss.type=BCE", "loss.smoothing=0", "freeze=a.**,b.*");
    assertThat(recipe.optimizer().lr()).isEqualTo(0.25);
    assertThat(recipe.mixing().mixup()).isEqualTo(0.8);
    assertThat(recipe.loss().type()).isEqualTo(LossSettings.Type.BCE);
    assertThat(recipe.model().freeze()).containsExactly("a.**", "b.*");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "epoch=3 | --set: there is no 'epoch'; near: epochs",
        "optimizer.lrr=3 | --set: there is no 'optimizer.lrr'; near: optimizer.lr",
        "epochs=ten | --set: 'epochs' is a whole number, such as 100; got 'ten'",
        "epochs=2.5 | --set: 'epochs' is a whole number, such as 100; got '2.5'",
        "lr=fast | --set: 'optimizer.lr' is a number, such as 5.0E-4; got 'fast'",
        "epochs | --set takes key=value such as optimizer.lr=1e-3, got 'epochs'",
        "type=ce | --set: 'type' could be loss.type or optimizer.type; write the whole path",
        "loss.type=bec | [CE, BCE]",
        "epochs=0 | epochs is at least 1, got 0",
        "accumulation=7 | a batch of 64 does not divide into 7 parts",
        "augment.cropRatio=2 | cropRatio lies within (0, 1], got 2.0",
        "warmupEpochs=200 | warm-up of 200.0 epochs in a training of 100; lower",
        "masksub.ratio=1 | masksub.ratio is in [0, 1), got 1.0"
      })
  void what_cannot_be_is_told_in_one_line(String assignment, String message) {
    assertThatThrownBy(() -> Recipe.DEFAULT.with(assignment))
        .isInstanceOf(RecipeException.class)
        .hasMessageContaining(message)
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
  }

  @Test
  void presence_as_target_refuses_smoothing_and_says_why() {
    assertThatThrownBy(() -> Recipes.named("deit3-small").with("loss.smoothing=0.1"))
        .isInstanceOf(RecipeException.class)
        .hasMessageContaining("would learn to say yes to all; set loss.smoothing=0");
  }

  @Test
  void unknown_recipes_names_and_broken_files_are_told_with_their_place() throws IOException {
    assertThatThrownBy(() -> Recipes.named("deit3-smal"))
        .isInstanceOf(RecipeException.class)
        .hasMessageContaining("unknown recipe 'deit3-smal'; near: deit3-small");
    assertThat(error("own.yaml", "optimiser: {lr: 1}"))
        .contains("own.yaml", "there is no 'optimiser'; near: optimizer");
    assertThat(error("own.json", "{\"optimizer\": {\"learningRate\": 1}}"))
        .contains("there is no 'optimizer.learningRate'; near: ");
    assertThat(error("own.json", "{\"epochs\": [1]}")).contains("'epochs' is a whole number");
    assertThat(error("own.json", "{\"loss\": 1}"))
        .contains("'loss' is a section with type, smoothing, mixed; got '1'");
    assertThat(error("own.json", "{\"epochs\": 3,")).contains("own.json', line 1: ");
    assertThat(error("own.yaml", "epochs: [1\nbatch: 3")).contains("own.yaml', line 2: ");
    assertThat(error("own.yaml", "")).contains("it is empty");
    assertThat(error("own.yaml", "base: transfr")).contains("near: transfer");
  }

  private String error(String name, String text) throws IOException {
    Path file = Files.writeString(dir.resolve(name), text);
    try {
      return "no error but " + Recipes.read(file);
    } catch (RecipeException e) {
      assertThat(e.getMessage().lines()).hasSize(1);
      return e.getMessage();
    }
  }
}
