package io.vitrail.training.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One JSON object a line: {@code {"part":"train","step":50,"epoch":0.5,"loss":1.9}}. Numbers that
 * JSON does not have are strings: {@code "NaN"}, {@code "Infinity"}, {@code "-Infinity"}.
 */
public final class JsonLines implements LogSink {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> HEAD = Set.of("part", "step", "epoch");
  private final OutputStream out;

  private JsonLines(OutputStream out) {
    this.out = out;
  }

  /** Opens the file to go on after {@code lastStep}; later entries are cut off. */
  public static JsonLines open(Path file, long lastStep) throws IOException {
    return new JsonLines(Lines.open(file, line -> parse(line, file).step() <= lastStep));
  }

  /** The entries of a file; a last line that a killed process left incomplete does not count. */
  public static List<Entry> read(Path file) throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (String line : Lines.complete(file)) {
      entries.add(parse(line, file));
    }
    return entries;
  }

  @Override
  public void add(Entry entry) throws IOException {
    ObjectNode node = JSON.createObjectNode();
    node.put("part", entry.part()).put("step", entry.step()).put("epoch", entry.epoch());
    entry.numbers().forEach((name, value) -> node.put(name, value));
    out.write((JSON.writeValueAsString(node) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static Entry parse(String line, Path file) throws IOException {
    try {
      JsonNode node = JSON.readTree(line);
      Map<String, Double> numbers = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        if (!HEAD.contains(field.getKey())) {
          numbers.put(field.getKey(), Double.valueOf(field.getValue().asText()));
        }
      }
      return new Entry(
          node.required("part").asText(),
          node.required("step").asLong(),
          node.required("epoch").asDouble(),
          numbers);
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new IOException("'" + file + "' is no log of a run; a line of it is: " + line, e);
    }
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
