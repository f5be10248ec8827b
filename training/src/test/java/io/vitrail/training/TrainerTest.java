package io.vitrail.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import io.vitrail.tensor.Engine;
import io.vitrail.training.Trainer.Result;
import io.vitrail.training.augment.Preparation;
import io.vitrail.training.data.Dataset;
import io.vitrail.training.data.Loader;
import io.vitrail.training.data.LoaderConfig;
import io.vitrail.training.data.Sampler;
import io.vitrail.training.recipe.Recipe;
import io.vitrail.vision.ImageModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrainerTest {
  private static final Dataset IMAGES = TinyTraining.images(32, 1);

  /** The weights after training by {@code recipe}. */
  private static Map<String, float[]> weights(Recipe recipe, Loader loader) throws IOException {
    try (ImageModel model = TinyTraining.model(recipe);
        Trainer trainer = Trainer.builder(model, recipe, loader).build()) {
      trainer.fit();
      return weights(model);
    }
  }

  private static Map<String, float[]> weights(Recipe recipe) throws IOException {
    return weights(recipe, TinyTraining.loader(recipe, IMAGES));
  }

  private static Map<String, float[]> weights(ImageModel model) {
    Map<String, float[]> weights = new LinkedHashMap<>();
    model.state().forEach((key, param) -> weights.put(key, param.value().toFloats()));
    return weights;
  }

  private static void assertSame(Map<String, float[]> a, Map<String, float[]> b) {
    assertThat(a.keySet()).isEqualTo(b.keySet());
    a.forEach((key, values) -> assertThat(b.get(key)).as(key).isEqualTo(values));
  }

  @Test
  void eight_images_are_learnt_by_heart() throws IOException {
    Dataset eight = TinyTraining.images(8, 3);
    Recipe recipe =
        TinyTraining.recipe(
            "epochs=150",
            "evaluation.every=150",
            "optimizer.lr=1e-2",
            "augment.crop=centre",
            "augment.horizontalFlip=0");
    try (ImageModel model = TinyTraining.model(recipe);
        Trainer trainer =
            Trainer.builder(model, recipe, TinyTraining.loader(recipe, eight))
                .validation(TinyTraining.judging(recipe, eight))
                .build()) {
      Result result = trainer.fit();
      assertThat(result.status()).isEqualTo(Result.Status.FINISHED);
      assertThat(result.epochs()).isEqualTo(150);
      Scores scores = result.scores().orElseThrow();
      assertThat(scores.top1()).isEqualTo(1);
      assertThat(scores.top5()).isEqualTo(1);
      assertThat(scores.loss()).isLessThan(0.05);
      assertThat(scores.perClass()).allMatch(c -> c.images() == 2 && c.recall() == 1);
    }
  }

  @Test
  void the_same_seed_gives_the_same_weights_and_another_one_others() throws IOException {
    Recipe recipe =
        TinyTraining.recipe("model.dropPath=0.2", "mixing.mixup=0.8", "mixing.cutmix=1");
    Map<String, float[]> weights = weights(recipe);
    assertSame(weights, weights(recipe));
    assertThat(weights(recipe.withSeed(1)).get("head.weight"))
        .isNotEqualTo(weights.get("head.weight"));
  }

  @Test
  void the_number_of_workers_does_not_matter() throws IOException {
    Recipe recipe = TinyTraining.recipe("epochs=2");
    Loader many =
        new Loader(
            IMAGES,
            Sampler.shuffled(IMAGES.size(), recipe.seed()),
            Preparation.training(recipe.augment()),
            LoaderConfig.training(8, recipe.seed()).withWorkers(5));
    assertSame(weights(recipe), weights(recipe, many));
  }

  @Test
  void accumulated_parts_equal_the_whole_batch() throws IOException {
    Recipe whole = TinyTraining.recipe("epochs=2", "batch=16", "optimizer.type=sgd");
    Map<String, float[]> expected = weights(whole);
    Map<String, float[]> parts = weights(whole.with("accumulation=4"));
    expected.forEach(
        (key, values) -> {
          float[] others = parts.get(key);
          for (int i = 0; i < values.length; i++) {
            assertThat(others[i]).as(key).isCloseTo(values[i], offset(2e-6f));
          }
        });
  }

  @Test
  void a_loss_that_is_not_finite_ends_training_before_the_step() throws IOException {
    Recipe recipe = TinyTraining.recipe("optimizer.type=sgd", "optimizer.lr=1e30");
    List<TrainingListener.Step> steps = new ArrayList<>();
    TrainingListener counter =
        new TrainingListener() {
          @Override
          public void step(Step step) {
            steps.add(step);
          }
        };
    try (ImageModel model = TinyTraining.model(recipe);
        Trainer trainer =
            Trainer.builder(model, recipe, TinyTraining.loader(recipe, IMAGES))
                .listener(counter)
                .build()) {
      assertThatThrownBy(trainer::fit)
          .isInstanceOf(TrainingException.class)
          .hasMessageContaining("training has come apart; lower optimizer.lr");
      assertThat(steps).allMatch(step -> Double.isFinite(step.loss()));
    }
  }

  @Test
  void fifty_steps_leave_nothing_behind() throws IOException {
    Recipe recipe =
        TinyTraining.recipe(
            "epochs=15",
            "accumulation=2",
            "clip=1",
            "ema.decay=0.9",
            "mixing.mixup=0.8",
            "mixing.cutmix=1",
            "masksub.mode=masking");
    List<Long> pointers = new ArrayList<>();
    TrainingListener counter =
        new TrainingListener() {
          @Override
          public void step(Step step) {
            pointers.add(Engine.livePointers());
          }
        };
    weights(TinyTraining.recipe("epochs=1")); // whatever is made once and stays
    long before = Engine.livePointers();
    try (ImageModel model = TinyTraining.model(recipe);
        Trainer trainer =
            Trainer.builder(model, recipe, TinyTraining.loader(recipe, IMAGES))
                .validation(TinyTraining.judging(recipe, IMAGES))
                .listener(counter)
                .build()) {
      trainer.fit();
    }
    List<Long> settled = pointers.subList(10, 60);
    // The collector may free a few objects now and then; a leak would be one a step at least.
    assertThat(Collections.max(settled) - Collections.min(settled)).isLessThan(10);
    assertThat(Engine.livePointers()).isLessThan(before + 10);
  }
}
