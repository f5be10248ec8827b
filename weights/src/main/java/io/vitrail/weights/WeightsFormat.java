package io.vitrail.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/** The kinds of weight file that {@link Weights#open} tells apart by their content. */
public enum WeightsFormat {
  /** One safetensors file. */
  SAFETENSORS(Safetensors::open),
  /** The index of safetensors in several files. */
  SAFETENSORS_INDEX(ShardedSafetensors::open),
  /** torch.save of PyTorch 1.6 and later: a zip file with a data.pkl. */
  TORCH_ZIP(TorchFile::open),
  /** torch.save before PyTorch 1.6: one stream. */
  TORCH_LEGACY(TorchFile::open),
  /** An ONNX model: its initializers. */
  ONNX(OnnxFile::open),
  /** A TensorFlow.js model.json or weights manifest, with binary files beside it. */
  TFJS(TfjsWeights::open),
  /** One NumPy array. */
  NPY(Npy::open),
  /** Several NumPy arrays in a zip file. */
  NPZ(Npz::open);

  private interface Opener {
    Weights open(Path path) throws IOException;
  }

  private static final int ZIP = 0x04034b50;
  private static final int PICKLE = 0x80;
  private static final int ONNX_FIRST_FIELD = 0x08; // ir_version, which every writer puts first

  private final Opener opener;

  WeightsFormat(Opener opener) {
    this.opener = opener;
  }

  Weights open(Path path) throws IOException {
    return opener.open(path);
  }

  /**
   * The kind of a file, from what is in it. Only ONNX, which has no mark of its own, may be told by
   * the suffix .onnx.
   *
   * @throws MalformedWeightsException if it is none of them
   */
  public static WeightsFormat of(Path path) throws IOException {
    try (MappedFile file = MappedFile.open(path)) {
      ByteBuffer head = file.slice("the file", 0, Math.min(file.size(), 64));
      int size = head.remaining();
      int first = size == 0 ? -1 : head.get(0) & 0xff;
      boolean brace = size > 8 && head.get(8) == '{';
      if (brace && head.getInt(4) == 0) { // a header length below 4 GiB, then JSON
        return SAFETENSORS;
      }
      if (size >= 4 && head.getInt(0) == ZIP) {
        return zip(file);
      }
      if (size >= 6 && first == (Npy.MAGIC[0] & 0xff) && head.get(1) == 'N') {
        return NPY;
      }
      if (first == PICKLE) {
        return TORCH_LEGACY;
      }
      if (first == '{' || first == '[' || Character.isWhitespace(first) && !brace) {
        return json(file);
      }
      if (brace) { // a header length that cannot be true: the reader says so
        return SAFETENSORS;
      }
      String name = path.toString().toLowerCase(Locale.ROOT);
      if (first == ONNX_FIRST_FIELD || size > 0 && name.endsWith(".onnx")) {
        return ONNX;
      }
      throw unknown(file, head);
    }
  }

  private static WeightsFormat zip(MappedFile file) throws IOException {
    var names = ZipFileIndex.read(file).entries().keySet();
    if (names.stream().anyMatch(n -> n.equals("data.pkl") || n.endsWith("/data.pkl"))) {
      return TORCH_ZIP;
    }
    if (names.isEmpty() || names.stream().anyMatch(n -> n.endsWith(".npy"))) {
      return NPZ;
    }
    throw file.malformed(
        "a zip file of torch.save or numpy.savez",
        "one with " + Text.quote(Text.list(names, 3)),
        "unpack it and name the weight file in it");
  }

  private static WeightsFormat json(MappedFile file) throws IOException {
    var json = Json.read(file, "a weight index", file.whole("a weight index"));
    if (json.has("weight_map")) {
      return SAFETENSORS_INDEX;
    }
    if (json.isArray() || json.has("weightsManifest")) {
      return TFJS;
    }
    throw file.malformed(
        "a safetensors index (weight_map) or a TensorFlow.js manifest (weightsManifest)",
        "a JSON file without either",
        "name the weight file itself");
  }

  private static MalformedWeightsException unknown(MappedFile file, ByteBuffer head) {
    byte[] bytes = new byte[Math.min(head.remaining(), 24)];
    head.get(0, bytes);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    if (text.startsWith("version https://git")) {
      return file.malformed(
          "a weight file", "a git LFS pointer to one", "run 'git lfs pull' in that repository");
    }
    if (text.stripLeading().startsWith("<")) {
      return file.malformed(
          "a weight file", "an HTML or XML page", "fetch the file itself, not the page about it");
    }
    return file.malformed(
        "a weight file (safetensors, torch.save, ONNX, TensorFlow.js, npy, npz)",
        text.isEmpty() ? "an empty file" : "one that begins with " + Text.quote(text),
        MappedFile.FETCH_AGAIN);
  }
}
