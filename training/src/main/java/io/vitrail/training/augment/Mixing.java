package io.vitrail.training.augment;

import io.vitrail.tensor.DType;
import io.vitrail.tensor.F;
import io.vitrail.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Mixup (Zhang et al., 2018, arXiv 1710.09412) and CutMix (Yun et al., 2019, arXiv 1905.04899) of a
 * batch with its own reverse: image i of B is mixed with image B - 1 - i, and so are their targets.
 *
 * <p>Mixup: {@code lam x + (1 - lam) partner}. CutMix: a patch of about {@code 1 - lam} of the area
 * comes from the partner; {@code lam} is then what is really left of the image.
 */
public final class Mixing {
  private final MixingConfig config;
  private final int classes;
  private final double smoothing;
  private final Normalisation normalisation;

  /**
   * @param classes number of classes K
   * @param smoothing share of a target that is spread evenly over all classes, in [0, 1)
   * @param normalisation of the images, for {@link MixingConfig.Rounding#LEVELS}
   */
  public Mixing(MixingConfig config, int classes, double smoothing, Normalisation normalisation) {
    Check.that(
        config.isActive(), "nothing to mix: mixup, cutmix or probability is 0; leave mixing out");
    Check.that(classes >= 1, "classes must be at least 1, got %d", classes);
    Check.that(smoothing >= 0 && smoothing < 1, "label smoothing is in [0, 1), got %s", smoothing);
    this.config = config;
    this.classes = classes;
    this.smoothing = smoothing;
    this.normalisation = normalisation;
  }

  /**
   * A mixed batch.
   *
   * @param images [B, C, H, W] float32
   * @param targets [B, K] float32, each row a distribution over the classes
   */
  public record Mixed(Tensor images, Tensor targets) {}

  /**
   * Mixes a batch into new tensors of the open scope.
   *
   * @param images [B, C, H, W] float32, normalised
   * @param labels class numbers [B] of int64
   * @throws IllegalArgumentException if B is odd and the mode works on pairs
   */
  public Mixed mix(Tensor images, Tensor labels, RandomGenerator random) {
    Check.that(
        images.dim() == 4 && labels.dim() == 1 && labels.size(0) == images.size(0),
        "mixing takes images [B, C, H, W] and labels [B], got %s and %s",
        images.describe(),
        labels.describe());
    int batch = (int) images.size(0);
    boolean pairs =
        config.mode() == MixingConfig.Mode.PAIR || config.mode() == MixingConfig.Mode.HALF;
    Check.that(
        !pairs || batch % 2 == 0,
        "mixing in mode %s needs an even batch, got %d; drop the last one or use BATCH or ELEMENT",
        config.mode(),
        batch);
    return mix(images, labels, shares(batch, images.size(2), images.size(3), random));
  }

  /**
   * What one image keeps.
   *
   * @param lam share of the image in its target
   * @param patch what it takes from its partner; {@link Patch#NONE} under mixup
   */
  record Share(double lam, Patch patch) {
    static final Share ALL = new Share(1, Patch.NONE);

    /** The image's weight in the sum of mixup. */
    double weight() {
      return patch == Patch.NONE ? lam : 1;
    }
  }

  /** Rows {@code top..bottom-1}, columns {@code left..right-1}; may be empty. */
  record Patch(int top, int bottom, int left, int right) {
    static final Patch NONE = new Patch(0, 0, 0, 0);

    /**
     * A patch of the given size around a centre, clipped to the image. Half of an odd size is cut
     * off, as in the timm of the recipes (0.3 to 0.5); newer ones make odd patches a pixel larger.
     */
    static Patch around(int cy, int cx, int h, int w, int height, int width) {
      return new Patch(
          Math.max(0, cy - h / 2),
          Math.min(height, cy + h / 2),
          Math.max(0, cx - w / 2),
          Math.min(width, cx + w / 2));
    }

    boolean isEmpty() {
      return top >= bottom || left >= right;
    }

    double area() {
      return isEmpty() ? 0 : (double) (bottom - top) * (right - left);
    }

    Tensor of(Tensor image) { // [C, H, W]
      return image.narrow(1, top, bottom - top).narrow(2, left, right - left);
    }
  }

