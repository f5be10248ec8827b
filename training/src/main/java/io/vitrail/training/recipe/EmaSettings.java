package io.vitrail.training.recipe;

import io.vitrail.training.optim.Ema;
import io.vitrail.training.optim.Ema.Config.WarmUp;
import java.util.Optional;

/**
 * The running average of the weights.
 *
 * @param decay share of the old average that stays at each step, in [0, 1); 0 for no average
 * @param warmUp how it grows at the start
 */
public record EmaSettings(double decay, WarmUp warmUp) {
  static final EmaSettings NONE = new EmaSettings(0, WarmUp.NONE);

  public EmaSettings {
    Check.rate("ema.decay", decay);
  }

  /** The average; nothing if there is none. */
  public Optional<Ema.Config> config() {
    return decay > 0 ? Optional.of(new Ema.Config(decay, warmUp)) : Optional.empty();
  }
}
