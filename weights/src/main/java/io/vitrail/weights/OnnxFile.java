package io.vitrail.weights;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An ONNX model as a source of weights: the graph's initializers are the tensors, and {@link
 * #nodes} say which operation uses which. Nothing is computed.
 *
 * <p>Reads models of one file of up to 2 GiB (protobuf's own limit). Weights in the bodies of
 * control-flow operations are not listed.
 */
public final class OnnxFile extends Weights {
  private final List<OnnxNode> nodes;
  private final List<String> inputs;
  private final List<String> outputs;

  private OnnxFile(Path path, Graph graph, Map<String, String> metadata) {
    super(path, graph.initializers, metadata);
    this.nodes = List.copyOf(graph.nodes);
    this.inputs = List.copyOf(graph.inputs);
    this.outputs = List.copyOf(graph.outputs);
  }

  /**
   * Opens an ONNX model.
   *
   * @throws MalformedWeightsException if it is not one, is damaged, keeps its weights in other
   *     files, or has a weight of a type that is not in {@link ElementType}
   */
  public static OnnxFile open(Path path) throws IOException {
    try (MappedFile file = MappedFile.open(path)) {
      Graph graph = null;
      Map<String, String> metadata = new LinkedHashMap<>();
      ProtoReader model = new ProtoReader(file, file.whole("an ONNX model"));
      while (model.next()) {
        switch (model.field()) {
          case 1 -> metadata.put("ir_version", Long.toString(model.number()));
          case 2 -> metadata.put("producer_name", model.text());
          case 3 -> metadata.put("producer_version", model.text());
          case 7 -> graph = Graph.read(file, model.message());
          case 8 -> readOpset(model.message(), metadata);
          case 14 -> readProperty(model.message(), metadata);
          default -> {} // domain, documentation, training info
        }
      }
      if (graph == null) {
        throw file.malformed("an ONNX model with a graph", "none", MappedFile.FETCH_AGAIN);
      }
      return new OnnxFile(path, graph, metadata);
    }
  }

  /** The operations, in the order of the file. */
  public List<OnnxNode> nodes() {
    return nodes;
  }

  /** Names of the graph's inputs; in old models initializers are among them. */
  public List<String> inputs() {
    return inputs;
  }

  /** Names of the graph's outputs. */
  public List<String> outputs() {
    return outputs;
  }

  private static void readOpset(ProtoReader opset, Map<String, String> metadata)
      throws IOException {
    String domain = "";
    long version = 0;
    while (opset.next()) {
      switch (opset.field()) {
        case 1 -> domain = opset.text();
        case 2 -> version = opset.number();
        default -> {}
      }
    }
    metadata.put(domain.isEmpty() ? "opset" : "opset:" + domain, Long.toString(version));
  }

  private static void readProperty(ProtoReader property, Map<String, String> metadata)
      throws IOException {
    String key = "";
    String value = "";
    while (property.next()) {
      switch (property.field()) {
        case 1 -> key = property.text();
        case 2 -> value = property.text();
        default -> {}
      }
    }
    metadata.put(key, value);
  }

  private record Graph(
      Map<String, StoredTensor> initializers,
      List<OnnxNode> nodes,
      List<String> inputs,
      List<String> outputs) {

    static Graph read(MappedFile file, ProtoReader in) throws IOException {
      Graph graph =
          new Graph(new LinkedHashMap<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
      while (in.next()) {
        switch (in.field()) {
          case 1 -> graph.nodes.add(readNode(file, in.message()));
          case 5 -> put(file, graph.initializers, OnnxTensor.read(file, in.message()));
          case 11 -> graph.inputs.add(readValueName(in.message()));
          case 12 -> graph.outputs.add(readValueName(in.message()));
          default -> {} // name, documentation, shapes of inner values
        }
      }
      return graph;
    }
  }

  private static String readValueName(ProtoReader value) throws IOException {
    String name = "";
    while (value.next()) {
      if (value.field() == 1) {
        name = value.text();
      }
    }
    return name;
  }

  private static OnnxNode readNode(MappedFile file, ProtoReader in) throws IOException {
    String name = "";
    String opType = "";
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    Map<String, OnnxNode.Attribute> attributes = new LinkedHashMap<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> inputs.add(in.text());
        case 2 -> outputs.add(in.text());
        case 3 -> name = in.text();
        case 4 -> opType = in.text();
        case 5 -> readAttribute(file, in.message(), attributes);
        default -> {} // documentation, domain
      }
    }
    return new OnnxNode(name, opType, inputs, outputs, attributes);
  }

  private static void readAttribute(
      MappedFile file, ProtoReader in, Map<String, OnnxNode.Attribute> attributes)
      throws IOException {
    String name = "";
    LongList ints = new LongList();
    List<Float> floats = new ArrayList<>();
    List<String> strings = new ArrayList<>();
    List<StoredTensor> tensors = new ArrayList<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.text();
        case 2 -> floats.add(in.fixedFloat());
        case 3 -> ints.add(in.number());
        case 4, 9 -> strings.add(in.text());
        case 5, 10 -> tensors.add(OnnxTensor.read(file, in.message()));
        case 7 -> {
          var packed = in.fixed(4);
          while (packed.remaining() >= 4) {
            floats.add(packed.getFloat());
          }
        }
        case 8 -> in.numbers(ints);
        default -> {} // graphs, sparse tensors, documentation
      }
    }
    List<Long> boxed = new ArrayList<>(ints.size());
    for (int i = 0; i < ints.size(); i++) {
      boxed.add(ints.get(i));
    }
    attributes.put(name, new OnnxNode.Attribute(boxed, floats, strings, tensors));
  }
}
