package io.vitrail.training.distributed;

import io.vitrail.nn.Layer;
import io.vitrail.tensor.Device;
import io.vitrail.tensor.Tensor;
import java.util.List;

/**
 * One of the processes ("ranks") that train a network together. Each has the whole network and a
 * part of every batch; gradients are averaged before each step, so that all take the same one.
 *
 * <p>Every rank must make the same calls in the same order. A call that needs the others waits for
 * them, but not for ever: where one is gone or silent for too long, all others end in {@link
 * DistributedException}.
 *
 * <pre>{@code
 * distributed.start(model);                        // all begin with the weights of rank 0
 * for each update:
 *   for each part of this rank's share of the batch:
 *     objective.backward(model, part);             // gradients add up
 *   distributed.averageGradients(optimizer.tensors());
 *   optimizer.step();
 * after each epoch:
 *   distributed.averageBatchNorms(model);
 *   double[] sums = distributed.sum(lossSum, images);
 * }</pre>
 *
 * <p>With shares of equal size, the average of the ranks' mean gradients is the gradient of the
 * mean over the whole batch.
 */
public interface Distributed extends AutoCloseable {

  /** This process, from 0. */
  int rank();

  /** How many processes there are. */
  int world();

  /** Whether this process writes files and talks to the user: rank 0. */
  default boolean isFirst() {
    return rank() == 0;
  }

  /** Gives every rank the parameters and buffers of rank 0. */
  void start(Layer model);

  /**
   * Replaces the gradients of {@code parameters} by their mean over all ranks, the same to the bit
   * on each. A parameter that has no gradient on any rank keeps none; where only some have one, it
   * counts as 0 on the others.
   */
  void averageGradients(List<Tensor> parameters);

  /**
   * Replaces the running statistics of batch norms by their mean over all ranks, as RSB's recipe
   * does after each epoch. Networks without batch norms are left alone.
   */
  void averageBatchNorms(Layer model);

  /** Sums of each number over all ranks: for metrics. */
  double[] sum(double... values);

  /** Whether it is so on any rank: for "stop", which must not be done by one alone. */
  default boolean any(boolean here) {
    return sum(here ? 1 : 0)[0] > 0;
  }

  /** Returns when all ranks have come here. */
  void barrier();

  /** Leaves the others; they are not told. */
  @Override
  void close();

  /**
   * Meets the other processes; returns when all are there. Tensors on the CPU travel by gloo, those
   * on GPUs by NCCL.
   *
   * @param device where the network is
   * @throws DistributedException if somebody does not come in time
   */
  static Distributed join(Rendezvous place, Device device) {
    return Ranks.join(place, device);
  }

  /** One process that needs no others. */
  static Distributed single() {
    return Single.INSTANCE;
  }
}
