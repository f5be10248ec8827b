package io.vitrail.weights;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Safetensors in several files, with an index (model.safetensors.index.json) that says which tensor
 * is in which file. Only the tensors that the index lists are listed, in its order.
 */
public final class ShardedSafetensors extends Weights {
  private ShardedSafetensors(
      Path path, Map<String, StoredTensor> tensors, Map<String, String> metadata) {
    super(path, tensors, metadata);
  }

  /**
   * Opens the index and the files it names.
   *
   * @throws MalformedWeightsException if a file is missing, lies outside the index's folder, is
   *     damaged, or lacks a tensor
   */
  public static ShardedSafetensors open(Path index) throws IOException {
    try (MappedFile file = MappedFile.open(index)) {
      JsonNode json = Json.read(file, "the index", file.whole("an index"));
      if (!json.path("weight_map").isObject()) {
        throw file.malformed(
            "an index with a weight_map", "a JSON file without", MappedFile.FETCH_AGAIN);
      }
      Map<String, Safetensors> shards = new HashMap<>();
      Map<String, StoredTensor> tensors = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> entry : json.path("weight_map").properties()) {
        String shardName = entry.getValue().asText();
        Safetensors shard = shards.get(shardName);
        if (shard == null) {
          shard = Safetensors.open(SiblingFiles.find(file, shardName));
          shards.put(shardName, shard);
        }
        StoredTensor tensor = shard.find(entry.getKey()).orElse(null);
        if (tensor == null) {
          throw file.malformed(
              "tensor " + Text.quote(entry.getKey()) + " in " + Text.quote(shardName),
              "none there",
              "fetch all parts again, from one place");
        }
        tensors.put(entry.getKey(), tensor);
      }
      Map<String, String> metadata = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> note : json.path("metadata").properties()) {
        metadata.put(note.getKey(), note.getValue().asText());
      }
      return new ShardedSafetensors(index, tensors, metadata);
    }
  }
}
