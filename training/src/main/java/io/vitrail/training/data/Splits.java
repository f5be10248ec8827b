package io.vitrail.training.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Images to train on and images to measure with, of the same classes. */
public record Splits(Dataset train, Dataset val) {
  public Splits {
    Check.that(
        train.classes().equals(val.classes()),
        "train has the classes %s, val has %s",
        train.classes(),
        val.classes());
  }

  /**
   * Puts a share of each class into val, at least one image, and at least one into train.
   *
   * @param valShare in (0, 1)
   * @throws IllegalArgumentException if a class has a single image
   */
  public static Splits byClass(Dataset all, double valShare, long seed) {
    Check.that(valShare > 0 && valShare < 1, "share of val must be in (0, 1), got %s", valShare);
    List<Integer> train = new ArrayList<>();
    List<Integer> val = new ArrayList<>();
    List<int[]> members = Subset.shuffledClasses(all, seed);
    for (int label = 0; label < members.size(); label++) {
      int[] of = members.get(label);
      Check.that(
          of.length != 1,
          "class '%s' has a single image; it needs one to train on and one for val",
          all.classes().get(label));
      int first = (int) Math.max(1, Math.min(of.length - 1, Math.round(of.length * valShare)));
      for (int i = 0; i < of.length; i++) {
        (i < first ? val : train).add(of[i]);
      }
    }
    return new Splits(Subset.of(all, train), Subset.of(all, val));
  }

  /** Draws {@code trainImages} images to train on, whatever their classes; val is the rest. */
  public static Splits byCount(Dataset all, int trainImages, long seed) {
    Check.that(
        trainImages > 0 && trainImages < all.size(),
        "images to train on must be in 1..%d, got %d",
        all.size() - 1,
        trainImages);
    int[] indices = new int[all.size()];
    Arrays.setAll(indices, i -> i);
    Randomness.shuffle(indices, new SplittableRandom(Randomness.seed(seed)));
    return new Splits(
        new Subset(all, Arrays.copyOf(indices, trainImages)),
        new Subset(all, Arrays.copyOfRange(indices, trainImages, indices.length)));
  }
}
