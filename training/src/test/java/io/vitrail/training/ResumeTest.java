package io.vitrail.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vitrail.testkit.Seeds;
import io.vitrail.training.Trainer.Result;
import io.vitrail.training.recipe.Recipe;
import io.vitrail.vision.ImageModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResumeTest {
  /** With everything that has a state or draws random numbers. */
  private static final Recipe ALL =
      TinyTraining.recipe(
          "epochs=3",
          "accumulation=2",
          "clip=1",
          "model.dropPath=0.2",
          "mixing.mixup=0.8",
          "mixing.cutmix=1",
          "ema.decay=0.9",
          "evaluation.weights=ema",
          "masksub.mode=masking",
          "augment.autoAugment=3a");

  @TempDir Path dir;

  /** Stops after {@code steps} steps of this process. */
  private static Result stopAfter(Recipe recipe, Path folder, int steps) throws IOException {
    Trainer[] trainer = new Trainer[1];
    TrainingListener stop =
        new TrainingListener() {
          private int left = steps;

          @Override
          public void step(Step step) {
            if (--left == 0) {
              trainer[0].stop();
            }
          }
        };
    try (ImageModel model = TinyTraining.model(recipe);
        Trainer t = TinyTraining.trainer(model, recipe, folder, stop)) {
      trainer[0] = t;
      return t.fit();
    }
  }

  @Test
  void a_stopped_training_goes_on_as_if_it_had_not_been() throws IOException {
    SplittableRandom random = new SplittableRandom(Seeds.next());
    TinyTraining.run(ALL, dir.resolve("whole"), TrainingListener.NONE);

    Path parts = dir.resolve("parts");
    Result result;
    do {
      result = stopAfter(ALL, parts, random.nextInt(1, 5));
    } while (result.status() == Result.Status.STOPPED);
    assertThat(result.epochs()).isEqualTo(3);
    TinyTraining.assertSameFiles(dir.resolve("whole"), parts);
    assertThat(TinyTraining.tensors(parts.resolve("last-ema.safetensors")).keySet())
        .isEqualTo(TinyTraining.tensors(parts.resolve("last.safetensors")).keySet());
  }

  @Test
  void every_optimiser_resumes() throws IOException {
    for (String type : new String[] {"sgd", "adam", "lamb"}) {
      Recipe recipe = TinyTraining.recipe("epochs=2", "optimizer.type=" + type);
      Path whole = dir.resolve(type);
      Path parts = dir.resolve(type + "-parts");
      TinyTraining.run(recipe, whole, TrainingListener.NONE);
      stopAfter(recipe, parts, 3);
      TinyTraining.run(recipe, parts, TrainingListener.NONE);
      TinyTraining.assertSameFiles(whole, parts);
    }
  }

  @Test
  void a_network_with_batch_norms_resumes() throws IOException {
    Recipe recipe =
        TinyTraining.recipe(
            "epochs=2", "model.name=resnet50", "optimizer.type=lamb", "ema.decay=0.9");
    TinyTraining.run(recipe, dir.resolve("whole"), TrainingListener.NONE);
    stopAfter(recipe, dir.resolve("parts"), 3);
    TinyTraining.run(recipe, dir.resolve("parts"), TrainingListener.NONE);
    TinyTraining.assertSameFiles(dir.resolve("whole"), dir.resolve("parts"));
  }

  @Test
  void a_log_of_two_parts_reads_as_one() throws IOException {
    Recipe recipe = TinyTraining.recipe("epochs=3", "checkpoints.epochs=2");
    stopAfter(recipe, dir, 6);
    TinyTraining.run(recipe, dir, TrainingListener.NONE);
    assertThat(Files.readAllLines(dir.resolve("log.jsonl")).stream().filter(l -> l.contains("val")))
        .hasSize(3);
  }

  @Test
  void a_finished_training_has_nothing_left_to_do() throws IOException {
    Recipe recipe = TinyTraining.recipe("epochs=1");
    TinyTraining.run(recipe, dir, TrainingListener.NONE);
    Result again = TinyTraining.run(recipe, dir, TrainingListener.NONE);
    assertThat(again.status()).isEqualTo(Result.Status.FINISHED);
    assertThat(again.steps()).isEqualTo(4);
  }

  @Test
  void the_best_few_are_kept() throws IOException {
    TinyTraining.run(
        TinyTraining.recipe("epochs=5", "checkpoints.best=2"), dir, TrainingListener.NONE);
    try (var files = Files.list(dir)) {
      assertThat(files.filter(f -> f.getFileName().toString().startsWith("best-epoch-")))
          .hasSize(2);
    }
    assertThat(dir.resolve("best.safetensors")).exists();
  }

  @Test
  void another_recipe_does_not_resume_but_says_what_differs() throws IOException {
    Recipe recipe = TinyTraining.recipe("epochs=1");
    TinyTraining.run(recipe, dir, TrainingListener.NONE);
    assertThatThrownBy(
            () ->
                TinyTraining.run(
                    recipe.with("optimizer.lr=1", "epochs=2"), dir, TrainingListener.NONE))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("epochs: 1 -> 2, optimizer.lr: 0.003 -> 1.0")
        .hasMessageContaining("set these back, or name another folder");
    TinyTraining.run(recipe.with("checkpoints.best=3"), dir, TrainingListener.NONE); // is free
  }

  @Test
  void other_data_do_not_resume() throws IOException {
    Recipe recipe = TinyTraining.recipe("epochs=1");
    TinyTraining.run(recipe, dir, TrainingListener.NONE);
    try (ImageModel model = TinyTraining.model(recipe)) {
      TrainerBuilder other =
          Trainer.builder(model, recipe, TinyTraining.loader(recipe, TinyTraining.images(40, 1)))
              .folder(dir, TrainerBuilder.Start.RESUME);
      assertThatThrownBy(other::build)
          .isInstanceOf(TrainingException.class)
          .hasMessageContaining("32 images of 4 classes")
          .hasMessageContaining("now 40 images of 4 classes");
    }
  }

  @Test
  void a_folder_in_use_is_not_overwritten() throws IOException {
    Recipe recipe = TinyTraining.recipe("epochs=1");
    TinyTraining.run(recipe, dir, TrainingListener.NONE);
    try (ImageModel model = TinyTraining.model(recipe)) {
      TrainerBuilder again =
          Trainer.builder(model, recipe, TinyTraining.loader(recipe, TinyTraining.images(32, 1)))
              .folder(dir, TrainerBuilder.Start.NEW);
      assertThatThrownBy(again::build)
          .isInstanceOf(TrainingException.class)
          .hasMessageContaining("go on with it by --resume");
    }
  }

  @Test
  void a_checkpoint_that_cannot_be_written_ends_with_one_line() throws IOException {
    Recipe recipe = TinyTraining.recipe("epochs=2");
    stopAfter(recipe, dir, 4);
    Files.delete(dir.resolve("last.safetensors"));
    Files.createDirectories(dir.resolve("last.safetensors/in-the-way"));
    assertThatThrownBy(() -> TinyTraining.run(recipe, dir, TrainingListener.NONE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot write the checkpoint '" + dir.resolve("last.safetensors"))
        .hasMessageContaining("MB free); the checkpoint before it is whole: make room")
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    try (var files = Files.list(dir)) {
      assertThat(files.map(Path::toString)).noneMatch(name -> name.endsWith(".part"));
    }
  }

  @Test
  void what_a_killed_process_left_half_written_is_removed() throws IOException {
    Path left = Files.writeString(dir.resolve(".last.safetensors.1234.part"), "half");
    TinyTraining.run(TinyTraining.recipe("epochs=1"), dir, TrainingListener.NONE);
    assertThat(left).doesNotExist();
  }
}
