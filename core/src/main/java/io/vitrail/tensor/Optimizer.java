package io.vitrail.tensor;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Changes tensors by their gradients. It owns its running averages, which live outside of every
 * scope until it is closed; the tensors stay with their owners.
 *
 * <pre>{@code
 * try (var optimizer = Optimizer.of(Optimizer.AdamW.withLearningRate(1e-3), net.trainable())) {
 *   try (var scope = Scope.open()) {
 *     optimizer.zeroGrad();
 *     F.crossEntropy(net.forward(x), y, 0).backward();
 *     optimizer.step();
 *   }
 * }
 * }</pre>
 *
 * <p>The rules are written here, operator by operator as PyTorch's are, and give its numbers to the
 * bit on the CPU: the engine's own optimisers do not let their running averages out, and a run
 * could not be resumed.
 */
public final class Optimizer implements AutoCloseable {
  private final UpdateRule rule;
  private final List<Group> groups;
  private final Map<String, Tracked> tracked = new LinkedHashMap<>();
  private double learningRate;
  private boolean closed;

  private Optimizer(Config config, List<Group> groups) {
    this.rule = UpdateRule.of(config);
    this.groups = groups;
    this.learningRate = config.learningRate();
    for (Group group : groups) {
      group.tensors.forEach((name, tensor) -> tracked.put(name, new Tracked(name, tensor, group)));
    }
  }

  /** The rule by which tensors change, and its numbers. */
  public sealed interface Config permits Sgd, Adam, AdamW, Lamb {
    /** The learning rate to start with. */
    double learningRate();

    /** The weight decay of tensors without a {@link Group}. */
    double weightDecay();
  }

  /**
   * Stochastic gradient descent.
   *
   * @param momentum in [0, 1): the share of the last step in the next
   * @param nesterov whether to look ahead; needs momentum
   * @param weightDecay times the tensor is added to its gradient
   */
  public record Sgd(double learningRate, double momentum, boolean nesterov, double weightDecay)
      implements Config {
    public Sgd {
      check(learningRate, weightDecay);
      checkShare("momentum", momentum);
      if (nesterov && momentum == 0) {
        throw new TensorException("SGD: nesterov needs a momentum above 0");
      }
    }

    /** Without momentum and decay. */
    public static Sgd withLearningRate(double learningRate) {
      return new Sgd(learningRate, 0, false, 0);
    }
  }

  /**
   * Adam (Kingma and Ba, 2015, arXiv 1412.6980).
   *
   * @param beta1 in [0, 1): decay of the mean of gradients
   * @param beta2 in [0, 1): decay of the mean of their squares
   * @param eps added to the denominator
   * @param weightDecay times the tensor is added to its gradient
   */
  public record Adam(
      double learningRate, double beta1, double beta2, double eps, double weightDecay)
      implements Config {
    public Adam {
      check(learningRate, weightDecay);
      checkAdam(beta1, beta2, eps);
    }

    /** With PyTorch's defaults: 0.9, 0.999, 1e-8, no decay. */
    public static Adam withLearningRate(double learningRate) {
      return new Adam(learningRate, 0.9, 0.999, 1e-8, 0);
    }
  }

  /**
   * Adam with decoupled weight decay (Loshchilov and Hutter, 2019, arXiv 1711.05101).
   *
   * @param beta1 in [0, 1): decay of the mean of gradients
   * @param beta2 in [0, 1): decay of the mean of their squares
   * @param eps added to the denominator
   * @param weightDecay times learning rate times the tensor is taken off the tensor
   */
  public record AdamW(
      double learningRate, double beta1, double beta2, double eps, double weightDecay)
      implements Config {
    public AdamW {
      check(learningRate, weightDecay);
      checkAdam(beta1, beta2, eps);
    }

    /** With PyTorch's defaults: 0.9, 0.999, 1e-8, decay 0.01. */
    public static AdamW withLearningRate(double learningRate) {
      return new AdamW(learningRate, 0.9, 0.999, 1e-8, 0.01);
    }
  }

  /**
   * LAMB (You et al., 2020, arXiv 1904.00962) as timm 0.5.4 and apex have it: Adam with decay,
   * whose step is scaled for each tensor by the ratio of their lengths, on gradients whose joint
   * length over all tensors is cut to {@code maxGradNorm}. Tensors without decay take Adam's plain
   * step.
   *
   * @param beta1 in [0, 1): decay of the mean of gradients
   * @param beta2 in [0, 1): decay of the mean of their squares
   * @param eps added to the denominator
   * @param weightDecay times the tensor is added to its step
   * @param maxGradNorm above 0; {@link Double#POSITIVE_INFINITY} cuts nothing
   * @param options departures from the rule
   */
  public record Lamb(
      double learningRate,
      double beta1,
      double beta2,
      double eps,
      double weightDecay,
      double maxGradNorm,
      Set<Option> options)
      implements Config {

    /** Departures from the rule. */
    public enum Option {
      /** Also tensors without weight decay are scaled by their ratio. */
      ALWAYS_ADAPT,
      /** The ratio is at most 1 (LAMBC). */
      TRUST_CLIP
    }

    public Lamb {
      check(learningRate, weightDecay);
      checkAdam(beta1, beta2, eps);
      if (!(maxGradNorm > 0)) {
        throw new TensorException("maxGradNorm must be above 0, got " + maxGradNorm);
      }
      options = Set.copyOf(options);
    }

    /** With timm's defaults: 0.9, 0.999, 1e-6, decay 0.01, norm at most 1. */
    public static Lamb withLearningRate(double learningRate) {
      return new Lamb(learningRate, 0.9, 0.999, 1e-6, 0.01, 1, Set.of());
    }
  }

