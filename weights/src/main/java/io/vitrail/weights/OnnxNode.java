package io.vitrail.weights;

import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * One operation of an ONNX graph.
 *
 * @param name the exporter's name; PyTorch's is the module path ("/stage1/conv_s1/Conv"). May be
 *     empty
 * @param opType what it computes, such as "Conv"
 * @param inputs names of its input values, weights among them; an empty name is a left-out input
 * @param outputs names of its output values
 * @param attributes its constants by name
 */
public record OnnxNode(
    String name,
    String opType,
    List<String> inputs,
    List<String> outputs,
    Map<String, Attribute> attributes) {

  /** A node over copies of these. */
  public OnnxNode {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    attributes = Map.copyOf(attributes);
  }

  /**
   * One constant of a node. Exactly one of the lists is filled, a single value being a list of one;
   * graphs and sparse tensors are left out.
   *
   * @param ints whole numbers
   * @param floats floats
   * @param strings texts
   * @param tensors tensors
   */
  public record Attribute(
      List<Long> ints, List<Float> floats, List<String> strings, List<StoredTensor> tensors) {
    /** An attribute over copies of these. */
    public Attribute {
      ints = List.copyOf(ints);
      floats = List.copyOf(floats);
      strings = List.copyOf(strings);
      tensors = List.copyOf(tensors);
    }
  }

  /**
   * The attribute of this name.
   *
   * @throws NoSuchElementException if there is none; the message lists those there are
   */
  public Attribute attribute(String attribute) {
    Attribute found = attributes.get(attribute);
    if (found == null) {
      throw new NoSuchElementException(
          "node '"
              + name
              + "' ("
              + opType
              + ") has no attribute '"
              + attribute
              + "'; it has "
              + attributes.keySet().stream().sorted().toList());
    }
    return found;
  }
}
