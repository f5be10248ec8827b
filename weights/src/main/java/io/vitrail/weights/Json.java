package io.vitrail.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.util.ByteBufferBackedInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/** JSON from a weight file: strict, without duplicate keys, with errors that name the file. */
final class Json {
  static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Json() {}

  /** The object or array in these bytes. */
  static JsonNode read(MappedFile file, String what, ByteBuffer bytes) throws IOException {
    try {
      return MAPPER.readTree(new ByteBufferBackedInputStream(bytes.duplicate()));
    } catch (JsonProcessingException e) {
      MalformedWeightsException malformed =
          file.malformed(
              what + " in valid JSON",
              Text.quote(String.valueOf(e.getOriginalMessage())),
              MappedFile.FETCH_AGAIN);
      malformed.initCause(e);
      throw malformed;
    } catch (IOException e) { // not UTF-8
      MalformedWeightsException malformed =
          file.malformed(
              what + " in UTF-8", Text.quote(String.valueOf(e.getMessage())), "fetch it again");
      malformed.initCause(e);
      throw malformed;
    }
  }

  /** A JSON array of whole numbers that fit a long. */
  static long[] longs(MappedFile file, String what, JsonNode array) throws IOException {
    boolean good = array.isArray();
    long[] values = new long[good ? array.size() : 0];
    for (int i = 0; i < values.length; i++) {
      JsonNode value = array.get(i);
      good &= value.isIntegralNumber() && value.canConvertToLong();
      values[i] = value.asLong();
    }
    if (!good) {
      throw file.malformed(
          what + " as a list of whole numbers",
          Text.quote(abbreviated(array)),
          MappedFile.FETCH_AGAIN);
    }
    return values;
  }

  /** Text of a node for an error line, without printing a large one. */
  static String abbreviated(JsonNode node) {
    return node.isValueNode()
        ? node.asText()
        : node.isMissingNode()
            ? "nothing"
            : node.getNodeType().toString().toLowerCase(java.util.Locale.ROOT)
                + " of "
                + node.size();
  }
}
