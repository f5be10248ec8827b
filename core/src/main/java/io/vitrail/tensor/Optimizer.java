package io.vitrail.tensor;

import java.util.List;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.TensorVector;

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
 */
public final class Optimizer implements AutoCloseable {
  private final org.bytedeco.pytorch.Optimizer nat;
  private final List<Tensor> tensors;
  private boolean closed;

  private Optimizer(org.bytedeco.pytorch.Optimizer nat, List<Tensor> tensors) {
    this.nat = nat;
    this.tensors = tensors;
  }

  /** The rule by which tensors change, and its numbers. */
  public sealed interface Config permits Sgd, Adam, AdamW {
    /** The learning rate to start with. */
    double learningRate();
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
   * An optimiser of {@code tensors}, which must be leaves that require gradients.
   *
   * @throws TensorException if there are none, or one of them does not require gradients
   */
  public static Optimizer of(Config config, List<Tensor> tensors) {
    if (tensors.isEmpty()) {
      throw new TensorException("optimizer: no tensors to train; are all parameters frozen?");
    }
    for (Tensor tensor : tensors) {
      if (!tensor.requiresGrad()) {
        throw new TensorException(
            "optimizer: a tensor does not require gradients: " + tensor.describe());
      }
    }
    org.bytedeco.pytorch.Optimizer nat =
        Tensor.unscoped(
            () -> {
              TensorVector all =
                  new TensorVector(
                      tensors.stream()
                          .map(Tensor::nat)
                          .toArray(org.bytedeco.pytorch.Tensor[]::new));
              return config instanceof Sgd sgd
                  ? sgd(all, sgd)
                  : config instanceof Adam adam ? adam(all, adam) : adamW(all, (AdamW) config);
            });
    return new Optimizer(nat, List.copyOf(tensors));
  }

  /** Changes the tensors that have a gradient. */
  public void step() {
    checkOpen();
    Tensor.call("step", () -> nat.step());
  }

  /** Forgets all gradients. */
  public void zeroGrad() {
    checkOpen();
    nat.zero_grad(true);
  }

  /** Sets the learning rate of the next steps. */
  public void setLearningRate(double learningRate) {
    checkOpen();
    check(learningRate, 0);
    nat.param_groups().get(0).options().set_lr(learningRate);
  }

  /** The learning rate of the next step. */
  public double learningRate() {
    checkOpen();
    return nat.param_groups().get(0).options().get_lr();
  }

  /** What is trained, in the order given. */
  public List<Tensor> tensors() {
    return tensors;
  }

  /** Frees the running averages. */
  @Override
  public void close() {
    closed = true;
    nat.deallocate();
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the optimizer was closed");
    }
  }

  private static org.bytedeco.pytorch.Optimizer sgd(TensorVector tensors, Sgd config) {
    SGDOptions options = new SGDOptions(config.learningRate);
    options.momentum().put(config.momentum);
    options.nesterov().put(config.nesterov);
    options.weight_decay().put(config.weightDecay);
    return new org.bytedeco.pytorch.SGD(tensors, options);
  }

  private static org.bytedeco.pytorch.Optimizer adam(TensorVector tensors, Adam config) {
    AdamOptions options = new AdamOptions(config.learningRate);
    options.betas().put(config.beta1, config.beta2);
    options.eps().put(config.eps);
    options.weight_decay().put(config.weightDecay);
    return new org.bytedeco.pytorch.Adam(tensors, options);
  }

  private static org.bytedeco.pytorch.Optimizer adamW(TensorVector tensors, AdamW config) {
    AdamWOptions options = new AdamWOptions(config.learningRate);
    options.betas().put(config.beta1, config.beta2);
    options.eps().put(config.eps);
    options.weight_decay().put(config.weightDecay);
    return new org.bytedeco.pytorch.AdamW(tensors, options);
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
