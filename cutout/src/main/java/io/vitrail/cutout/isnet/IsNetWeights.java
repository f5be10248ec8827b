package io.vitrail.cutout.isnet;

import io.vitrail.nn.StateDict;
import io.vitrail.weights.ElementType;
import io.vitrail.weights.OnnxFile;
import io.vitrail.weights.OnnxNode;
import io.vitrail.weights.StoredTensor;
import io.vitrail.weights.Weights;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads IS-Net's weights in the forms they are published in. */
public final class IsNetWeights {
  private static final double BN_EPS = 1e-5;

  private IsNetWeights() {}

  /**
   * An IS-Net for inference with the weights of {@code file}: a state dict ({@code isnet.pth},
   * safetensors) or an ONNX export. Width and input channels are those of the file.
   */
  public static IsNet open(Path file) throws IOException {
    try (Weights weights = Weights.open(file)) {
      StateDict state = weights instanceof OnnxFile onnx ? ofOnnx(onnx) : StateDict.of(weights);
      IsNet net = new IsNet(config(state));
      try {
        net.load(state);
        return net.fold();
      } catch (RuntimeException e) {
        net.close();
        throw e;
      }
    }
  }

  /** The sizes show in the first convolution: [width, input channels, 3, 3]. */
  private static IsNet.Config config(StateDict state) {
    long[] shape = state.shape("conv_in.weight");
    if (shape.length != 4) {
      throw new IllegalArgumentException(
          "'%s' is not an IS-Net: conv_in.weight has %d dimensions, expected 4"
              .formatted(state.name(), shape.length));
    }
    return new IsNet.Config((int) shape[1], (int) shape[0]);
  }

  /**
   * The state dict of an ONNX export. There, batch norms are already in the convolutions, and the
   * name of a convolution's node is its path: {@code /stage1/rebnconvin/conv_s1/Conv}. The batch
   * norms that the state dict wants are neutral: {@code (x - 0) / sqrt(1 - eps + eps) * 1 + 0}.
   */
  static StateDict ofOnnx(OnnxFile onnx) {
    Map<String, StoredTensor> state = new LinkedHashMap<>();
    for (OnnxNode node : onnx.nodes()) {
      if (node.opType().equals("Conv") && node.inputs().size() >= 3) {
        String path = modulePath(node.name());
        StoredTensor weight = initializer(onnx, node.inputs().get(1), path + ".weight");
        StoredTensor bias = initializer(onnx, node.inputs().get(2), path + ".bias");
        state.put(weight.name(), weight);
        state.put(bias.name(), bias);
        if (path.endsWith("conv_s1")) {
          addNeutralBatchNorm(state, path.replace("conv_s1", "bn_s1"), (int) bias.count());
        }
      }
    }
    return StateDict.of(String.valueOf(onnx.path().getFileName()), state);
  }

  /** {@code /stage1/rebnconvin/conv_s1/Conv} is {@code stage1.rebnconvin.conv_s1}. */
  private static String modulePath(String node) {
    String path = node.startsWith("/") ? node.substring(1) : node;
    int end = path.lastIndexOf('/');
    return (end < 0 ? path : path.substring(0, end)).replace('/', '.');
  }

  /** The initializer of that name; half-precision exports put a cast between it and its user. */
  private static StoredTensor initializer(OnnxFile onnx, String name, String key) {
    return onnx.find(name)
        .or(
            () ->
                onnx.nodes().stream()
                    .filter(n -> n.outputs().contains(name) && n.opType().equals("Cast"))
                    .findFirst()
                    .flatMap(cast -> onnx.find(cast.inputs().get(0))))
        .map(tensor -> tensor.withName(key))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'%s' is not an IS-Net export: '%s' has no initializer '%s'"
                        .formatted(onnx.path().getFileName(), key, name)));
  }

  private static void addNeutralBatchNorm(
      Map<String, StoredTensor> state, String path, int channels) {
    put(state, path + ".weight", channels, 1);
    put(state, path + ".bias", channels, 0);
    put(state, path + ".running_mean", channels, 0);
    put(state, path + ".running_var", channels, (float) (1 - BN_EPS));
    ByteBuffer zero = ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    String tracked = path + ".num_batches_tracked";
    state.put(tracked, StoredTensor.of(tracked, ElementType.I64, zero));
  }

  private static void put(Map<String, StoredTensor> state, String key, int count, float value) {
    float[] values = new float[count];
    java.util.Arrays.fill(values, value);
    state.put(key, StoredTensor.of(key, values, count));
  }
}
