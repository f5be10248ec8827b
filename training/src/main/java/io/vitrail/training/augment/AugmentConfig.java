package io.vitrail.training.augment;

import io.vitrail.imaging.Colour;
import java.util.List;

/**
 * What happens to an image before the network sees it, in the order of the components from {@code
 * crop} to {@code erasing}. A recipe file has these names.
 *
 * @param imageSize side of the square input, in pixels
 * @param channels 1 (grey) or 3 (RGB)
 * @param mean of each channel, on a scale of 0 to 1
 * @param std of each channel, on the same scale
 * @param crop which part training sees
 * @param scale share of the image's area that {@link Cropping#RESIZED} takes, in (0, 1]
 * @param ratio width to height of that part
 * @param padding pixels around the image under {@link Cropping#PADDED}
 * @param interpolation of crops, warps and the resizing of evaluation
 * @param horizontalFlip probability
 * @param verticalFlip probability
 * @param autoAugment {@code none}; {@code 3a} (3-Augment); a RandAugment in timm's notation such as
 *     {@code rand-m9-mstd0.5-inc1}, see {@link RandAugment#parse}; or an AutoAugment policy, see
 *     {@link AutoAugment#parse}
 * @param colourJitter brightness, contrast and saturation each by a factor from {@code 1 - j} to
 *     {@code 1 + j}; 0 for none. Applied wherever it is not 0 (timm leaves it out beside
 *     RandAugment)
 * @param erasing probability of {@link RandomErasing}
 * @param erasingMode what it fills with
 * @param erasingCount most rectangles it erases
 * @param cropRatio evaluation resizes the short side to {@code imageSize / cropRatio}, in (0, 1]
 */