  /** One share for each image that is returned. */
  private List<Share> shares(int batch, long height, long width, RandomGenerator random) {
    int h = (int) height;
    int w = (int) width;
    if (config.mode() == MixingConfig.Mode.BATCH) {
      return Collections.nCopies(batch, share(h, w, random));
    }
    int draws = config.mode() == MixingConfig.Mode.ELEMENT ? batch : batch / 2;
    List<Share> shares = new ArrayList<>();
    for (int i = 0; i < draws; i++) {
      shares.add(share(h, w, random));
    }
    if (config.mode() == MixingConfig.Mode.PAIR) {
      for (int i = draws - 1; i >= 0; i--) {
        shares.add(shares.get(i));
      }
    }
    return shares;
  }

  private Share share(int height, int width, RandomGenerator random) {
    if (random.nextDouble() >= config.probability()) {
      return Share.ALL;
    }
    boolean cut =
        config.mixup() == 0 || (config.cuts() && random.nextDouble() < config.switchProbability());
    if (!cut) {
      return new Share(Beta.draw(config.mixup(), random), Patch.NONE);
    }
    Patch patch = patch(height, width, random);
    return new Share(1 - patch.area() / ((double) height * width), patch);
  }

  private Patch patch(int height, int width, RandomGenerator random) {
    Range sides = config.cutmixSides();
    if (sides != null) {
      int h = side(height, sides, random);
      int w = side(width, sides, random);
      int top = random.nextInt(height - h + 1);
      int left = random.nextInt(width - w + 1);
      return new Patch(top, top + h, left, left + w);
    }
    double side = Math.sqrt(1 - Beta.draw(config.cutmix(), random));
    int h = (int) (height * side);
    int w = (int) (width * side);
    int cy = random.nextInt(height);
    int cx = random.nextInt(width);
    return Patch.around(cy, cx, h, w, height, width);
  }

  private static int side(int length, Range sides, RandomGenerator random) {
    int from = (int) (length * sides.low());
    int to = (int) (length * sides.high());
    return from == to ? from : random.nextInt(from, to);
  }

  Mixed mix(Tensor images, Tensor labels, List<Share> shares) {
    int count = shares.size();
    Tensor own = images.narrow(0, 0, count); // [n, C, H, W]
    Tensor partners = images.flip(0).narrow(0, 0, count);
    boolean sums = shares.stream().anyMatch(s -> s.weight() != 1);
    Tensor mixed = sums ? sum(own, partners, shares) : own.copy();
    for (int i = 0; i < count; i++) {
      Patch patch = shares.get(i).patch();
      if (!patch.isEmpty()) {
        patch.of(mixed.select(0, i)).copyInPlace(patch.of(partners.select(0, i)));
      }
    }
    Tensor targets = smoothed(labels); // [B, K]
    Tensor lam = column(shares.stream().mapToDouble(Share::lam).toArray(), images, 2); // [n, 1]
    Tensor target =
        blend(targets.narrow(0, 0, count), targets.flip(0).narrow(0, 0, count), lam); // [n, K]
    return new Mixed(mixed, target);
  }

  private Tensor sum(Tensor own, Tensor partners, List<Share> shares) {
    Tensor weight = column(shares.stream().mapToDouble(Share::weight).toArray(), own, 4);
    if (config.rounding() == MixingConfig.Rounding.NONE) {
      return blend(own, partners, weight);
    }
    Tensor levels =
        blend(normalisation.levels(own), normalisation.levels(partners), weight).round();
    return normalisation.apply(levels);
  }

  private static Tensor blend(Tensor a, Tensor b, Tensor weight) {
    return a.mul(weight).add(b.mul(weight.subFrom(1)));
  }

  /** Values as [n, 1, ...] of {@code dims} dimensions, where {@code like} lives. */
  private static Tensor column(double[] values, Tensor like, int dims) {
    long[] shape = new long[dims];
    Arrays.fill(shape, 1);
    shape[0] = values.length;
    return Tensor.of(values, shape).to(DType.F32).to(like.device());
  }

  /** Off is s / K, on is 1 - s + s / K. */
  private Tensor smoothed(Tensor labels) {
    Tensor rows = F.oneHot(labels, classes).to(DType.F32); // [B, K]
    return smoothing == 0 ? rows : rows.mul(1 - smoothing).add(smoothing / classes);
  }
}
