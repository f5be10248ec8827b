package io.vitrail.training.augment;

import io.vitrail.imaging.Colour;
import io.vitrail.imaging.Image;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Channels, transforms, normalisation, erasing. */
record Pipeline(
    int channels,
    int size,
    List<Transform> transforms,
    Normalisation normalisation,
    Optional<RandomErasing> erasing)
    implements Preparation {

  private static final int REFLECTED = 4;

  static Pipeline training(AugmentConfig config) {
    List<Transform> steps = new ArrayList<>(cropping(config));
    if (config.horizontalFlip() > 0) {
      steps.add(new Flip(Flip.Axis.HORIZONTAL, config.horizontalFlip()));
    }
    if (config.verticalFlip() > 0) {
      steps.add(new Flip(Flip.Axis.VERTICAL, config.verticalFlip()));
    }
    automatic(config.autoAugment(), config.interpolation(), config.meanColour())
        .ifPresent(steps::add);
    if (config.colourJitter() > 0) {
      steps.add(new ColourJitter(config.colourJitter()));
    }
    Optional<RandomErasing> erasing =
        config.erasing() == 0
            ? Optional.empty()
            : Optional.of(
                new RandomErasing(config.erasing(), config.erasingMode(), config.erasingCount()));
    return new Pipeline(
        config.channels(), config.imageSize(), steps, config.normalisation(), erasing);
  }

  static Pipeline evaluation(AugmentConfig config) {
    return new Pipeline(
        config.channels(),
        config.imageSize(),
        centre(config),
        config.normalisation(),
        Optional.empty());
  }

  private static List<Transform> cropping(AugmentConfig config) {
    int size = config.imageSize();
    Interpolation interpolation = config.interpolation();
    return switch (config.crop()) {
      case RESIZED ->
          List.of(new RandomResizedCrop(size, config.scale(), config.ratio(), interpolation));
      case SIMPLE ->
          List.of(
              new ResizeShortSide(size, interpolation),
              new RandomCrop(size, REFLECTED, RandomCrop.Border.REFLECTED));
      case PADDED -> List.of(new RandomCrop(size, config.padding(), RandomCrop.Border.BLACK));
      case CENTRE -> centre(config);
    };
  }

  /** What {@code autoAugment} names. */
  static Optional<Transform> automatic(String text, Interpolation interpolation, Colour fill) {
    if (text.equals("none")) {
      return Optional.empty();
    }
    if (text.equals("3a")) {
      return Optional.of(new ThreeAugment());
    }
    return Optional.of(
        text.startsWith("rand")
            ? RandAugment.parse(text, interpolation, fill)
            : AutoAugment.parse(text, interpolation, fill));
  }

  private static List<Transform> centre(AugmentConfig config) {
    int resized = (int) Math.floor(config.imageSize() / config.cropRatio());
    return List.of(
        new ResizeShortSide(resized, config.interpolation().fixed()),
        new CentreCrop(config.imageSize()));
  }

  @Override
  public int height() {
    return size;
  }

  @Override
  public int width() {
    return size;
  }

  @Override
  public void prepare(Image image, RandomGenerator random, float[] out, int offset) {
    Image picture = channels == 1 ? image.toGrey() : image.toRgb();
    for (Transform transform : transforms) {
      picture = transform.apply(picture, random);
    }
    normalisation.apply(picture, out, offset);
    erasing.ifPresent(e -> e.apply(out, offset, channels, size, size, random));
  }
}