public record AugmentConfig(
    int imageSize,
    int channels,
    List<Double> mean,
    List<Double> std,
    Cropping crop,
    Range scale,
    Range ratio,
    int padding,
    Interpolation interpolation,
    double horizontalFlip,
    double verticalFlip,
    String autoAugment,
    double colourJitter,
    double erasing,
    RandomErasing.Mode erasingMode,
    int erasingCount,
    double cropRatio) {

  private static final List<Double> IMAGENET_MEAN = List.of(0.485, 0.456, 0.406);
  private static final List<Double> IMAGENET_STD = List.of(0.229, 0.224, 0.225);

  public AugmentConfig {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    Check.that(imageSize >= 1, "imageSize must be at least 1 pixel, got %d", imageSize);
    Check.that(
        channels == 1 || channels == 3, "channels must be 1 (grey) or 3 (RGB), got %d", channels);
    Check.that(
        mean.size() == channels && std.size() == channels,
        "mean and std need one value for each of %d channels, got %s and %s",
        channels,
        mean,
        std);
    Check.that(std.stream().allMatch(s -> s > 0), "std must be above 0, got %s", std);
    Check.that(
        scale.low() > 0 && scale.high() <= 1, "scale lies within (0, 1], got %s", scale.ends());
    Check.that(ratio.low() > 0, "ratio must be above 0, got %s", ratio.ends());
    Check.that(padding >= 0, "padding must not be negative, got %d", padding);
    Check.probability("horizontalFlip", horizontalFlip);
    Check.probability("verticalFlip", verticalFlip);
    Pipeline.automatic(autoAugment, interpolation, Colour.BLACK); // throws if it cannot be read
    Check.that(
        colourJitter >= 0 && colourJitter <= 1,
        "colourJitter lies within [0, 1], got %s",
        colourJitter);
    Check.probability("erasing", erasing);
    Check.that(erasingCount >= 1, "erasingCount must be at least 1, got %d", erasingCount);
    Check.that(cropRatio > 0 && cropRatio <= 1, "cropRatio lies within (0, 1], got %s", cropRatio);
  }

  /** RGB, ImageNet's mean and std, resized crop, horizontal flip, bicubic, crop ratio 0.875. */
  public static AugmentConfig imagenet(int imageSize) {
    return new AugmentConfig(
        imageSize,
        3,
        IMAGENET_MEAN,
        IMAGENET_STD,
        Cropping.RESIZED,
        RandomResizedCrop.SCALE,
        RandomResizedCrop.RATIO,
        4,
        Interpolation.BICUBIC,
        0.5,
        0,
        "none",
        0,
        0,
        RandomErasing.Mode.PIXEL,
        1,
        0.875);
  }

  /** Grey images of exactly this size, shifted by up to {@code shift} pixels and never flipped. */
  public static AugmentConfig grey(int imageSize, int shift, double mean, double std) {
    return imagenet(imageSize)
        .withChannels(1, List.of(mean), List.of(std))
        .withCrop(Cropping.PADDED)
        .withPadding(shift)
        .withHorizontalFlip(0)
        .withCropRatio(1);
  }

  /** Mean and std. */
  public Normalisation normalisation() {
    return new Normalisation(mean, std);
  }

  /** The mean as a colour; what warps bring in from outside of the image. */
  Colour meanColour() {
    return new Colour(level(0), level(channels / 2), level(channels - 1));
  }

  private int level(int channel) {
    return (int) Math.max(0, Math.min(255, Math.rint(255 * mean.get(channel))));
  }

  public AugmentConfig withImageSize(int imageSize) {
    return new AugmentConfig(
        imageSize,
        channels,
        mean,
        std,
        crop,
        scale,
        ratio,
        padding,
        interpolation,
        horizontalFlip,
        verticalFlip,
        autoAugment,
        colourJitter,
        erasing,
        erasingMode,
        erasingCount,
        cropRatio);
  }

  public AugmentConfig withChannels(int channels, List<Double> mean, List<Double> std) {
    return new AugmentConfig(
        imageSize,
        channels,
        mean,
        std,
        crop,
        scale,
        ratio,
        padding,
        interpolation,
        horizontalFlip,
        verticalFlip,
        autoAugment,
        colourJitter,
        erasing,
        erasingMode,
        erasingCount,
        cropRatio);
  }

  public AugmentConfig withCrop(Cropping crop) {
    return new AugmentConfig(
        imageSize,
        channels,
        mean,
        std,
        crop,
        scale,
        ratio,
        padding,
        interpolation,
        horizontalFlip,
        verticalFlip,
        autoAugment,
        colourJitter,
        erasing,
        erasingMode,
        erasingCount,
        cropRatio);
  }

  public AugmentConfig withScale(Range scale) {
    return new AugmentConfig(
        imageSize,
        channels,
        mean,
        std,
        crop,
        scale,
        ratio,
        padding,
        interpolation,
        horizontalFlip,
        verticalFlip,
        autoAugment,
        colourJitter,
        erasing,
        erasingMode,
        erasingCount,
        cropRatio);
  }

  public AugmentConfig withRatio(Range ratio) {
    return new AugmentConfig(
        imageSize,
        channels,
        mean,
        std,
        crop,
        scale,
        ratio,
        padding,
        interpolation,
        horizontalFlip,
        verticalFlip,
        autoAugment,
        colourJitter,
        erasing,
        erasingMode,
        erasingCount,
        cropRatio);
  }

  public AugmentConfig withPadding(int padding) {
    return new AugmentConfig(
        imageSize,
        channels,
        mean,
        std,
        crop,
        scale,
        ratio,
        padding,
        interpolation,
        horizontalFlip,
        verticalFlip,
        autoAugment,
        colourJitter,
        erasing,
        erasingMode,
        erasingCount,
        cropRatio);
  }

  public AugmentConfig withInterpolation(Interpolation interpolation) {
    return new AugmentConfig(
        imageSize,
        channels,
        mean,
        std,
        crop,
        scale,
        ratio,
        padding,
        interpolation,
        horizontalFlip,
        verticalFlip,
        autoAugment,
        colourJitter,
        erasing,
        erasingMode,
        erasingCount,
        cropRatio);
  }

  public AugmentConfig withHorizontalFlip(double horizontalFlip) {
    return new AugmentConfig(
        imageSize,
        channels,
        mean,
        std,
        crop,
        scale,
        ratio,
        padding,
        interpolation,
        horizontalFlip,
        verticalFlip,
        autoAugment,
        colourJitter,
        erasing,
        erasingMode,
        erasingCount,
        cropRatio);
  }

  public AugmentConfig withVerticalFlip(double verticalFlip) {
    return new AugmentConfig(
        imageSize,
        channels,
        mean,
        std,
        crop,
        scale,
        ratio,
        padding,
        interpolation,
        horizontalFlip,
        verticalFlip,
        autoAugment,
        colourJitter,
        erasing,
        erasingMode,
        erasingCount,
        cropRatio);
  }

  public AugmentConfig withAutoAugment(String autoAugment) {
    return new AugmentConfig(
        imageSize,
        channels,
        mean,
        std,
        crop,
        scale,
        ratio,
        padding,
        interpolation,
        horizontalFlip,
        verticalFlip,
        autoAugment,
        colourJitter,
        erasing,
        erasingMode,
        erasingCount,
        cropRatio);
  }

  public AugmentConfig withColourJitter(double colourJitter) {
    return new AugmentConfig(
        imageSize,
        channels,
        mean,
        std,
        crop,
        scale,
        ratio,
        padding,
        interpolation,
        horizontalFlip,
        verticalFlip,
        autoAugment,
        colourJitter,
        erasing,
        erasingMode,
        erasingCount,
        cropRatio);
  }

  public AugmentConfig withErasing(
      double erasing, RandomErasing.Mode erasingMode, int erasingCount) {
    return new AugmentConfig(
        imageSize,
        channels,
        mean,
        std,
        crop,
        scale,
        ratio,
        padding,
        interpolation,
        horizontalFlip,
        verticalFlip,
        autoAugment,
        colourJitter,
        erasing,
        erasingMode,
        erasingCount,
        cropRatio);
  }

  public AugmentConfig withCropRatio(double cropRatio) {
    return new AugmentConfig(
        imageSize,
        channels,
        mean,
        std,
        crop,
        scale,
        ratio,
        padding,
        interpolation,
        horizontalFlip,
        verticalFlip,
        autoAugment,
        colourJitter,
        erasing,
        erasingMode,
        erasingCount,
        cropRatio);
  }
}
