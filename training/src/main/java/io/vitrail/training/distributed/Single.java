package io.vitrail.training.distributed;

import io.vitrail.nn.Layer;
import io.vitrail.tensor.Tensor;
import java.util.List;

/** The only process: what all agree on is what it says. */
enum Single implements Distributed {
  INSTANCE;

  @Override
  public int rank() {
    return 0;
  }

  @Override
  public int world() {
    return 1;
  }

  @Override
  public void start(Layer model) {}

  @Override
  public void averageGradients(List<Tensor> parameters) {}

  @Override
  public void averageBatchNorms(Layer model) {}

  @Override
  public double[] sum(double... values) {
    return values.clone();
  }

  @Override
  public void barrier() {}

  @Override
  public void close() {}
}
