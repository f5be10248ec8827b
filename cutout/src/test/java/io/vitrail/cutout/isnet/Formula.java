package io.vitrail.cutout.isnet;

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
 * same numbers as {@code numbers} and {@code given} of tools/goldens/isnet/isnet.py.
 */
public final class Formula {
  private Formula() {}

  /** Gives every parameter and buffer its number by formula. */
  public static <L extends Layer> L fill(L layer) {
    layer.load(state(layer, 1));
    return layer;
  }

  /** The state dict of {@code layer}; {@code density} of the convolution weights are not 0. */
  static StateDict state(Layer layer, double density) {
    Map<String, StoredTensor> state = new LinkedHashMap<>();
    layer.state().forEach((key, param) -> state.put(key, stored(key, param, density)));
    return StateDict.of("formula", state);
  }

  /** An input in [-0.5, 0.5). */
  static Tensor given(String key, long... shape) {
    int count = 1;
    for (long size : shape) {
      count *= (int) size;
    }
    int seed = seed(key);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (uniform(seed, i) - 0.5);
    }
    return Tensor.of(values, shape);
  }

  private static StoredTensor stored(String key, Param param, double density) {
    if (param.name().equals("num_batches_tracked")) {
      ByteBuffer seven = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      return StoredTensor.of(key, ElementType.I64, seven.putLong(0, 7));
    }
    long[] shape = param.shape();
    double bound =
        shape.length < 2 ? 0 : Math.sqrt(4.0 / (shape[1] * shape[2] * shape[3] * density));
    int seed = seed(key);
    int keptSeed = seed(key + "?");
    float[] values = new float[(int) param.count()];
    for (int i = 0; i < values.length; i++) {
      double u = uniform(seed, i);
      values[i] =
          (float)
              switch (param.name()) {
                case "running_var" -> 0.5 + u;
                case "weight" ->
                    shape.length == 1
                        ? 0.5 + u
                        : uniform(keptSeed, i) < density ? (2 * u - 1) * bound : 0;
                default -> (2 * u - 1) * 0.3;
              };
    }
    return StoredTensor.of(key, values, shape);
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
