package io.vitrail.training.optim;

/**
 * How the learning rate goes: up in warm-up, then along a curve. A pure function of the update, so
 * that a resumed run needs no state of it.
 *
 * <p>Time {@code t} is counted in epochs, and may be a part of one. The named ones are those of
 * published recipes, with their habits: whether the rate changes with epochs or updates, whether it
 * lags behind by one, and whether the cosine begins at 0 or where warm-up ends.
 *
 * @param peak the rate that warm-up rises to and the curve begins at
 * @param warmUp the way up
 * @param curve the way down
 * @param clock how {@code t} follows from the update
 */
public record Schedule(double peak, WarmUp warmUp, Curve curve, Clock clock) {

  /** How time in epochs follows from the update. */
  public enum Clock {
    /** Whole epochs. */
    EPOCH,
    /** Whole epochs, one late: epochs 0 and 1 both are at 0. */
    EPOCH_LATE,
    /** Every update is a part of an epoch. */
    UPDATE,
    /** Every update is a part of an epoch, one update late: updates 0 and 1 both are at 0. */
    UPDATE_LATE;

    double time(long update, long updatesPerEpoch) {
      return switch (this) {
        case EPOCH -> update / updatesPerEpoch;
        case EPOCH_LATE -> Math.max(update / updatesPerEpoch - 1, 0);
        case UPDATE -> (double) update / updatesPerEpoch;
        case UPDATE_LATE -> (double) Math.max(update - 1, 0) / updatesPerEpoch;
      };
    }
  }

  /**
   * A straight line from {@code from} at time 0.
   *
   * @param epochs how long
   * @param from the first rate
   * @param top when the peak is reached
   */
  public record WarmUp(double epochs, double from, Top top) {
    /** When the peak is reached. */
    public enum Top {
      /** At the first update after warm-up. */
      AFTER,
      /** At the last update of warm-up (BEiT, FT-CLIP). */
      LAST_UPDATE
    }

    /** No warm-up. */
    public static final WarmUp NONE = new WarmUp(0, 0, Top.AFTER);

    public WarmUp {
      check("warm-up epochs", epochs);
      check("warm-up learning rate", from);
    }

    /** A line to the first update after it. */
    public WarmUp(double epochs, double from) {
      this(epochs, from, Top.AFTER);
    }
  }

  /** The way down. */
  public sealed interface Curve permits Constant, Step, Linear, Cosine {
    /** The rate at time {@code t}, at or after the end of warm-up. */
    double at(double t, double peak, double warmUpEpochs);
  }

  /** Where a curve begins. */
  public enum Begin {
    /** At time 0, under the warm-up, which ends in a small jump. */
    AT_ZERO,
    /** Where warm-up ends. */
    AFTER_WARM_UP;

    /** The share of the curve that is behind, in [0, 1]. */
    double share(double t, double epochs, double warmUpEpochs) {
      double start = this == AT_ZERO ? 0 : warmUpEpochs;
      return t >= epochs ? 1 : (t - start) / (epochs - start);
    }
  }

  /** No way down. */
  public record Constant() implements Curve {
    @Override
    public double at(double t, double peak, double warmUpEpochs) {
      return peak;
    }
  }

  /** Times {@code factor} after every {@code every} epochs, counted from time 0. */
  public record Step(double every, double factor) implements Curve {
    public Step {
      checkAbove("epochs of a step", every);
      check("factor of a step", factor);
    }

    @Override
    public double at(double t, double peak, double warmUpEpochs) {
      return peak * Math.pow(factor, Math.floor(t / every));
    }
  }

  /** A straight line to {@code last} at {@code epochs}. */
  public record Linear(double last, double epochs, Begin begin) implements Curve {
    public Linear {
      check("last learning rate", last);
      checkAbove("epochs", epochs);
    }

    @Override
    public double at(double t, double peak, double warmUpEpochs) {
      return peak + (last - peak) * begin.share(t, epochs, warmUpEpochs);
    }
  }

