package io.vitrail.training.augment;

import io.vitrail.imaging.Image;
import io.vitrail.imaging.Images;
import io.vitrail.testkit.Goldens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Pictures and tables of the tests of this package. */
final class Pictures {
  private Pictures() {}

  /** 64 x 56 of a cat. */
  static Image photo() {
    try {
      return Images.read(Goldens.path("goldens/augment/photo.png")).toRgb();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The noise of the golden script. */
  static Image noise(int width, int height, int channels) {
    byte[] out = new byte[width * height * channels];
    int x = width * 1000 + height;
    for (int i = 0; i < out.length; i++) {
      x = x * 1664525 + 1013904223;
      out[i] = (byte) (x >>> 24);
    }
    return Image.of(width, height, channels, out);
  }

  /** Lines of a golden table, split at tabs. */
  static List<String[]> table(String name) {
    try {
      return Files.readAllLines(Goldens.path("goldens/augment/" + name)).stream()
          .map(line -> line.split("\t"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The first 8 bytes of SHA-256. */
  static String hash(byte[] data) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
