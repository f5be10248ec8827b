package io.vitrail.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vitrail.testkit.Seeds;
import io.vitrail.training.data.Sampler.Order;
import io.vitrail.training.data.Sampler.Remainder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SamplerTest {
  private static int[] indices(Sampler sampler, int epoch) {
    return sampler.order(epoch).indices();
  }

  @Test
  void sequential_order_is_that_of_the_data_set() {
    assertThat(indices(Sampler.sequential(5), 3)).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void a_shuffled_epoch_shows_every_image_once_and_each_epoch_differently() {
    Sampler sampler = Sampler.shuffled(100, 7);
    int[] first = indices(sampler, 0);
    int[] second = indices(sampler, 1);
    assertThat(Arrays.stream(first).sorted().toArray())
        .isEqualTo(indices(Sampler.sequential(100), 0));
    assertThat(second).isNotEqualTo(first).containsExactlyInAnyOrder(first);
    assertThat(indices(Sampler.shuffled(100, 7), 0)).isEqualTo(first);
    assertThat(indices(Sampler.shuffled(100, 8), 0)).isNotEqualTo(first);
  }

  @Test
  void shuffling_puts_every_image_everywhere_equally_often() {
    int[][] seen = new int[6][6];
    Sampler sampler = Sampler.shuffled(6, 1);
    for (int epoch = 0; epoch < 6000; epoch++) {
      int[] order = indices(sampler, epoch);
      for (int i = 0; i < 6; i++) {
        seen[i][order[i]]++;
      }
    }
    for (int[] row : seen) {
      assertThat(Arrays.stream(row).allMatch(count -> Math.abs(count - 1000) < 150))
          .isTrue(); // 5 standard deviations
    }
  }

  @Test
  void repeated_augmentation_is_deits() {
    Random random = new Random(Seeds.next());
    for (int round = 0; round < 50; round++) {
      int images = 256 + random.nextInt(3000);
      int ranks = 1 + random.nextInt(9);
      int epoch = random.nextInt(10);
      int[] shuffled = indices(Sampler.shuffled(images, 5), epoch);
      // every index three times, padded to a multiple of the ranks, rank r takes r, r + R, ...,
      // truncated to floor(floor(N / 256) * 256 / R)
      List<Integer> repeated = new ArrayList<>();
      for (int index : shuffled) {
        repeated.addAll(List.of(index, index, index));
      }
      for (int i = 0; repeated.size() % ranks != 0; i++) {
        repeated.add(repeated.get(i));
      }
      int selected = images / 256 * 256 / ranks;
      for (int rank = 0; rank < ranks; rank++) {
        Sampler ours = Sampler.repeated(images, 3, 5).shard(rank, ranks, Remainder.DROP);
        int start = rank;
        int[] expected =
            IntStream.range(0, selected).map(i -> repeated.get(start + i * ranks)).toArray();
        assertThat(ours.size()).isEqualTo(selected);
        assertThat(indices(ours, epoch)).isEqualTo(expected);
      }
    }
  }

  @Test
  void repeated_augmentation_of_imagenet_keeps_its_length_and_shows_a_third_of_it() {
    Sampler sampler = Sampler.repeated(1_281_167, 3, 0);
    assertThat(sampler.size()).isEqualTo(1_281_024);
    assertThat(sampler.shard(0, 8, Remainder.DROP).size()).isEqualTo(160_128);
    assertThat(Arrays.stream(indices(sampler, 0)).distinct().count()).isEqualTo(427_008);
  }

  @Test
  void repeated_augmentation_of_a_small_set_keeps_its_length() {
    int[] order = indices(Sampler.repeated(10, 3, 0), 0);
    assertThat(order).hasSize(10);
    assertThat(Arrays.stream(order).distinct().count()).isEqualTo(4);
  }

  @Test
  void ranks_share_an_epoch_by_the_remainders_rule() {
    Sampler all = Sampler.shuffled(11, 3);
    int[] whole = indices(all, 2);
    for (Remainder remainder : Remainder.values()) {
      List<Integer> together = new ArrayList<>();
      for (int rank = 0; rank < 4; rank++) {
        Sampler shard = all.shard(rank, 4, remainder);
        Order order = shard.order(2);
        assertThat(order.indices()).hasSize(shard.size());
        for (int i = 0; i < order.indices().length; i++) {
          assertThat(order.indices()[i]).isEqualTo(whole[order.place(i) % 11]);
          together.add(order.place(i));
        }
      }
      int expected = remainder == Remainder.DROP ? 8 : remainder == Remainder.PAD ? 12 : 11;
      assertThat(together)
          .containsExactlyInAnyOrderElementsOf(IntStream.range(0, expected).boxed().toList());
    }
  }

  @Test
  void wrong_numbers_are_named() {
    assertThatThrownBy(() -> Sampler.shuffled(0, 1))
        .hasMessage("a sampler needs at least 1 image, got 0");
    assertThatThrownBy(() -> Sampler.repeated(5, 0, 1))
        .hasMessage("repeated augmentation shows an image 1 or more times, got 0");
    assertThatThrownBy(() -> Sampler.sequential(5).shard(2, 2, Remainder.PAD))
        .hasMessage("rank is in 0..1 of 2 ranks, got 2");
    assertThatThrownBy(() -> Sampler.sequential(2).shard(0, 3, Remainder.KEEP))
        .hasMessage("2 samples cannot be shared by 3 ranks; use fewer ranks");
  }
}
