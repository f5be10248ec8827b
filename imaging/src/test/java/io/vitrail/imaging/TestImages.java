package io.vitrail.imaging;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Pictures and files that several tests use. */
final class TestImages {
  private TestImages() {}

  /** The generator of the golden scripts: x = 1664525 x + 1013904223 (mod 2^32), top byte. */
  static byte[] noise(int count, int seed) {
    byte[] out = new byte[count];
    int x = seed;
    for (int i = 0; i < count; i++) {
      x = x * 1664525 + 1013904223;
      out[i] = (byte) (x >>> 24);
    }
    return out;
  }

  static Image noiseImage(int width, int height, int channels) {
    return Image.of(
        width, height, channels, noise(width * height * channels, width * 1000 + height));
  }

  /** A smooth picture: what lossy codecs are made for. */
  static Image gradient(int width, int height, int channels) {
    byte[] out = new byte[width * height * channels];
    for (int y = 0, i = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < channels; c++) {
          out[i++] = (byte) (c == 3 ? 255 * y / height : (255 * x / width + c * 40 + y) / 2);
        }
      }
    }
    return Image.of(width, height, channels, out);
  }

  static byte[] resource(String name) {
    try (InputStream in = TestImages.class.getResourceAsStream("/" + name)) {
      if (in == null) {
        throw new IllegalArgumentException("no test resource '" + name + "'");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<String> lines(String name) {
    return new String(resource(name), StandardCharsets.UTF_8).lines().toList();
  }

  static Path path(String name) {
    try {
      return Path.of(TestImages.class.getResource("/" + name).toURI());
    } catch (java.net.URISyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Largest difference of two samples. */
  static int maxDifference(Image a, Image b) {
    int max = 0;
    for (int i = 0; i < a.pixels().length; i++) {
      max = Math.max(max, Math.abs((a.pixels()[i] & 0xff) - (b.pixels()[i] & 0xff)));
    }
    return max;
  }

  /** Mean absolute difference of the samples, in levels of 0..255. */
  static double meanDifference(Image a, Image b) {
    long sum = 0;
    for (int i = 0; i < a.pixels().length; i++) {
      sum += Math.abs((a.pixels()[i] & 0xff) - (b.pixels()[i] & 0xff));
    }
    return sum / (double) a.pixels().length;
  }
}
