package io.vitrail.training.distributed;

import io.vitrail.nn.Layer;
import io.vitrail.nn.Param;
import io.vitrail.tensor.Device;
import io.vitrail.tensor.Mode;
import io.vitrail.tensor.ProcessGroup;
import io.vitrail.tensor.ProcessGroup.Reduction;
import io.vitrail.tensor.ProcessGroup.Transport;
import io.vitrail.tensor.ProcessGroupException;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** One of several processes, over a {@link ProcessGroup}. */
final class Ranks implements Distributed {
  private static final Set<String> STATISTICS = Set.of("running_mean", "running_var");

  private final ProcessGroup group;
  private final Device device;

  private Ranks(ProcessGroup group, Device device) {
    this.group = group;
    this.device = device;
  }

  static Ranks join(Rendezvous place, Device device) {
    Transport transport = device.kind() == Device.Kind.CPU ? Transport.GLOO : Transport.NCCL;
    ProcessGroup group =
        together(
            "not all came within %d s; start every rank from 0 to %d"
                .formatted(place.timeout().toSeconds(), place.world() - 1),
            () ->
                ProcessGroup.join(
                    transport, place.meeting(), place.rank(), place.world(), place.timeout()));
    return new Ranks(group, device);
  }

  @Override
  public int rank() {
    return group.rank();
  }

  @Override
  public int world() {
    return group.world();
  }

  @Override
  public void start(Layer model) {
    inBuckets(
        model.state().values().stream().map(Param::value).toList(),
        bucket -> group.broadcast(bucket, 0));
  }

  @Override
  public void averageGradients(List<Tensor> parameters) {
    try (Scope scope = Scope.open()) {
      double[] ranksWithGradient =
          sum(parameters.stream().mapToDouble(p -> p.grad() == null ? 0 : 1).toArray());
      List<Tensor> gradients = new ArrayList<>();
      for (int i = 0; i < ranksWithGradient.length; i++) {
        if (ranksWithGradient[i] > 0) {
          gradients.add(gradientOf(parameters.get(i)));
        }
      }
      inBuckets(gradients, bucket -> group.allReduce(bucket, Reduction.MEAN));
    }
  }

  /** The gradient; zeros where this rank has none. */
  private static Tensor gradientOf(Tensor parameter) {
    Tensor gradient = parameter.grad();
    if (gradient == null) {
      parameter.sum().mul(0).backward();
      gradient = parameter.grad();
    }
    return gradient == null ? parameter.zerosLike() : gradient;
  }

  @Override
  public void averageBatchNorms(Layer model) {
    inBuckets(
        model.state().values().stream()
            .filter(p -> p.kind() == Param.Kind.BUFFER && STATISTICS.contains(p.name()))
            .map(Param::value)
            .toList(),
        bucket -> group.allReduce(bucket, Reduction.MEAN));
  }

  @Override
  public double[] sum(double... values) {
    if (values.length == 0) {
      return new double[0];
    }
    try (Scope scope = Scope.open()) {
      Tensor sums = Tensor.of(values, values.length).to(device);
      together(() -> group.allReduce(sums, Reduction.SUM));
      return sums.toDoubles();
    }
  }

  @Override
  public void barrier() {
    together(group::barrier);
  }

  @Override
  public void close() {
    group.close();
  }

  /**
   * Lays tensors side by side in few large ones, lets {@code change} act on these, takes it back.
   */
  private static void inBuckets(List<Tensor> tensors, Consumer<Tensor> change) {
    for (List<Tensor> bucket : Buckets.of(tensors)) {
      try (Scope scope = Scope.open();
          Mode mode = Mode.noGrad()) {
        Tensor flat = Buckets.flatten(bucket);
        together(() -> change.accept(flat));
        Buckets.copyBack(flat, bucket);
      }
    }
  }

  private static void together(Runnable work) {
    together(
        "the last checkpoint is whole: start all processes again to resume",
        () -> {
          work.run();
          return true;
        });
  }

  private static <T> T together(String next, Supplier<T> work) {
    try {
      return work.get();
    } catch (ProcessGroupException e) {
      throw new DistributedException(
          "another process is gone or silent (%s); %s".formatted(e.getMessage(), next), e);
    }
  }
}
