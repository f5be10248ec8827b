package io.vitrail.testkit;

import io.vitrail.nn.Layer;
import io.vitrail.nn.Param;
import io.vitrail.nn.StateDict;
import io.vitrail.tensor.Tensor;
import io.vitrail.weights.ElementType;
import io.vitrail.weights.StoredTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * Weights and inputs as numbers of their key and index, so that goldens need not store them: the
 * same numbers as {@code numbers} and {@code given} of tools/goldens/formula.py.
 */
public final class Formula {
  private Formula() {}

  /** Gives every parameter and buffer its numbers by formula. */
  public static <L extends Layer> L fill(L layer) {
    layer.load(state(layer));
    return layer;
  }

  /** The state dict that {@link #fill} loads. */
  public static StateDict state(Layer layer) {
    Map<String, StoredTensor> state = new LinkedHashMap<>();
    layer.state().forEach((key, param) -> state.put(key, stored(key, param)));
    return StateDict.of("formula", state);
  }

  /** An input in [-0.5, 0.5). */
  public static Tensor given(String key, long... shape) {
    float[] values = new float[count(shape)];
    int seed = seed(key);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (uniform(seed, i) - 0.5);
    }
    return Tensor.of(values, shape);
  }

  /**
   * Weights are uniform in {@code ±2 / sqrt(fanIn)}, scales of norms and variances in [0.5, 1.5),
   * other vectors in ±0.3.
   */
  private static StoredTensor stored(String key, Param param) {
    if (param.name().equals("num_batches_tracked")) {
      ByteBuffer seven = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      return StoredTensor.of(key, ElementType.I64, seven.putLong(0, 7));
    }
    long[] shape = param.shape();
    boolean positive =
        param.name().equals("running_var") || (param.name().equals("weight") && shape.length == 1);
    double bound = shape.length < 2 ? 0.3 : 2 / Math.sqrt((double) param.count() / shape[0]);
    int seed = seed(key);
    float[] values = new float[count(shape)];
    for (int i = 0; i < values.length; i++) {
      double u = uniform(seed, i);
      values[i] = (float) (positive ? 0.5 + u : (2 * u - 1) * bound);
    }
    return StoredTensor.of(key, values, shape);
  }

  private static int count(long[] shape) {
    int count = 1;
    for (long size : shape) {
      count = Math.toIntExact(count * size);
    }
    return count;
  }

  private static int seed(String key) {
    CRC32 crc = new CRC32();
    crc.update(key.getBytes(StandardCharsets.UTF_8));
    return (int) crc.getValue();
  }

  /** In [0, 1): the finaliser of MurmurHash3 over a Weyl sequence. */
  private static double uniform(int seed, int index) {
    int h = seed + index * 0x9E3779B9;
    h ^= h >>> 16;
    h *= 0x85EBCA6B;
    h ^= h >>> 13;
    h *= 0xC2B2AE35;
    h ^= h >>> 16;
    return Integer.toUnsignedLong(h) / 4294967296.0;
  }
}
