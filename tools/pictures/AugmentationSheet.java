import io.vitrail.imaging.Blur;
import io.vitrail.imaging.Colour;
import io.vitrail.imaging.ContactSheet;
import io.vitrail.imaging.Enhance;
import io.vitrail.imaging.Image;
import io.vitrail.imaging.Images;
import io.vitrail.imaging.Tone;
import io.vitrail.imaging.Warp;
import io.vitrail.imaging.WriteOptions;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.training.augment.AugmentConfig;
import io.vitrail.training.augment.Cropping;
import io.vitrail.training.augment.Mixing;
import io.vitrail.training.augment.MixingConfig;
import io.vitrail.training.augment.Preparation;
import io.vitrail.training.augment.RandomErasing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * Every augmentation on a photo, for docs/pictures/augmentations.jpg:
 *
 * <pre>{@code
 * java -cp 'cli/target/lib/*' tools/pictures/AugmentationSheet.java PHOTO PARTNER OUT.jpg
 * }</pre>
 *
 * PARTNER is the photo that Mixup and CutMix mix in.
 */
public final class AugmentationSheet {
  private static final int SIZE = 160;
  private static final int COLUMNS = 7;

  private static final AugmentConfig PLAIN =
      AugmentConfig.imagenet(SIZE)
          .withHorizontalFlip(0)
          .withCropRatio(1)
          .withCrop(Cropping.CENTRE);

  private final Image photo;
  private final Image square;
  private final ContactSheet sheet = new ContactSheet(COLUMNS, SIZE, SIZE);

  private AugmentationSheet(Image photo) {
    this.photo = photo;
    this.square = image(prepared(PLAIN, photo, 0));
  }

  public static void main(String[] args) throws IOException {
    AugmentationSheet maker = new AugmentationSheet(Images.read(Path.of(args[0])).toRgb());
    maker.crops();
    maker.operations();
    maker.policies();
    maker.erasing();
    maker.mixing(Images.read(Path.of(args[1])).toRgb());
    Images.write(
        maker.sheet.image(), Path.of(args[2]), WriteOptions.jpeg(80));
  }

  private void crops() {
    add("evaluation", square);
    for (int seed : new int[] {3, 10, 14}) {
      add("resized crop", PLAIN.withCrop(Cropping.RESIZED), seed);
    }
    add("simple crop", PLAIN.withCrop(Cropping.SIMPLE), 1);
    add("flip", square.flipHorizontal());
    add("colour jitter 0.4", PLAIN.withColourJitter(0.4), 3);
  }

  /** RandAugment's operations at magnitude 9, 3-Augment's as they are. */
  private void operations() {
    Colour fill = new Colour(124, 116, 104);
    Warp.Filter cubic = Warp.Filter.BICUBIC;
    add("AutoContrast", Tone.autoContrast(square));
    add("Equalize", Tone.equalize(square));
    add("Invert", square.inverted());
    add("Rotate 27\u00b0", Warp.rotate(square, 27, cubic, fill));
    add("Posterize, 1 bit", Tone.posterize(square, 1));
    add("Solarize from 26", Tone.solarize(square, 26));
    add("SolarizeAdd 99", Tone.solarizeAdd(square, 99));
    add("Color 1.81", Enhance.colour(square, 1.81));
    add("Contrast 1.81", Enhance.contrast(square, 1.81));
    add("Brightness 0.19", Enhance.brightness(square, 0.19));
    add("Sharpness 1.81", Enhance.sharpness(square, 1.81));
    add("ShearX 0.27", Warp.apply(square, Warp.Matrix.shearX(0.27), cubic, fill));
    add("ShearY -0.27", Warp.apply(square, Warp.Matrix.shearY(-0.27), cubic, fill));
    add("TranslateX", Warp.apply(square, Warp.Matrix.translate(0.405 * SIZE, 0), cubic, fill));
    add("3-Augment: grey", square.toGrey());
    add("solarize from 128", Tone.solarize(square, 128));
    add("blur 2", Blur.gaussian(square, 2));
  }

  private void policies() {
    for (int seed : new int[] {4, 7, 9, 13}) {
      add("rand-m9-mstd0.5-inc1-p1", PLAIN.withAutoAugment("rand-m9-mstd0.5-inc1-p1"), seed);
    }
    for (int seed : new int[] {2, 13}) {
      add("AutoAugment", PLAIN.withAutoAugment("original"), seed);
    }
  }

  private void erasing() {
    add("erasing, const", PLAIN.withErasing(1, RandomErasing.Mode.CONST, 1), 1);
    add("erasing, rand", PLAIN.withErasing(1, RandomErasing.Mode.RAND, 1), 4);
    add("erasing, pixel", PLAIN.withErasing(1, RandomErasing.Mode.PIXEL, 1), 3);
  }

  private void mixing(Image partner) {
    float[] both = new float[2 * 3 * SIZE * SIZE];
    Preparation plain = Preparation.evaluation(PLAIN);
    plain.prepare(photo, new SplittableRandom(0), both, 0);
    plain.prepare(partner, new SplittableRandom(0), both, plain.length());
    mixed("Mixup", MixingConfig.of(0.8, 0), both, 1);
    mixed("CutMix", MixingConfig.of(0, 1), both, 1);
  }

  private void mixed(String name, MixingConfig config, float[] both, long seed) {
    try (Scope scope = Scope.open()) {
      Mixing mixing = new Mixing(config, 2, 0, PLAIN.normalisation());
      Mixing.Mixed result =
          mixing.mix(
              Tensor.of(both, 2, 3, SIZE, SIZE),
              Tensor.of(new long[] {0, 1}, 2),
              new SplittableRandom(seed));
      double share = result.targets().toFloats()[0];
      add("%s, %.2f".formatted(name, share), image(result.images().toFloats()));
    }
  }

  private void add(String caption, AugmentConfig config, long seed) {
    add(caption, image(prepared(config, photo, seed)));
  }

  private void add(String caption, Image image) {
    sheet.add(image, caption);
  }

  private static float[] prepared(AugmentConfig config, Image image, long seed) {
    Preparation preparation = Preparation.training(config);
    float[] values = new float[preparation.length()];
    preparation.prepare(image, new SplittableRandom(seed), values, 0);
    return values;
  }

  /** The first normalised [3, SIZE, SIZE] as an image. */
  private static Image image(float[] values) {
    byte[] pixels = new byte[3 * SIZE * SIZE];
    for (int c = 0; c < 3; c++) {
      for (int i = 0; i < SIZE * SIZE; i++) {
        double value = values[c * SIZE * SIZE + i] * PLAIN.std().get(c) + PLAIN.mean().get(c);
        pixels[3 * i + c] = (byte) Math.max(0, Math.min(255, Math.round(255 * value)));
      }
    }
    return Image.of(SIZE, SIZE, 3, pixels);
  }
}
