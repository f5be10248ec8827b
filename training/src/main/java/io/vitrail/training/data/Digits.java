package io.vitrail.training.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

/**
 * 1,797 handwritten digits of 8 x 8 grey pixels in ten classes (Alpaydin and Kaynak, 1998: the test
 * set of UCI's "Optical recognition of handwritten digits"), as scikit-learn distributes them. Part
 * of this library, so that examples and tests need no files.
 *
 * <p>Stored values 0..16 become {@code round(v * 255 / 16)}.
 */
public final class Digits {
  private static final String RESOURCE = "digits.csv.gz";
  private static final int IMAGES = 1797;
  private static final int PIXELS = 64;

  private Digits() {}

  /** All images, in the order of the file. */
  public static Dataset load() {
    String[] lines = text().split("\n");
    byte[] pixels = new byte[IMAGES * PIXELS];
    byte[] labels = new byte[IMAGES];
    for (int i = 0; i < IMAGES; i++) {
      String[] fields = lines[i].split(",");
      for (int p = 0; p < PIXELS; p++) {
        pixels[i * PIXELS + p] = (byte) Math.round(Float.parseFloat(fields[p]) * 255 / 16);
      }
      labels[i] = (byte) Integer.parseInt(fields[PIXELS].strip());
    }
    List<String> classes = IntStream.range(0, 10).mapToObj(Integer::toString).toList();
    return new PixelTable("digits", 8, 8, 1, pixels, labels, classes);
  }

  private static String text() {
    try (InputStream in = Digits.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(RESOURCE + " is missing from this jar");
      }
      return new String(Bytes.unpack(in, RESOURCE), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new IllegalStateException(RESOURCE + " of this jar is damaged", e);
    }
  }
}
