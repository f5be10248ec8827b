package io.vitrail.weights;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * TensorFlow.js weights: a model.json or a weights manifest, with the binary files it names.
 *
 * <p>Quantized tensors come as F32 (value = q * scale + min, computed in double) or, if they were
 * integers, as I32 rounded to nearest. Layouts stay TensorFlow's: convolutions are [height, width,
 * in, out], dense layers [in, out].
 */
public final class TfjsWeights extends Weights {
  private TfjsWeights(Path path, Map<String, StoredTensor> tensors, Map<String, String> metadata) {
    super(path, tensors, metadata);
  }

  /**
   * Opens a model.json (layers or graph model) or a weights manifest.
   *
   * @throws MalformedWeightsException if a binary file is missing or of the wrong length, or a
   *     tensor has a type other than float32, float16, int32, uint8 or bool
   */
  public static TfjsWeights open(Path manifest) throws IOException {
    try (MappedFile file = MappedFile.open(manifest)) {
      JsonNode json = Json.read(file, "the manifest", file.whole("a manifest"));
      JsonNode groups = json.isArray() ? json : json.path("weightsManifest");
      if (!groups.isArray()) {
        throw file.malformed(
            "a weights manifest: a list, or a field 'weightsManifest'",
            "a JSON file without",
            "name the model.json or the -weights_manifest.json");
      }
      Map<String, StoredTensor> tensors = new LinkedHashMap<>();
      for (JsonNode group : groups) {
        readGroup(file, group, tensors);
      }
      return new TfjsWeights(manifest, tensors, metadata(json));
    }
  }

  private static Map<String, String> metadata(JsonNode json) {
    Map<String, String> metadata = new LinkedHashMap<>();
    for (String key : List.of("format", "generatedBy", "convertedBy")) {
      if (json.path(key).isTextual()) {
        metadata.put(key, json.path(key).asText());
      }
    }
    return metadata;
  }

  /** The tensors of a group stand one behind the other in its files, joined. */
  private static void readGroup(MappedFile file, JsonNode group, Map<String, StoredTensor> tensors)
      throws IOException {
    List<MappedFile> parts = new ArrayList<>();
    try {
      for (JsonNode name : group.path("paths")) {
        parts.add(MappedFile.open(SiblingFiles.find(file, name.asText())));
      }
      long position = 0;
      for (JsonNode weight : group.path("weights")) {
        Weight parsed = Weight.parse(file, weight);
        ByteBuffer bytes = joined(file, parts, parsed, position);
        put(file, tensors, parsed.tensor(bytes));
        position += parsed.storedBytes();
      }
      long length = parts.stream().mapToLong(MappedFile::size).sum();
      if (position != length) {
        throw file.malformed(
            Text.number(position) + " bytes in " + group.path("paths").size() + " binary files",
            Text.number(length),
            "fetch all parts again, from one place");
      }
    } finally {
      for (MappedFile part : parts) {
        part.close();
      }
    }
  }

  /** A region of the joined files: mapped if it lies in one of them, else copied together. */
  private static ByteBuffer joined(
      MappedFile file, List<MappedFile> parts, Weight weight, long position) throws IOException {
    String what = Text.quote(weight.name);
    long wanted = weight.storedBytes();
    long available = parts.stream().mapToLong(MappedFile::size).sum() - position;
    if (wanted > available) {
      throw file.malformed(
          Text.number(wanted) + " bytes for " + what,
          Text.number(available) + " left in its binary files",
          "fetch all parts again, from one place");
    }
    long start = position;
    ByteBuffer copy = null;
    for (MappedFile part : parts) {
      if (start >= part.size()) {
        start -= part.size();
        continue;
      }
      if (copy == null && wanted <= part.size() - start) {
        return part.slice(what, start, wanted);
      }
      copy = copy != null ? copy : ByteBuffer.allocate((int) wanted);
      long length = Math.min(copy.remaining(), part.size() - start);
      copy.put(part.slice(what, start, length));
      start = 0;
      if (!copy.hasRemaining()) {
        break;
      }
    }
    copy = copy != null ? copy : ByteBuffer.allocate(0);
    return copy.flip().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** One line of the manifest. */
  private record Weight(
      String name, ElementType type, ElementType stored, long[] shape, double scale, double min) {

    static Weight parse(MappedFile file, JsonNode json) throws IOException {
      String name = json.path("name").asText();
      long[] shape = Json.longs(file, "the shape of " + Text.quote(name), json.path("shape"));
      ElementType type = type(file, name, json.path("dtype"));
      JsonNode quantization = json.path("quantization");
      ElementType stored = type;
      if (quantization.isObject()) {
        stored = quantized(file, name, quantization.path("dtype"));
        type = type == ElementType.I32 ? ElementType.I32 : ElementType.F32;
      }
      file.checkedBytes(name, type, shape);
      file.checkedBytes(name, stored, shape);
      double scale = quantization.path("scale").asDouble(1);
      double min = quantization.path("min").asDouble(0);
      return new Weight(name, type, stored, shape, scale, min);
    }

    private static ElementType type(MappedFile file, String name, JsonNode dtype)
        throws IOException {
      return switch (dtype.asText()) {
        case "float32" -> ElementType.F32;
        case "float16" -> ElementType.F16;
        case "int32" -> ElementType.I32;
        case "uint8" -> ElementType.U8;
        case "bool" -> ElementType.BOOL;
        default ->
            throw file.malformed(
                "float32, float16, int32, uint8 or bool for " + Text.quote(name),
                Text.quote(Json.abbreviated(dtype)),
                "leave that tensor out of the model");
      };
    }

    /** uint16 is read as I16, then taken as unsigned. */
    private static ElementType quantized(MappedFile file, String name, JsonNode dtype)
        throws IOException {
      return switch (dtype.asText()) {
        case "uint8" -> ElementType.U8;
        case "uint16" -> ElementType.I16;
        case "float16" -> ElementType.F16;
        default ->
            throw file.malformed(
                "quantization to uint8, uint16 or float16 for " + Text.quote(name),
                Text.quote(Json.abbreviated(dtype)),
                "convert the model again");
      };
    }

    long storedBytes() {
      return Shapes.bytes(stored, shape);
    }

    StoredTensor tensor(ByteBuffer bytes) {
      return new StoredTensor(
          name, type, shape, stored == type ? () -> bytes : () -> dequantize(bytes));
    }

    private ByteBuffer dequantize(ByteBuffer in) {
      int count = (int) Shapes.count(shape);
      ByteBuffer out = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < count; i++) {
        double value =
            switch (stored) {
              case U8 -> (in.get(i) & 0xff) * scale + min;
              case I16 -> (in.getShort(2 * i) & 0xffff) * scale + min;
              default -> HalfFloat.fromF16(in.getShort(2 * i));
            };
        if (type == ElementType.I32) {
          out.putInt((int) Math.rint(value));
        } else {
          out.putFloat((float) value);
        }
      }
      return out.flip();
    }
  }
}
