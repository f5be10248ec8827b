package io.vitrail.weights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A safetensors file: 8 bytes with the length of a JSON header, the header, then the tensors' bytes
 * without gaps.
 *
 * <p>Differences to the reference implementation: none in what is accepted of the types of {@link
 * ElementType}; its other types (U16 to U64, F8, complex) are refused by name.
 */
public final class Safetensors extends Weights {
  private static final String METADATA = "__metadata__";
  private static final int HEADER_ALIGNMENT = 64;
  private static final long LONGEST_HEADER = 100_000_000; // the reference's own limit

  private Safetensors(Path path, Map<String, StoredTensor> tensors, Map<String, String> metadata) {
    super(path, tensors, metadata);
  }

  /**
   * Opens a safetensors file.
   *
   * @throws MalformedWeightsException if header and bytes do not fit each other exactly
   */
  public static Safetensors open(Path path) throws IOException {
    try (MappedFile file = MappedFile.open(path)) {
      return read(file);
    }
  }

  private static Safetensors read(MappedFile file) throws IOException {
    if (file.size() < 8) {
      throw file.malformed(
          "the 8 bytes of a safetensors header length",
          Text.number(file.size()) + " bytes",
          MappedFile.FETCH_AGAIN);
    }
    long length = file.slice("the header length", 0, 8).getLong();
    long longest = Math.min(LONGEST_HEADER, file.size() - 8);
    if (length < 0 || length > longest) {
      throw file.malformed(
          "a safetensors header of at most " + Text.number(longest) + " bytes",
          "one that claims " + Long.toUnsignedString(length),
          MappedFile.FETCH_AGAIN);
    }
    JsonNode header = Json.read(file, "the safetensors header", file.slice("header", 8, length));
    if (!header.isObject()) {
      throw file.malformed(
          "a JSON object as safetensors header",
          Text.quote(Json.abbreviated(header)),
          MappedFile.FETCH_AGAIN);
    }
    List<Entry> entries = new ArrayList<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : header.properties()) {
      if (field.getKey().equals(METADATA)) {
        for (Map.Entry<String, JsonNode> note : field.getValue().properties()) {
          metadata.put(note.getKey(), note.getValue().asText());
        }
      } else {
        entries.add(Entry.parse(file, field.getKey(), field.getValue()));
      }
    }
    return new Safetensors(file.path(), tensors(file, 8 + length, entries), metadata);
  }

  private static Map<String, StoredTensor> tensors(MappedFile file, long start, List<Entry> entries)
      throws IOException {
    entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long position = 0;
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    for (Entry entry : entries) {
      if (entry.begin != position) {
        throw file.malformed(
            "tensors that follow each other, " + Text.quote(entry.name) + " from byte " + position,
            "it from " + entry.begin + (entry.begin < position ? " (overlap)" : " (hole)"),
            MappedFile.FETCH_AGAIN);
      }
      long length = entry.end - entry.begin;
      ByteBuffer bytes = file.slice(Text.quote(entry.name), start + entry.begin, length);
      tensors.put(entry.name, file.tensor(entry.name, entry.type, entry.shape, bytes));
      position = entry.end;
    }
    if (start + position != file.size()) {
      throw file.malformed(
          Text.number(start + position) + " bytes in all",
          Text.number(file.size()),
          MappedFile.FETCH_AGAIN);
    }
    return tensors;
  }

  /**
   * Writes a safetensors file; the same as {@link #write(Path, Collection, Map)} without metadata.
   */
  public static void write(Path path, Collection<StoredTensor> tensors) throws IOException {
    write(path, tensors, Map.of());
  }

  /**
   * Writes a safetensors file under a temporary name in the same folder, then renames it, so that a
   * reader never sees half of it. The same tensors give the same bytes: wider types come first
   * (which aligns every tensor to its type), then names in order of their characters.
   *
   * @throws IllegalArgumentException if two tensors share a name, or one has the reserved name
   *     {@code __metadata__}
   */
  public static void write(
      Path path, Collection<StoredTensor> tensors, Map<String, String> metadata)
      throws IOException {
    List<StoredTensor> ordered = new ArrayList<>(tensors);
    ordered.sort(
        Comparator.comparingInt((StoredTensor t) -> -t.type().bytes())
            .thenComparing(StoredTensor::type)
            .thenComparing(StoredTensor::name));
    byte[] header = header(ordered, metadata);
    AtomicFile.write(
        path,
        channel -> {
          ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
          writeFully(channel, length.putLong(header.length).flip());
          writeFully(channel, ByteBuffer.wrap(header));
          for (StoredTensor tensor : ordered) {
            writeFully(channel, tensor.data());
          }
        });
  }

  private static byte[] header(List<StoredTensor> ordered, Map<String, String> metadata)
      throws IOException {
    ObjectNode header = Json.MAPPER.createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode notes = header.putObject(METADATA);
      new TreeMap<>(metadata).forEach(notes::put);
    }
    long position = 0;
    for (StoredTensor tensor : ordered) {
      if (header.has(tensor.name()) || tensor.name().equals(METADATA)) {
        throw new IllegalArgumentException(
            "safetensors needs one tensor to a name, and none called "
                + METADATA
                + "; got another "
                + tensor);
      }
      ObjectNode entry = header.putObject(tensor.name());
      entry.put("dtype", tensor.type().name());
      Arrays.stream(tensor.shape()).forEach(entry.putArray("shape")::add);
      entry.putArray("data_offsets").add(position).add(position + tensor.byteLength());
      position += tensor.byteLength();
    }
    byte[] json = Json.MAPPER.writeValueAsBytes(header);
    int padded = (8 + json.length + HEADER_ALIGNMENT - 1) / HEADER_ALIGNMENT * HEADER_ALIGNMENT - 8;
    byte[] bytes = Arrays.copyOf(json, padded);
    Arrays.fill(bytes, json.length, padded, (byte) ' ');
    return bytes;
  }

  static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private record Entry(String name, ElementType type, long[] shape, long begin, long end) {
    static Entry parse(MappedFile file, String name, JsonNode json) throws IOException {
      long[] shape = Json.longs(file, "the shape of " + Text.quote(name), json.path("shape"));
      long[] offsets =
          Json.longs(file, "data_offsets of " + Text.quote(name), json.path("data_offsets"));
      if (offsets.length != 2 || offsets[0] < 0 || offsets[1] < offsets[0]) {
        throw file.malformed(
            "a begin and an end for " + Text.quote(name),
            Text.quote(Arrays.toString(offsets)),
            MappedFile.FETCH_AGAIN);
      }
      return new Entry(name, type(file, name, json.path("dtype")), shape, offsets[0], offsets[1]);
    }

    private static ElementType type(MappedFile file, String name, JsonNode dtype)
        throws IOException {
      for (ElementType type : ElementType.values()) {
        if (type.name().equals(dtype.asText())) {
          return type;
        }
      }
      throw file.malformed(
          "one of the types " + Arrays.toString(ElementType.values()) + " for " + Text.quote(name),
          Text.quote(Json.abbreviated(dtype)),
          "convert that tensor and save the file again");
    }
  }
}
