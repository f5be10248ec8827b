package io.vitrail.imaging;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The file formats that can be read; PNG, JPEG and WebP can be written as well. */
public enum ImageFormat {
  PNG("PNG", true, List.of("png")),
  JPEG("JPEG", true, List.of("jpg", "jpeg", "jpe", "jfif")),
  WEBP("WebP", true, List.of("webp")),
  TIFF("TIFF", false, List.of("tif", "tiff")),
  BMP("BMP", false, List.of("bmp", "dib")),
  GIF("GIF", false, List.of("gif"));

  private final String label;
  private final boolean writable;
  private final List<String> suffixes;

  ImageFormat(String label, boolean writable, List<String> suffixes) {
    this.label = label;
    this.writable = writable;
    this.suffixes = suffixes;
  }

  /** The name as people write it. */
  public String label() {
    return label;
  }

  public boolean isWritable() {
    return writable;
  }

  /** File name endings in lower case, without the dot; the first is the usual one. */
  public List<String> suffixes() {
    return suffixes;
  }

  /** The format that a file's name promises; reading looks at the content instead. */
  public static Optional<ImageFormat> ofName(Path file) {
    Path last = file.getFileName();
    String name = last == null ? "" : last.toString().toLowerCase(Locale.ROOT);
    String suffix = name.substring(name.lastIndexOf('.') + 1);
    for (ImageFormat format : values()) {
      if (name.contains(".") && format.suffixes.contains(suffix)) {
        return Optional.of(format);
      }
    }
    return Optional.empty();
  }

  /** The format that the first bytes of a file show. */
  public static Optional<ImageFormat> ofContent(byte[] start) {
    return Sniffer.format(start);
  }
}
