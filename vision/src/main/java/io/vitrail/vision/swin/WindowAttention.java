package io.vitrail.vision.swin;

import io.vitrail.nn.Init;
import io.vitrail.nn.Layer;
import io.vitrail.nn.Linear;
import io.vitrail.nn.Param;
import io.vitrail.nn.Slot;
import io.vitrail.tensor.Device;
import io.vitrail.tensor.F;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Tensor;
import java.util.List;

/**
 * Multi-head self-attention within windows, with a learnt bias for each distance of two tokens
 * (section 3.2, equation 4).
 */
final class WindowAttention extends Layer {
  private final int heads;
  private final Windows windows;
  private final long[] positionIndex;
  private final Param biasTable;
  private final Slot qkv;
  private final Slot proj;

  WindowAttention(int width, int heads, Windows windows) {
    this.heads = heads;
    this.windows = windows;
    positionIndex = positionIndex(windows.window());
    long distances = 2L * windows.window() - 1;
    biasTable = param("relative_position_bias_table", distances * distances, heads);
    qkv = slot("qkv", new Linear(width, 3L * width));
    proj = slot("proj", new Linear(width, width));
  }

  /** The row of the bias table for each pair of query and key, [N, N]: by their distance. */
  static long[] positionIndex(int window) {
    int n = window * window;
    long[] index = new long[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        int dy = i / window - j / window + window - 1;
        int dx = i % window - j % window + window - 1;
        index[i * n + j] = (long) dy * (2 * window - 1) + dx;
      }
    }
    return index;
  }

  @Override
  protected void initOwn(Rng rng) {
    biasTable.set(() -> Init.truncNormal(rng, 0.02, biasTable.shape()));
  }

  Tensor forward(Tensor x) { // [B, M, N, D]
    long b = x.size(0);
    long m = x.size(1);
    long n = x.size(2);
    long d = x.size(3) / heads;
    List<Tensor> parts =
        qkv.forward(x).reshape(b * m, n, 3, heads, d).permute(2, 0, 3, 1, 4).unbind(0);
    Tensor q = parts.get(0); // [B M, h, N, d]
    Tensor k = parts.get(1);
    Tensor v = parts.get(2);
    double scale = 1 / Math.sqrt(d);
    Tensor bias = positionBias(x.device()); // [1, h, N, N]
    Tensor y;
    if (windows.isShifted()) {
      // Each window has a mask of its own, so windows become heads, which batches share.
      Tensor mask = windows.mask(bias.dtype(), x.device()).unsqueeze(1); // [M, 1, N, N]
      Tensor both = bias.add(mask).reshape(1, m * heads, n, n);
      long[] shape = {b, m * heads, n, d};
      y = F.attention(q.reshape(shape), k.reshape(shape), v.reshape(shape), both, scale);
    } else {
      y = F.attention(q, k, v, bias, scale);
    }
    return proj.forward(y.reshape(b, m, heads, n, d).transpose(2, 3).reshape(x.shape()));
  }

  private Tensor positionBias(Device device) {
    long n = windows.tokens();
    Tensor index = Tensor.of(positionIndex, n * n).to(device);
    return biasTable
        .value()
        .indexSelect(0, index)
        .reshape(n, n, heads)
        .permute(2, 0, 1)
        .unsqueeze(0);
  }
}
