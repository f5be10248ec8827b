package io.vitrail.training.reproduce;

import io.vitrail.training.data.Dataset;
import io.vitrail.training.data.Digits;
import io.vitrail.training.data.Idx;
import io.vitrail.training.data.Splits;
import io.vitrail.training.reproduce.Arm.Branches;
import io.vitrail.training.reproduce.Pixels.Changes;
import io.vitrail.vision.vit.DropRates;
import io.vitrail.vision.vit.Size;
import io.vitrail.vision.vit.Style;
import io.vitrail.vision.vit.VisionTransformer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;

/**
 * One comparison: the data, the network and the schedule that all arms share, and the arms.
 *
 * @param name in files
 * @param title in texts
 * @param source of the images
 * @param trainImages how many are trained on, drawn anew for each seed
 * @param mean of pixels in [0, 1]
 * @param std of pixels in [0, 1]
 * @param changes what training does to an image
 * @param model the network
 * @param batch images of a step
 * @param learningRate of AdamW, the highest
 * @param weightDecay of weights; biases, norms, class token and positions have none
 * @param arms the first one is what the others are compared with
 * @param seeds how many: of the images drawn, initial weights, order and masks; alike in all arms
 */
record Study(
    String name,
    String title,
    Source source,
    int trainImages,
    double mean,
    double std,
    Changes changes,
    VisionTransformer.Config model,
    int batch,
    double learningRate,
    double weightDecay,
    List<Arm> arms,
    int seeds) {

  /** Share of the steps in which the learning rate rises from 0; then half a cosine to 0. */
  static final double WARM_UP = 0.05;

  /** Chosen before any result was seen; the draw of seed i is that of this plus i. */
  static final long SPLIT_SEED = 20_261_125;

  Study {
    arms = List.copyOf(arms);
  }

  /** Where images come from. */
  interface Source {
    /** Images to draw training images from, and those to test with. */
    Splits split(int trainImages, long seed) throws IOException;
  }

  /** 400 digits to train on and the other 1,397 to test with, long enough to overfit. */
  static Study digits() {
    return new Study(
        "digits",
        "Digits",
        (count, seed) -> Splits.byCount(Digits.load(), count, seed),
        400,
        0.305,
        0.376,
        new Changes(1, Changes.Mirror.NEVER),
        deit3(8, 2),
        32,
        2e-3,
        0.05,
        List.of(
            new Arm("plain", Branches.MAIN, 400),
            new Arm("masksub", Branches.MAIN_AND_SUB, 267),
            new Arm("masksub-short", Branches.MAIN_AND_SUB, 235),
            new Arm("labelled", Branches.MAIN_AND_LABELLED, 267),
            new Arm("masksub-long", Branches.MAIN_AND_SUB, 400)),
        6);
  }

  /** {@link #digits} with few seeds and a quarter of the epochs. */
  static Study quickDigits() {
    return digits()
        .with(
            List.of(
                new Arm("plain", Branches.MAIN, 100),
                new Arm("masksub", Branches.MAIN_AND_SUB, 67),
                new Arm("labelled", Branches.MAIN_AND_LABELLED, 67),
                new Arm("masksub-long", Branches.MAIN_AND_SUB, 100)),
            2);
  }

  /**
   * Fashion-MNIST, 2,000 images to train on and the 10,000 of its test set; the network of the
   * digits, with larger patches.
   *
   * @param folder of its four files
   */
  static Study fashion(Path folder) {
    return new Study(
        "fashion",
        "Fashion-MNIST",
        (count, seed) -> {
          Splits all = Idx.splits(folder);
          return new Splits(Splits.byCount(all.train(), count, seed).train(), all.val());
        },
        2000,
        0.286,
        0.353,
        new Changes(2, Changes.Mirror.HALF),
        deit3(28, 7),
        64,
        2e-3,
        0.05,
        List.of(
            new Arm("plain", Branches.MAIN, 200),
            new Arm("masksub", Branches.MAIN_AND_SUB, 133),
            new Arm("masksub-short", Branches.MAIN_AND_SUB, 118),
            new Arm("masksub-long", Branches.MAIN_AND_SUB, 200)),
        3);
  }

  private static VisionTransformer.Config deit3(int imageSize, int patchSize) {
    Size size = new Size(48, 4, 4, 4);
    return new VisionTransformer.Config(
        imageSize, patchSize, 1, 10, size, Style.DEIT3, 1.0, DropRates.NONE);
  }

  Study with(List<Arm> arms, int seeds) {
    return new Study(
        name,
        title,
        source,
        trainImages,
        mean,
        std,
        changes,
        model,
        batch,
        learningRate,
        weightDecay,
        arms,
        seeds);
  }

  /** The images of a seed, read and normalised. */
  Images images(int seed) throws IOException {
    Splits split = source.split(trainImages, SPLIT_SEED + seed);
    return new Images(pixels(split.train()), pixels(split.val()));
  }

  record Images(Pixels train, Pixels test) {}

  private Pixels pixels(Dataset data) throws IOException {
    return Pixels.of(data, mean, std);
  }

  /** What does not fill a batch is left out. */
  int stepsPerEpoch() {
    return trainImages / batch;
  }

  /**
   * Products of matrices in an arm's training, in multiply-adds for each image and layer (backward
   * takes twice as many in all arms): {@code 12 D^2 N + 2 N^2 D} for N tokens of width D.
   */
  double cost(Arm arm) {
    int patches = model.patches();
    double step = layerCost(1 + patches);
    if (arm.branches() != Branches.MAIN) {
      step += layerCost(1 + (int) (patches * (1 - Arm.HALF.ratio())));
    }
    return step * arm.epochs();
  }

  private double layerCost(double n) {
    double d = model.size().width();
    return 12 * d * d * n + 2 * n * n * d;
  }

  /** The settings in a sentence. */
  String description() {
    Size size = model.size();
    return String.format(
        Locale.ROOT,
        "%,d training images of %d x %d pixels, shifted by up to %d%s; DeiT-III form, patches of %d"
            + " (%d tokens, of which the masked view keeps %d), width %d, depth %d, %d heads, layer"
            + " scale from %.0f. AdamW %s, decay %s, batch %d, warm-up over %.0f %% of the steps, then"
            + " a cosine to 0; cross-entropy, float32.",
        trainImages,
        model.imageSize(),
        model.imageSize(),
        changes.shift(),
        changes.mirror() == Changes.Mirror.HALF ? ", half of them mirrored" : "",
        model.patchSize(),
        model.patches(),
        (int) (model.patches() * (1 - Arm.HALF.ratio())),
        size.width(),
        size.depth(),
        size.heads(),
        model.layerScale(),
        learningRate,
        weightDecay,
        batch,
        100 * WARM_UP);
  }

  /** Changes with whatever decides a result, besides arm and seed. */
  String settings() {
    CRC32 crc = new CRC32();
    String all =
        List.of(trainImages, mean, std, changes, model, batch, learningRate, weightDecay)
            + " "
            + WARM_UP
            + " "
            + SPLIT_SEED;
    crc.update(all.getBytes(StandardCharsets.UTF_8));
    return "%08x".formatted(crc.getValue());
  }
}
