package io.vitrail.training.optim;

import io.vitrail.nn.Layer;
import io.vitrail.nn.Param;
import io.vitrail.tensor.DType;
import io.vitrail.tensor.Mode;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The running average of a network's weights: {@code ema = d ema + (1 - d) w} for every entry of
 * the state dict, buffers included, from the weights it starts with. It owns its copy.
 *
 * <pre>{@code
 * try (Ema ema = new Ema(model, Ema.Config.withDecay(0.9998))) {
 *   for each update: optimizer.step(); ema.update();
 *   try (var swap = ema.swapIn()) {
 *     evaluate(model);                             // sees the averages
 *   }
 * }
 * }</pre>
 *
 * <p>Whole numbers (how many batches a norm has seen) are averaged and truncated, as DeiT's are.
 */
public final class Ema implements AutoCloseable {
  private final Layer model;
  private final Config config;
  private final Map<String, Tensor> averages = new LinkedHashMap<>();
  private long updates;
  private boolean swapped;

  /**
   * How slowly it moves.
   *
   * @param decay d, in [0, 1): 0.99996 in DeiT, 0.9998 in timm and FT-CLIP
   * @param warmUp how d grows at the start
   */
  public record Config(double decay, WarmUp warmUp) {
    /** How d grows at the start. */
    public enum WarmUp {
      /** d from the first update on. */
      NONE,
      /** {@code min(d, 1 - (1 + s)^(-2/3))} after s updates: timm's, for short trainings. */
      POWER
    }

    public Config {
      if (!(decay >= 0 && decay < 1)) {
        throw new IllegalArgumentException("decay of an average is in [0, 1), got " + decay);
      }
    }

    /** Without warm-up. */
    public static Config withDecay(double decay) {
      return new Config(decay, WarmUp.NONE);
    }

    /** d of the update that follows {@code updates} others. */
    double at(long updates) {
      return warmUp == WarmUp.NONE ? decay : Math.min(decay, 1 - Math.pow(1 + updates, -2.0 / 3));
    }
  }

  /** Starts from the weights that {@code model} has now. */
  public Ema(Layer model, Config config) {
    this.model = model;
    this.config = config;
    model
        .state()
        .forEach(
            (key, param) -> averages.put(key, Scope.none(() -> param.value().detach().copy())));
  }

  /** Moves the averages towards the weights; once after each step of the optimiser. */
  public void update() {
    checkNotSwapped();
    double decay = config.at(updates);
    Map<String, Param> weights = model.state();
    try (Mode mode = Mode.noGrad()) {
      averages.forEach(
          (key, average) -> {
            try (Scope scope = Scope.open()) {
              move(average, weights.get(key).value(), decay);
            }
          });
    }
    updates++;
  }

  private static void move(Tensor average, Tensor weight, double decay) {
    if (average.dtype().isFloating()) {
      average.lerpInPlace(weight.to(average.dtype()), 1 - decay);
    } else {
      Tensor mixed = average.to(DType.F32).mul(decay).add(weight.to(DType.F32), 1 - decay);
      // Numbers that never change, such as indices, must not lose one to rounding.
      average.copyInPlace(average.where(average.eq(weight), mixed.to(average.dtype())));
    }
  }

  /** How many updates it has seen. */
  public long updates() {
    return updates;
  }

  /** The averages by state-dict key. They are its own: copy what shall stay, close nothing. */
  public Map<String, Tensor> state() {
    checkNotSwapped();
    return Collections.unmodifiableMap(averages);
  }

  /**
   * Goes on where another one of the same network was. Copies.
   *
   * @throws IllegalArgumentException if keys or shapes differ; nothing has changed then
   */
  public void restore(Map<String, Tensor> state, long updates) {
    checkNotSwapped();
    averages.forEach((key, average) -> check(key, average, state.get(key)));
    if (state.size() != averages.size()) {
      throw new IllegalArgumentException(
          "averages of %d tensors do not fit a network of %d"
              .formatted(state.size(), averages.size()));
    }
    try (Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      averages.forEach((key, average) -> average.copyInPlace(state.get(key)));
    }
    this.updates = updates;
  }

  private static void check(String key, Tensor average, @Nullable Tensor stored) {
    if (stored == null) {
      throw new IllegalArgumentException("averages have no '" + key + "' of this network");
    }
    if (!Arrays.equals(stored.shape(), average.shape()) || stored.dtype() != average.dtype()) {
      throw new IllegalArgumentException(
          "average '%s' must be %s, got %s".formatted(key, average.describe(), stored.describe()));
    }
  }

  /**
   * Gives the network its averages, until the result is closed; the weights come back then, to the
   * bit. Tensors are exchanged in place, so that an optimiser keeps its own.
   */
  public Swap swapIn() {
    checkNotSwapped();
    exchange();
    swapped = true;
    return () -> {
      if (swapped) {
        swapped = false;
        exchange();
      }
    };
  }

  /** The time in which a network has its averages. */
  public interface Swap extends AutoCloseable {
    @Override
    void close();
  }

  private void exchange() {
    Map<String, Param> weights = model.state();
    try (Mode mode = Mode.noGrad()) {
      averages.forEach(
          (key, average) -> {
            try (Scope scope = Scope.open()) {
              Tensor weight = weights.get(key).value();
              Tensor kept = weight.copy();
              weight.copyInPlace(average);
              average.copyInPlace(kept);
            }
          });
    }
  }

  private void checkNotSwapped() {
    if (swapped) {
      throw new IllegalStateException(
          "the network has its averages now: close what swapIn gave first");
    }
  }

  @Override
  public void close() {
    averages.values().forEach(Tensor::close);
  }
}
