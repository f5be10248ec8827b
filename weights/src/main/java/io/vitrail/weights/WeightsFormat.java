package io.vitrail.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/** The kinds of weight file that {@link Weights#open} tells apart by their content. */
public enum WeightsFormat {
  /** One safetensors file. */
  SAFETENSORS {
    @Override
    Weights open(Path path) throws IOException {
      return Safetensors.open(path);
    }
  },
  /** An ONNX model: its initializers. */
  ONNX {
    @Override
    Weights open(Path path) throws IOException {
      return OnnxFile.open(path);
    }
  };

  abstract Weights open(Path path) throws IOException;

  /**
   * The kind of a file, from its first bytes.
   *
   * @throws MalformedWeightsException if it is none of them
   */
  public static WeightsFormat of(Path path) throws IOException {
    try (MappedFile file = MappedFile.open(path)) {
      ByteBuffer head = file.slice("the file", 0, Math.min(file.size(), 4096));
      if (head.remaining() > 8 && head.get(8) == '{') {
        return SAFETENSORS;
      }
      if (head.remaining() > 0 && head.get(0) == 8
          || path.toString().toLowerCase(Locale.ROOT).endsWith(".onnx")) {
        return ONNX;
      }
      throw unknown(file, head);
    }
  }

  private static MalformedWeightsException unknown(MappedFile file, ByteBuffer head) {
    byte[] first = new byte[Math.min(head.remaining(), 12)];
    head.get(0, first);
    return file.malformed(
        "a weight file",
        first.length == 0
            ? "an empty file"
            : "one that begins with " + Text.quote(new String(first, StandardCharsets.ISO_8859_1)),
        MappedFile.FETCH_AGAIN);
  }
}
