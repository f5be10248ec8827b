package io.vitrail.vision.zoo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What trained weights say about themselves in the metadata of their safetensors file: enough to
 * build the network, prepare an image and name the answer. The names are those of timm's {@code
 * config.json}.
 *
 * @param architecture a name of {@link Models}
 * @param classes names of the classes, in the order of the scores
 * @param imageSize side of the square input, in pixels
 * @param mean of each channel, on a scale of 0 to 1
 * @param std of each channel, on the same scale
 * @param cropRatio the short side is resized to {@code imageSize / cropRatio}, then the centre cut
 * @param interpolation {@code bicubic} or {@code bilinear}
 */
public record WeightNotes(
    String architecture,
    List<String> classes,
    int imageSize,
    List<Double> mean,
    List<Double> std,
    double cropRatio,
    String interpolation) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ARCHITECTURE = "architecture";
  private static final String CLASSES = "label_names";
  private static final String INPUT = "pretrained_cfg";

  public WeightNotes {
    classes = List.copyOf(classes);
    mean = List.copyOf(mean);
    std = List.copyOf(std);
  }

  /** Number of channels of the input. */
  public int channels() {
    return mean.size();
  }

  /** How to build the network that the weights are of. */
  public Overrides overrides() {
    return Overrides.NONE
        .withClasses(classes.size())
        .withImageSize(imageSize)
        .withChannels(channels());
  }

  /** As metadata of a weight file. */
  public Map<String, String> toMetadata() {
    ObjectNode input = JSON.createObjectNode();
    input.put("architecture", architecture);
    input.put("num_classes", classes.size());
    input.putArray("input_size").add(channels()).add(imageSize).add(imageSize);
    mean.forEach(input.putArray("mean")::add);
    std.forEach(input.putArray("std")::add);
    input.put("crop_pct", cropRatio);
    input.put("interpolation", interpolation);
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(ARCHITECTURE, architecture);
    try {
      metadata.put(CLASSES, JSON.writeValueAsString(classes));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e); // strings can be written
    }
    metadata.put(INPUT, input.toString());
    return metadata;
  }

  /** Of the metadata of a weight file; nothing if it does not say what network it is of. */
  public static Optional<WeightNotes> of(Map<String, String> metadata) {
    if (!metadata.keySet().containsAll(List.of(ARCHITECTURE, CLASSES, INPUT))) {
      return Optional.empty();
    }
    try {
      Input input = JSON.readValue(metadata.get(INPUT), Input.class);
      return Optional.of(
          new WeightNotes(
              metadata.get(ARCHITECTURE),
              List.of(JSON.readValue(metadata.get(CLASSES), String[].class)),
              input.input_size.get(2),
              input.mean,
              input.std,
              input.crop_pct,
              input.interpolation));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "the metadata of the weight file cannot be read: " + e.getOriginalMessage(), e);
    }
  }

  private record Input(
      String architecture,
      int num_classes,
      List<Integer> input_size,
      List<Double> mean,
      List<Double> std,
      double crop_pct,
      String interpolation) {}
}
