package io.vitrail.imaging;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/** Tells what a file is by its first bytes. */
final class Sniffer {
  /** What we read, for messages. */
  static final String EXPECTED = "expected PNG, JPEG, WebP, TIFF, BMP or GIF";

  private Sniffer() {}

  static Optional<ImageFormat> format(byte[] file) {
    if (startsWith(file, 0, "\u0089PNG\r\n\u001a\n")) {
      return Optional.of(ImageFormat.PNG);
    }
    if (startsWith(file, 0, "\u00ff\u00d8\u00ff")) {
      return Optional.of(ImageFormat.JPEG);
    }
    if (startsWith(file, 0, "RIFF") && startsWith(file, 8, "WEBP")) {
      return Optional.of(ImageFormat.WEBP);
    }
    if (startsWith(file, 0, "II*\0") || startsWith(file, 0, "MM\0*")) {
      return Optional.of(ImageFormat.TIFF);
    }
    if (startsWith(file, 0, "GIF87a") || startsWith(file, 0, "GIF89a")) {
      return Optional.of(ImageFormat.GIF);
    }
    // "BM" alone begins many a text: the size of the second header must be one that exists.
    if (startsWith(file, 0, "BM") && file.length >= 18 && isBmpHeaderSize(file[14] & 0xff)) {
      return Optional.of(ImageFormat.BMP);
    }
    return Optional.empty();
  }

  private static boolean isBmpHeaderSize(int size) {
    return size == 12
        || size == 40
        || size == 52
        || size == 56
        || size == 64
        || size == 108
        || size == 124;
  }

  /** The message for a file of no format we read. */
  static String unknown(byte[] file) {
    String known = otherKind(file);
    if (!known.isEmpty()) {
      return "is " + known + ", which cannot be read; " + EXPECTED + ": convert it first";
    }
    return "is not an image: starts with " + start(file) + "; " + EXPECTED;
  }

  private static String otherKind(byte[] file) {
    if (startsWith(file, 4, "ftyp")) {
      if (startsWith(file, 8, "avif") || startsWith(file, 8, "avis")) {
        return "an AVIF image";
      }
      if (startsWith(file, 8, "hei") || startsWith(file, 8, "hev") || startsWith(file, 8, "mif1")) {
        return "a HEIC image";
      }
      return "a video (MP4 family)";
    }
    if (startsWith(file, 0, "%PDF")) {
      return "a PDF document";
    }
    if (startsWith(file, 0, "8BPS")) {
      return "a Photoshop document";
    }
    if (startsWith(file, 0, "\u00ff\n") || startsWith(file, 4, "JXL ")) {
      return "a JPEG XL image";
    }
    if (startsWith(file, 4, "jP  ")) {
      return "a JPEG 2000 image";
    }
    if (startsWith(file, 0, "<svg")) {
      return "an SVG drawing";
    }
    if (startsWith(file, 0, "PK\u0003\u0004")) {
      return "a ZIP archive";
    }
    return "";
  }

  private static String start(byte[] file) {
    int text = 0;
    while (text < file.length && text < 24 && isText(file[text])) {
      text++;
    }
    if (text >= Math.min(4, file.length)) {
      String shown = new String(file, 0, text, StandardCharsets.US_ASCII);
      String oneLine = shown.replaceAll("\\s+", " ").strip();
      return "'" + oneLine + (file.length > text ? "...'" : "'");
    }
    return "bytes " + HexFormat.ofDelimiter(" ").formatHex(file, 0, Math.min(8, file.length));
  }

  private static boolean isText(byte b) {
    return b >= 0x20 && b < 0x7f || b == '\n' || b == '\r' || b == '\t';
  }

  /** Whether the bytes from {@code at} on are those of a Latin-1 text. */
  static boolean startsWith(byte[] file, int at, String text) {
    if (at < 0 || file.length - at < text.length()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if ((file[at + i] & 0xff) != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
