package io.vitrail.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vitrail.imaging.Image;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Subsets, splits, images in memory and in a cache. */
class SubsetTest {
  private static InMemory data(int size) {
    return new InMemory(
        IntStream.range(0, size).mapToObj(i -> Image.grey(2, 1, i)).toList(),
        IntStream.range(0, size).mapToObj(i -> i % 3).toList(),
        List.of("a", "b", "c"));
  }

  private static List<Integer> values(Dataset data) throws IOException {
    List<Integer> values = new ArrayList<>();
    for (int i = 0; i < data.size(); i++) {
      values.add(data.image(i).get(0, 0, 0));
      assertThat(data.label(i)).isEqualTo(values.get(i) % 3);
    }
    return values;
  }

  @Test
  void a_subset_has_the_images_asked_for() throws IOException {
    Subset subset = new Subset(data(9), 7, 2);
    assertThat(values(subset)).containsExactly(7, 2);
    assertThat(subset.classes()).hasSize(3);
    assertThat(subset.name(1)).isEqualTo("image 2");
    assertThatThrownBy(() -> new Subset(data(9), 9))
        .hasMessage("image 9 is not in a data set of 9 images");
  }

  @Test
  void a_number_of_images_of_each_class_can_be_drawn() throws IOException {
    List<Integer> drawn = values(Subset.perClass(data(30), 2, 5));
    assertThat(drawn).hasSize(6).doesNotHaveDuplicates().isSorted();
    assertThat(drawn.stream().map(i -> i % 3)).containsExactlyInAnyOrder(0, 0, 1, 1, 2, 2);
    assertThat(values(Subset.perClass(data(30), 2, 5))).isEqualTo(drawn);
    assertThat(values(Subset.perClass(data(30), 2, 6))).isNotEqualTo(drawn);
    assertThatThrownBy(() -> Subset.perClass(data(5), 2, 0))
        .hasMessage("class 'c' has 1 images, 2 were asked for");
  }

  @Test
  void splits_share_no_image_and_lose_none() throws IOException {
    for (Splits splits :
        List.of(Splits.byClass(data(100), 0.3, 1), Splits.byCount(data(100), 70, 1))) {
      Set<Integer> all = new HashSet<>(values(splits.train()));
      assertThat(all).hasSize(splits.train().size());
      all.addAll(values(splits.val()));
      assertThat(all).hasSize(100);
      assertThat(splits.val().size()).isEqualTo(30);
    }
    assertThatThrownBy(() -> Splits.byCount(data(9), 9, 0))
        .hasMessage("images to train on must be in 1..8, got 9");
    assertThatThrownBy(() -> Splits.byClass(data(9), 1, 0))
        .hasMessage("share of val must be in (0, 1), got 1.0");
  }

  @Test
  void a_cache_reads_each_image_once_as_far_as_it_has_room() throws IOException {
    int[] reads = new int[3];
    InMemory data = data(3);
    Dataset counting =
        new Dataset() {
          @Override
          public int size() {
            return data.size();
          }

          @Override
          public List<String> classes() {
            return data.classes();
          }

          @Override
          public int label(int index) {
            return data.label(index);
          }

          @Override
          public Image image(int index) {
            reads[index]++;
            return data.image(index);
          }

          @Override
          public String name(int index) {
            return data.name(index);
          }
        };
    Cached cached = new Cached(counting, 5); // two images of two bytes
    for (int i = 0; i < 4; i++) {
      assertThat(values(cached)).containsExactly(0, 1, 2);
    }
    assertThat(reads).containsExactly(1, 1, 4);
  }

  @Test
  void images_in_memory_are_checked() {
    assertThatThrownBy(() -> new InMemory(List.of(), List.of(), List.of("a")))
        .hasMessage("a data set needs at least 1 image, got none");
    assertThatThrownBy(
            () -> new InMemory(List.of(Image.grey(1, 1, 0)), List.of(2), List.of("a", "b")))
        .hasMessage("label of image 0 must be in 0..1, got 2");
    assertThatThrownBy(
            () -> new InMemory(List.of(Image.grey(1, 1, 0)), List.of(), List.of("a", "b")))
        .hasMessage("every image needs a label, got 1 images and 0 labels");
  }
}
