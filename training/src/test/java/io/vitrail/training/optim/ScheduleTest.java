package io.vitrail.training.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vitrail.training.optim.Schedule.Begin;
import io.vitrail.training.optim.Schedule.Clock;
import io.vitrail.training.optim.Schedule.WarmUp;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static final Offset<Double> EXACT = within(1e-15);

  private static void epochs(Schedule schedule, Offset<Double> tolerance, double... rates) {
    int perEpoch = 7;
    for (int epoch = 0; epoch < rates.length; epoch++) {
      for (int i = 0; i < perEpoch; i++) {
        assertThat(schedule.at((long) epoch * perEpoch + i, perEpoch))
            .as("epoch %d, update %d", epoch, i)
            .isCloseTo(rates[epoch], tolerance);
      }
    }
  }

  @Test
  void deit_is_one_epoch_late() {
    Schedule deit = Schedule.deit(4e-3, 1e-5, 400, new WarmUp(5, 1e-6));
    epochs(deit, within(5e-9), 1e-6, 1e-6, 8.008e-4, 1.6006e-3, 2.4004e-3, 3.2002e-3, 3.99846e-3);
    assertThat(deit.at(400, 1))
        .isCloseTo(1e-5 + 3.99e-3 / 2 * (1 + Math.cos(Math.PI * 399 / 400)), EXACT);
    assertThat(deit.at(1000, 1)).isCloseTo(1e-5, EXACT);
  }

  @Test
  void fine_tuning_deit_for_20_epochs_is_constant_after_warm_up() {
    Schedule tune = Schedule.deit(1e-5, 1e-5, 20, new WarmUp(5, 1e-6));
    for (int epoch = 6; epoch < 20; epoch++) {
      assertThat(tune.at(epoch, 1)).isEqualTo(1e-5);
    }
  }

  @Test
  void rsb_is_not_late() {
    epochs(
        Schedule.rsb(5e-3, 1e-6, 300, new WarmUp(5, 1e-4)),
        within(5e-9),
        1e-4,
        1.08e-3,
        2.06e-3,
        3.04e-3,
        4.02e-3,
        4.99657e-3);
  }

  @Test
  void swin_changes_with_each_update_one_late_and_its_cosine_is_not_moved_by_warm_up() {
    int perEpoch = 1251;
    Schedule swin = Schedule.swin(1e-3, 1e-5, 300, new WarmUp(20, 1e-6));
    assertThat(swin.at(0, perEpoch)).isCloseTo(1e-6, EXACT);
    assertThat(swin.at(1, perEpoch)).isCloseTo(1e-6, EXACT);
    long warmUp = 20L * perEpoch;
    assertThat(swin.at(2, perEpoch)).isCloseTo(1e-6 + 9.99e-4 / warmUp, EXACT);
    assertThat(swin.at(warmUp, perEpoch)).isCloseTo(1e-6 + 9.99e-4 * (warmUp - 1) / warmUp, EXACT);
    assertThat(swin.at(warmUp + 1, perEpoch))
        .isCloseTo(1e-5 + 9.9e-4 / 2 * (1 + Math.cos(Math.PI * 20 / 300)), EXACT);
    assertThat(swin.at(150L * perEpoch + 1, perEpoch)).isCloseTo(1e-5 + 9.9e-4 / 2, EXACT);
  }

  @Test
  void mae_rises_from_0_by_parts_of_epochs_and_its_cosine_begins_after_warm_up() {
    Schedule mae = Schedule.mae(2e-3, 1e-6, 100, 5);
    assertThat(mae.at(0, 10)).isZero();
    assertThat(mae.at(25, 10)).isCloseTo(2e-3 * 2.5 / 5, EXACT);
    assertThat(mae.at(49, 10)).isCloseTo(2e-3 * 4.9 / 5, EXACT);
    assertThat(mae.at(50, 10)).isCloseTo(2e-3, EXACT);
    double e = 62.3;
    assertThat(mae.at(623, 10))
        .isCloseTo(1e-6 + (2e-3 - 1e-6) / 2 * (1 + Math.cos(Math.PI * (e - 5) / 95)), EXACT);
    assertThat(mae.at(1000, 10)).isCloseTo(1e-6, EXACT);
  }

  @Test
  void ft_clip_reaches_its_peak_in_the_last_update_of_warm_up() {
    Schedule clip = Schedule.ftClip(6e-4, 1e-6, 50, 10);
    assertThat(clip.at(0, 4)).isZero();
    assertThat(clip.at(13, 4)).isCloseTo(6e-4 * 13 / 39, EXACT);
    assertThat(clip.at(39, 4)).isCloseTo(6e-4, EXACT);
    assertThat(clip.at(40, 4)).isCloseTo(6e-4, EXACT);
    assertThat(clip.at(41, 4))
        .isCloseTo(1e-6 + (6e-4 - 1e-6) / 2 * (1 + Math.cos(Math.PI / 160)), EXACT);
  }

  @Test
  void one_update_of_warm_up_that_includes_its_end_is_at_the_peak() {
    assertThat(Schedule.ftClip(6e-4, 1e-6, 5, 0.25).at(0, 4)).isEqualTo(6e-4);
  }

  @Test
  void constant_step_and_linear() {
    assertThat(Schedule.constant(0.1).at(12345, 10)).isEqualTo(0.1);
    Schedule step = new Schedule(0.8, WarmUp.NONE, new Schedule.Step(30, 0.1), Clock.EPOCH);
    assertThat(step.at(29, 1)).isEqualTo(0.8);
    assertThat(step.at(30, 1)).isCloseTo(0.08, EXACT);
    assertThat(step.at(75, 1)).isCloseTo(0.008, EXACT);
    Schedule linear =
        new Schedule(
            1, new WarmUp(2, 0), new Schedule.Linear(0, 10, Begin.AFTER_WARM_UP), Clock.UPDATE);
    assertThat(linear.at(4, 4)).isEqualTo(0.5);
    assertThat(linear.at(8, 4)).isEqualTo(1);
    assertThat(linear.at(24, 4)).isEqualTo(0.5);
    assertThat(linear.at(44, 4)).isZero();
  }

  @Test
  void wrong_numbers_are_refused() {
    assertThatThrownBy(() -> Schedule.constant(-1))
        .hasMessage("learning rate must be at least 0, got -1.0");
    assertThatThrownBy(() -> Schedule.mae(1, 0, 0, 0))
        .hasMessage("epochs must be above 0, got 0.0");
    assertThatThrownBy(() -> Schedule.cosine(1, 0, 5, new WarmUp(6, 0)))
        .hasMessage("a warm-up of 6.0 epochs leaves nothing of 5.0");
    assertThatThrownBy(() -> Schedule.constant(1).at(-1, 1))
        .hasMessage("update -1 of 1 in an epoch: at least 0 and 1");
  }
}
