package io.vitrail.training.data;

import io.vitrail.imaging.Image;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Some images of a data set, under its classes. */
public final class Subset implements Dataset {
  private final Dataset all;
  private final int[] indices;

  /**
   * @param indices of images in {@code all}, in the order they are to have
   */
  public Subset(Dataset all, int... indices) {
    Check.that(indices.length > 0, "a subset needs at least 1 image, got none");
    for (int index : indices) {
      Check.that(
          index >= 0 && index < all.size(),
          "image %d is not in a data set of %d images",
          index,
          all.size());
    }
    this.all = all;
    this.indices = indices.clone();
  }

  /**
   * {@code count} images of each class, drawn at random.
   *
   * @throws IllegalArgumentException if a class has fewer
   */
  public static Subset perClass(Dataset all, int count, long seed) {
    Check.that(count > 0, "count per class must be at least 1, got %d", count);
    List<int[]> members = shuffledClasses(all, seed);
    List<Integer> chosen = new ArrayList<>();
    for (int label = 0; label < members.size(); label++) {
      int[] of = members.get(label);
      Check.that(
          of.length >= count,
          "class '%s' has %d images, %d were asked for",
          all.classes().get(label),
          of.length,
          count);
      for (int i = 0; i < count; i++) {
        chosen.add(of[i]);
      }
    }
    return of(all, chosen);
  }

  /** In the order of the data set. */
  static Subset of(Dataset all, List<Integer> indices) {
    return new Subset(all, indices.stream().mapToInt(i -> i).sorted().toArray());
  }

  /** The images of each class in random order. */
  static List<int[]> shuffledClasses(Dataset all, long seed) {
    List<List<Integer>> members = new ArrayList<>();
    all.classes().forEach(name -> members.add(new ArrayList<>()));
    for (int i = 0; i < all.size(); i++) {
      members.get(all.label(i)).add(i);
    }
    List<int[]> shuffled = new ArrayList<>();
    for (int label = 0; label < members.size(); label++) {
      int[] of = members.get(label).stream().mapToInt(i -> i).toArray();
      Randomness.shuffle(of, new SplittableRandom(Randomness.seed(seed, label)));
      shuffled.add(of);
    }
    return shuffled;
  }

  @Override
  public int size() {
    return indices.length;
  }

  @Override
  public List<String> classes() {
    return all.classes();
  }

  @Override
  public int label(int index) {
    return all.label(indices[index]);
  }

  @Override
  public Image image(int index) throws IOException {
    return all.image(indices[index]);
  }

  @Override
  public String name(int index) {
    return all.name(indices[index]);
  }
}
