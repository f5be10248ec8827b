package io.vitrail.training;

import io.vitrail.tensor.DType;
import io.vitrail.tensor.Device;
import io.vitrail.tensor.Rng;
import io.vitrail.training.augment.Preparation;
import io.vitrail.training.data.DataSets;
import io.vitrail.training.data.Dataset;
import io.vitrail.training.data.Loader;
import io.vitrail.training.data.LoaderConfig;
import io.vitrail.training.data.Sampler;
import io.vitrail.training.data.Splits;
import io.vitrail.training.recipe.Recipe;
import io.vitrail.training.recipe.Recipes;
import io.vitrail.vision.zoo.LoadedModel;
import io.vitrail.vision.zoo.Models;
import io.vitrail.vision.zoo.WeightNotes;
import io.vitrail.weights.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Weights that a {@link Trainer} wrote, with what they say about themselves.
 *
 * @param path the file
 * @param notes network, classes and preparation
 * @param recipe they were trained by
 */
public record WeightFile(Path path, WeightNotes notes, Recipe recipe) {

  /** Which images of the data. */
  public enum Part {
    TRAIN,
    VAL
  }

  /**
   * Reads what a file says about itself.
   *
   * @throws IOException if it cannot be read, or says nothing
   */
  public static WeightFile open(Path path) throws IOException {
    try (Weights file = Weights.open(path)) {
      String recipe = file.metadata().get(TrainerBuilder.RECIPE);
      WeightNotes notes = WeightNotes.of(file.metadata()).orElse(null);
      if (notes == null || recipe == null) {
        throw new IOException(
            "'%s' does not say by which recipe it was trained; give a weight file of 'vitrail train'"
                .formatted(path));
      }
      return new WeightFile(path, notes, Recipes.fromJson(recipe));
    }
  }

  /** Names of the classes. */
  public List<String> classes() {
    return notes.classes();
  }

  /**
   * Judges the weights on labelled images.
   *
   * @param where as {@link DataSets#open} takes it; split as training splits it
   * @param batch images at once
   * @param workers threads that prepare images
   * @param precision the type of products: float32 or bfloat16
   * @throws IOException if the data cannot be read, or have other classes
   */
  public Scores judge(String where, Part part, int batch, int workers, DType precision)
      throws IOException {
    Splits splits = DataSets.open(where, recipe.data().holdOut(), recipe.seed());
    Dataset images = part == Part.VAL ? splits.val() : splits.train();
    if (!images.classes().equals(classes())) {
      throw new IOException(
          "'%s' has %d classes (%s), the weights know %d (%s); give data of the same classes"
              .formatted(
                  where,
                  images.classes().size(),
                  some(images.classes()),
                  classes().size(),
                  some(classes())));
    }
    Loader loader =
        new Loader(
            images,
            Sampler.sequential(images.size()),
            Preparation.evaluation(recipe.augment()),
            LoaderConfig.evaluation(batch)
                .withBadFiles(recipe.data().badFiles())
                .withWorkers(workers));
    try (Rng rng = Rng.seeded(0);
        LoadedModel loaded = Models.open(notes.architecture(), path, notes.overrides(), rng)) {
      return new Evaluator(loader, Device.CPU, precision).run(loaded.model());
    }
  }

  private static String some(List<String> names) {
    return String.join(", ", names.subList(0, Math.min(3, names.size())))
        + (names.size() > 3 ? ", ..." : "");
  }
}
