package io.vitrail.cutout.isnet;

import io.vitrail.nn.StateDict;
import io.vitrail.nn.StateDictException;
import io.vitrail.weights.OnnxFile;
import io.vitrail.weights.OnnxNode;
import io.vitrail.weights.StoredTensor;
import io.vitrail.weights.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads IS-Net's weights in the forms they are published in. */
public final class IsNetWeights {
  private static final String FIRST = "conv_in.weight";
  private static final Set<String> PASSES_ON = Set.of("Cast", "Identity");
  private static final String NEXT_MOVE =
      "give a state dict of IS-Net (.pth, safetensors) or an ONNX export of it by torch.onnx";

  private IsNetWeights() {}

  /**
   * An IS-Net for inference with the weights of {@code file}: a state dict ({@code isnet.pth},
   * safetensors) or an ONNX export. Its width and input channels are the file's.
   *
   * @throws IOException if the file cannot be read or is no IS-Net
   */
  public static IsNet open(Path file) throws IOException {
    try (Weights weights = Weights.open(file)) {
      boolean exported = weights instanceof OnnxFile;
      StateDict state = exported ? ofOnnx((OnnxFile) weights) : StateDict.of(weights);
      IsNet net = new IsNet(config(state));
      try {
        if (exported) {
          net.dropBatchNorms(); // they are in the convolutions already
        }
        net.load(state);
        return net.fold();
      } catch (StateDictException e) {
        net.close();
        throw new IOException(e.getMessage(), e);
      } catch (RuntimeException e) {
        net.close();
        throw e;
      }
    }
  }

  /** Reads the sizes off the first convolution, [width, channels, 3, 3]. */
  private static IsNet.Config config(StateDict state) throws IOException {
    if (!state.keys().contains(FIRST)) {
      String first = state.keys().stream().sorted().limit(3).collect(Collectors.joining(", "));
      throw new IOException(
          "'%s' is not an IS-Net: expected tensors '%s', ..., it has %s; %s"
              .formatted(state.name(), FIRST, first.isEmpty() ? "none" : first, NEXT_MOVE));
    }
    long[] shape = state.shape(FIRST);
    if (shape.length != 4) {
      throw new IOException(
          "'%s' is not an IS-Net: expected '%s' of shape [width, channels, 3, 3], it has %s; %s"
              .formatted(state.name(), FIRST, Arrays.toString(shape), NEXT_MOVE));
    }
    try {
      return new IsNet.Config((int) shape[1], (int) shape[0]);
    } catch (IllegalArgumentException e) {
      throw new IOException("'" + state.name() + "' is not an IS-Net: " + e.getMessage(), e);
    }
  }

  /**
   * The state dict of an ONNX export. There, batch norms are already in the convolutions, and the
   * name of a convolution's node is its path: {@code /stage1/rebnconvin/conv_s1/Conv}.
   */
  private static StateDict ofOnnx(OnnxFile onnx) throws IOException {
    Map<String, StoredTensor> state = new LinkedHashMap<>();
    for (OnnxNode node : onnx.nodes()) {
      if (node.opType().equals("Conv") && node.inputs().size() >= 3) {
        String path = modulePath(node.name());
        StoredTensor weight = initializer(onnx, node.inputs().get(1), path + ".weight");
        StoredTensor bias = initializer(onnx, node.inputs().get(2), path + ".bias");
        state.put(weight.name(), weight);
        state.put(bias.name(), bias);
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

  /**
   * The initializer of that name, or the one it is made from: half-precision exports put a cast
   * between it and its user, and the exporter an identity where two initializers are equal.
   */
  private static StoredTensor initializer(OnnxFile onnx, String name, String key)
      throws IOException {
    Optional<String> source = Optional.of(name);
    for (int hops = 0; hops < 3 && source.isPresent(); hops++) {
      Optional<StoredTensor> found = onnx.find(source.get());
      if (found.isPresent()) {
        return found.get().withName(key);
      }
      String made = source.get();
      source =
          onnx.nodes().stream()
              .filter(n -> n.outputs().contains(made) && PASSES_ON.contains(n.opType()))
              .findFirst()
              .map(n -> n.inputs().get(0));
    }
    throw new IOException(
        "'%s' is not an ONNX export of IS-Net: expected an initializer '%s' for '%s', there is none; %s"
            .formatted(onnx.path().getFileName(), name, key, NEXT_MOVE));
  }
}