  /**
   * Tensors that share a scale of the learning rate and a weight decay.
   *
   * @param tensors by a name that no other group uses, under which their state is stored
   * @param learningRateScale times the optimiser's learning rate is theirs
   * @param weightDecay in place of {@link Config#weightDecay()}
   */
  public record Group(Map<String, Tensor> tensors, double learningRateScale, double weightDecay) {
    public Group {
      check(learningRateScale, weightDecay);
      tensors = new LinkedHashMap<>(tensors);
    }
  }

  /**
   * An optimiser of {@code tensors}, which must be leaves that require gradients. In its state they
   * are called by their index.
   *
   * @throws TensorException if there are none, or one of them does not require gradients
   */
  public static Optimizer of(Config config, List<Tensor> tensors) {
    Map<String, Tensor> numbered = new LinkedHashMap<>();
    tensors.forEach(tensor -> numbered.put(String.valueOf(numbered.size()), tensor));
    return ofGroups(config, List.of(new Group(numbered, 1, config.weightDecay())));
  }

  /**
   * An optimiser of tensors in groups, which must be leaves that require gradients.
   *
   * @throws TensorException if there are none, a name comes twice, or a tensor does not require
   *     gradients
   */
  public static Optimizer ofGroups(Config config, List<Group> groups) {
    Set<String> names = new HashSet<>();
    for (Group group : groups) {
      group.tensors.forEach(
          (name, tensor) -> {
            if (!names.add(name)) {
              throw new TensorException("optimizer: two tensors are called '" + name + "'");
            }
            if (!tensor.requiresGrad()) {
              throw new TensorException(
                  "optimizer: tensor '%s' does not require gradients: %s"
                      .formatted(name, tensor.describe()));
            }
          });
    }
    if (names.isEmpty()) {
      throw new TensorException("optimizer: no tensors to train; are all parameters frozen?");
    }
    return new Optimizer(config, List.copyOf(groups));
  }

  /** Changes the tensors that have a gradient. */
  public void step() {
    checkOpen();
    try (Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      rule.step(tracked.values(), learningRate);
    }
  }

  /** Forgets all gradients. */
  public void zeroGrad() {
    checkOpen();
    tracked.values().forEach(t -> t.tensor.clearGrad());
  }

  /** Sets the learning rate of the next steps; each group's is this times its scale. */
  public void setLearningRate(double learningRate) {
    checkOpen();
    check(learningRate, 0);
    this.learningRate = learningRate;
  }

  /** The learning rate of the next step, without the scales of groups. */
  public double learningRate() {
    return learningRate;
  }

  public List<Group> groups() {
    return groups;
  }

  /** What is trained, group by group, in the order given. */
  public List<Tensor> tensors() {
    return tracked.values().stream().map(t -> t.tensor).toList();
  }

  /**
   * All it remembers, by keys such as {@code blocks.0.mlp.fc1.weight/exp_avg}, under PyTorch's
   * names: {@code step} (int64, steps taken), {@code exp_avg}, {@code exp_avg_sq} and {@code
   * momentum_buffer}. Tensors that had no gradient yet have none. The running averages are the
   * optimiser's own: copy what shall outlive the next step, close nothing.
   */
  public Map<String, Tensor> state() {
    checkOpen();
    Map<String, Tensor> state = new LinkedHashMap<>();
    tracked.values().forEach(t -> t.putInto(state));
    return state;
  }

  /**
   * Goes on where the optimiser that gave {@code state} was: the next steps are the same to the
   * bit. Copies; the learning rate is the caller's to set.
   *
   * @param state of the same rule and tensors, as {@link #state()} gives it
   * @throws TensorException if it does not fit; nothing has changed then
   */
  public void restore(Map<String, Tensor> state) {
    checkOpen();
    Map<String, Map<String, Tensor>> byTensor = new LinkedHashMap<>();
    state.forEach(
        (key, value) -> {
          int slash = key.lastIndexOf('/');
          String name = key.substring(0, Math.max(slash, 0));
          if (!tracked.containsKey(name)) {
            throw new TensorException(
                "optimizer state '%s' belongs to no tensor of this optimizer, which has %s"
                    .formatted(key, tracked.keySet().stream().limit(3).toList()));
          }
          byTensor
              .computeIfAbsent(name, any -> new LinkedHashMap<>())
              .put(key.substring(slash + 1), value);
        });
    byTensor.forEach((name, values) -> tracked.get(name).check(values, rule.averages()));
    try (Scope scope = Scope.open()) {
      tracked.values().forEach(t -> t.restore(byTensor.getOrDefault(t.name, Map.of())));
    }
  }

  /** Frees the running averages. */
  @Override
  public void close() {
    closed = true;
    tracked.values().forEach(Tracked::forget);
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the optimizer was closed");
    }
  }

  private static void check(double learningRate, double weightDecay) {
    if (!(learningRate >= 0 && weightDecay >= 0)) {
      throw new TensorException(
          "learning rate and weight decay must be at least 0, got %s and %s"
              .formatted(learningRate, weightDecay));
    }
  }

  private static void checkAdam(double beta1, double beta2, double eps) {
    checkShare("beta1", beta1);
    checkShare("beta2", beta2);
    if (!(eps >= 0)) {
      throw new TensorException("eps must be at least 0, got " + eps);
    }
  }

  private static void checkShare(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new TensorException(name + " must be in [0, 1), got " + value);
    }
  }
}
