package io.vitrail.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.vitrail.imaging.Image;
import io.vitrail.tensor.Rng;
import io.vitrail.training.augment.Preparation;
import io.vitrail.training.data.Dataset;
import io.vitrail.training.data.Loader;
import io.vitrail.training.data.LoaderConfig;
import io.vitrail.training.data.Sampler;
import io.vitrail.training.recipe.Recipe;
import io.vitrail.vision.ImageModel;
import io.vitrail.vision.resnet.Block;
import io.vitrail.vision.resnet.ResNet;
import io.vitrail.vision.vit.DropRates;
import io.vitrail.vision.vit.Size;
import io.vitrail.vision.vit.Style;
import io.vitrail.vision.vit.VisionTransformer;
import io.vitrail.weights.StoredTensor;
import io.vitrail.weights.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** A network and images so small that a test trains in a second. */
final class TinyTraining {
  static final List<String> CLASSES = List.of("dark", "left", "right", "bright");
  private static final int SIDE = 8;

  private TinyTraining() {}

  /** What a test starts from; its keys can be set as those of any recipe. */
  static Recipe recipe(String... assignments) {
    return Recipe.DEFAULT
        .with(
            "augment.imageSize=8",
            "augment.crop=padded",
            "augment.padding=1",
            "augment.cropRatio=1",
            "loss.smoothing=0",
            "optimizer.lr=3e-3",
            "optimizer.lrPer=0",
            "schedule.warmupEpochs=1",
            "epochs=4",
            "batch=8",
            "precision=f32")
        .with(assignments);
  }

  /** Noisy grey squares whose brighter half tells their class. */
  static Dataset images(int count, long seed) {
    return new Squares(count, seed);
  }

  private record Squares(int size, long seed) implements Dataset {
    @Override
    public List<String> classes() {
      return CLASSES;
    }

    @Override
    public int label(int index) {
      return index % CLASSES.size();
    }

    @Override
    public Image image(int index) {
      SplittableRandom random = new SplittableRandom(seed * 7919 + index);
      byte[] pixels = new byte[SIDE * SIDE * 3];
      for (int i = 0; i < pixels.length; i++) {
        boolean left = i / 3 % SIDE < SIDE / 2;
        boolean lit = (label(index) & (left ? 1 : 2)) != 0;
        pixels[i] = (byte) ((lit ? 170 : 70) + random.nextInt(-60, 61));
      }
      return Image.of(SIDE, SIDE, 3, pixels);
    }

    @Override
    public String name(int index) {
      return "square " + index;
    }
  }

  /** A network of the recipe's family, start and drop path: a ResNet or a ViT, each tiny. */
  static ImageModel model(Recipe recipe) {
    ImageModel model = recipe.model().name().startsWith("resnet") ? resnet(recipe) : vit(recipe);
    try (Rng rng = Rng.seeded(recipe.seed())) {
      model.init(rng);
    }
    return model;
  }

  private static ImageModel resnet(Recipe recipe) {
    return new ResNet(
        new ResNet.Config(
            Block.Kind.BASIC,
            List.of(1, 1, 1, 1),
            4,
            ResNet.Stem.SMALL,
            3,
            CLASSES.size(),
            recipe.model().dropPath()));
  }

  private static ImageModel vit(Recipe recipe) {
    return new VisionTransformer(
        new VisionTransformer.Config(
            SIDE,
            4,
            3,
            CLASSES.size(),
            new Size(16, 2, 2, 4),
            Style.DEIT3,
            1,
            new DropRates(0, recipe.model().dropPath(), DropRates.Rule.CONSTANT)));
  }

  /** Training batches of {@code data} as the recipe has them. */
  static Loader loader(Recipe recipe, Dataset data) {
    int batch = recipe.batch() / recipe.accumulation();
    return new Loader(
        data,
        Sampler.shuffled(data.size(), recipe.seed()),
        Preparation.training(recipe.augment()),
        LoaderConfig.training(batch, recipe.seed()).withWorkers(1));
  }

  /** Batches to judge by. */
  static Loader judging(Recipe recipe, Dataset data) {
    return new Loader(
        data,
        Sampler.sequential(data.size()),
        Preparation.evaluation(recipe.augment()),
        LoaderConfig.evaluation(recipe.evaluation().batch()).withWorkers(1));
  }

  /** A trainer of {@code model} that writes to {@code folder} and goes on from what is there. */
  static Trainer trainer(ImageModel model, Recipe recipe, Path folder, TrainingListener listener)
      throws IOException {
    return Trainer.builder(model, recipe, loader(recipe, images(32, 1)))
        .validation(judging(recipe, images(24, 2)))
        .folder(folder, TrainerBuilder.Start.RESUME)
        .listener(listener)
        .build();
  }

  /** Trains to the end, or to where {@code listener} stops it. */
  static Trainer.Result run(Recipe recipe, Path folder, TrainingListener listener)
      throws IOException {
    try (ImageModel model = model(recipe);
        Trainer trainer = trainer(model, recipe, folder, listener)) {
      return trainer.fit();
    }
  }

  /** The bytes of every tensor in a weight file, by name. */
  static Map<String, byte[]> tensors(Path file) throws IOException {
    Map<String, byte[]> all = new TreeMap<>();
    try (Weights weights = Weights.open(file)) {
      for (StoredTensor tensor : weights.tensors()) {
        byte[] bytes = new byte[tensor.data().remaining()];
        tensor.data().get(bytes);
        all.put(tensor.name(), bytes);
      }
    }
    return all;
  }

  /** Compares all that training gives, bit for bit. */
  static void assertSameFiles(Path a, Path b) throws IOException {
    for (String name : List.of("last.safetensors", "best.safetensors", "resume.safetensors")) {
      Map<String, byte[]> expected = tensors(a.resolve(name));
      Map<String, byte[]> found = tensors(b.resolve(name));
      assertThat(found.keySet()).as(name).isEqualTo(expected.keySet());
      expected.forEach(
          (key, bytes) -> assertThat(found.get(key)).as(name + ": " + key).isEqualTo(bytes));
    }
  }
}
