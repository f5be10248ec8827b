package io.vitrail.training.reproduce;

import static org.assertj.core.api.Assertions.assertThat;

import io.vitrail.tensor.Scope;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Short trainings of the real thing. */
class MaskSubReproductionTest {
  private static final Study SHORT =
      Study.quickDigits()
          .with(
              List.of(
                  new Arm("plain", Arm.Branches.MAIN, 3),
                  new Arm("masksub", Arm.Branches.MAIN_AND_SUB, 2),
                  new Arm("labelled", Arm.Branches.MAIN_AND_LABELLED, 2)),
              1);

  @Test
  void a_run_learns_and_repeats_to_the_bit_and_labels_give_another() throws Exception {
    RunResult first = run(SHORT.arms().get(1));
    assertThat(first.curve()).hasSize(2);
    assertThat(first.curve().get(1).trainLoss()).isLessThan(first.curve().get(0).trainLoss());
    RunResult second = run(SHORT.arms().get(1));
    assertThat(second.nll()).isEqualTo(first.nll());
    assertThat(second.hiddenTop1()).isEqualTo(first.hiddenTop1());
    assertThat(run(SHORT.arms().get(2)).nll()).isNotEqualTo(first.nll());
  }

  @Test
  void seeds_draw_images_of_their_own_and_test_with_all_others() throws Exception {
    Study.Images images = SHORT.images(0);
    assertThat(images.train().size()).isEqualTo(400);
    assertThat(images.test().size()).isEqualTo(1397);
    try (Scope scope = Scope.open()) {
      int[] all = IntStream.range(0, 400).toArray();
      assertThat(SHORT.images(1).train().labels(all).toLongs())
          .isNotEqualTo(images.train().labels(all).toLongs());
    }
  }

  @Test
  void a_masked_step_costs_half_more_and_epochs_make_up_for_it() {
    Study digits = Study.digits();
    double plain = digits.cost(digits.arms().get(0));
    assertThat(digits.cost(digits.arms().get(1)) / plain).isBetween(0.98, 1.02);
    assertThat(digits.cost(new Arm("long", Arm.Branches.MAIN_AND_SUB, 400)) / plain)
        .isBetween(1.45, 1.55);
  }

  private static RunResult run(Arm arm) throws IOException, InterruptedException {
    try (TrainingRun run = new TrainingRun(SHORT, arm, 0, SHORT.images(0))) {
      return run.run();
    }
  }
}