  /** Half a cosine to {@code last} at {@code epochs} (Loshchilov and Hutter, 2017, 1608.03983). */
  public record Cosine(double last, double epochs, Begin begin) implements Curve {
    public Cosine {
      check("last learning rate", last);
      checkAbove("epochs", epochs);
    }

    @Override
    public double at(double t, double peak, double warmUpEpochs) {
      double share = begin.share(t, epochs, warmUpEpochs);
      return last + (peak - last) / 2 * (1 + Math.cos(Math.PI * share));
    }
  }

  public Schedule {
    check("learning rate", peak);
    double length =
        curve instanceof Cosine cosine
            ? cosine.epochs
            : curve instanceof Linear linear ? linear.epochs : Double.POSITIVE_INFINITY;
    if (warmUp.epochs > length) {
      throw new IllegalArgumentException(
          "a warm-up of %s epochs leaves nothing of %s".formatted(warmUp.epochs, length));
    }
  }

  /** Always {@code rate}. */
  public static Schedule constant(double rate) {
    return new Schedule(rate, WarmUp.NONE, new Constant(), Clock.UPDATE);
  }

  /** Changes with every update: a line up, then a cosine from there on. */
  public static Schedule cosine(double peak, double last, double epochs, WarmUp warmUp) {
    return new Schedule(peak, warmUp, new Cosine(last, epochs, Begin.AFTER_WARM_UP), Clock.UPDATE);
  }

  /** DeiT's (also DeiT-III's): for each epoch, and one epoch late. */
  public static Schedule deit(double peak, double last, double epochs, WarmUp warmUp) {
    return new Schedule(peak, warmUp, new Cosine(last, epochs, Begin.AT_ZERO), Clock.EPOCH_LATE);
  }

  /** timm's, as in "ResNet strikes back" (arXiv 2110.00476): for each epoch. */
  public static Schedule rsb(double peak, double last, double epochs, WarmUp warmUp) {
    return new Schedule(peak, warmUp, new Cosine(last, epochs, Begin.AT_ZERO), Clock.EPOCH);
  }

  /** Swin's: for each update, and one update late. */
  public static Schedule swin(double peak, double last, double epochs, WarmUp warmUp) {
    return new Schedule(peak, warmUp, new Cosine(last, epochs, Begin.AT_ZERO), Clock.UPDATE_LATE);
  }

  /** The one that fine-tunes MAE: from 0, for each update. */
  public static Schedule mae(double peak, double last, double epochs, double warmUpEpochs) {
    return cosine(peak, last, epochs, new WarmUp(warmUpEpochs, 0));
  }

  /** FT-CLIP's (arXiv 2212.06138): MAE's, but the last update of warm-up has the peak. */
  public static Schedule ftClip(double peak, double last, double epochs, double warmUpEpochs) {
    return cosine(peak, last, epochs, new WarmUp(warmUpEpochs, 0, WarmUp.Top.LAST_UPDATE));
  }

  /**
   * The learning rate of an update, before the scales of groups.
   *
   * @param update how many updates came before
   * @param updatesPerEpoch at least 1
   */
  public double at(long update, long updatesPerEpoch) {
    if (update < 0 || updatesPerEpoch < 1) {
      throw new IllegalArgumentException(
          "update %d of %d in an epoch: at least 0 and 1".formatted(update, updatesPerEpoch));
    }
    double t = clock.time(update, updatesPerEpoch);
    if (t >= warmUp.epochs) {
      return curve.at(t, peak, warmUp.epochs);
    }
    double length = warmUp.epochs;
    if (warmUp.top == WarmUp.Top.LAST_UPDATE) {
      length -= 1.0 / updatesPerEpoch;
    }
    return length <= t ? peak : warmUp.from + t * (peak - warmUp.from) / length;
  }

  private static void check(String name, double value) {
    if (!(value >= 0)) {
      throw new IllegalArgumentException(name + " must be at least 0, got " + value);
    }
  }

  private static void checkAbove(String name, double value) {
    if (!(value > 0)) {
      throw new IllegalArgumentException(name + " must be above 0, got " + value);
    }
  }
}
