package io.vitrail.hub;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How a model file is written. */
public enum FileFormat {
  /** An ONNX graph with its tensors. */
  ONNX("onnx"),
  /** A PyTorch checkpoint. */
  PTH("pth", "pt", "ckpt"),
  /** A safetensors file. */
  SAFETENSORS("safetensors");

  private final List<String> endings;

  FileFormat(String... endings) {
    this.endings = List.of(endings);
  }

  /** The format that a file's ending stands for; empty for any other ending. */
  public static Optional<FileFormat> ofFileName(String name) {
    String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    for (FileFormat format : values()) {
      if (format.endings.contains(ending)) {
        return Optional.of(format);
      }
    }
    return Optional.empty();
  }
}
