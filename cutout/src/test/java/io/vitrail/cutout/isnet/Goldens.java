package io.vitrail.cutout.isnet;

import static org.assertj.core.api.Assertions.assertThat;

import io.vitrail.tensor.Tensor;
import io.vitrail.weights.StoredTensor;
import io.vitrail.weights.Weights;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/** What PyTorch gave; made by tools/goldens/isnet/isnet.py. */
public final class Goldens {
  private final Weights file;

  private Goldens(Weights file) {
    this.file = file;
  }

  /** Opens {@code name.safetensors} of the goldens. */
  public static Goldens open(String name) {
    try {
      return new Goldens(Weights.open(path(name + ".safetensors")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Unpacks {@code name.gz} of the goldens into a folder, as {@code name}. */
  public static Path unpack(String name, Path folder) throws IOException {
    Path file = folder.resolve(name);
    try (InputStream in = new GZIPInputStream(Files.newInputStream(path(name + ".gz")))) {
      Files.copy(in, file);
    }
    return file;
  }

  private static Path path(String name) {
    try {
      return Path.of(Goldens.class.getResource("/goldens/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  public StoredTensor get(String key) {
    return file.get(key);
  }

  /**
   * Checks shape, and that the largest difference is at most {@code tolerance}, relative to the
   * largest magnitude where that is above 1.
   */
  void assertClose(String key, Tensor actual, double tolerance) {
    assertThat(actual.shape()).as(key + ": shape").isEqualTo(get(key).shape());
    assertClose(key, actual.toFloats(), get(key).toFloats(), tolerance);
  }

  static void assertClose(String what, float[] actual, float[] expected, double tolerance) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    double largest = 1;
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      double difference = Math.abs(actual[i] - expected[i]);
      worst = Double.isNaN(difference) ? Double.MAX_VALUE : Math.max(worst, difference);
    }
    assertThat(worst / largest)
        .as("%s: largest difference of %s", what, Arrays.toString(first(actual)))
        .isLessThanOrEqualTo(tolerance);
  }

  private static float[] first(float[] values) {
    return Arrays.copyOf(values, Math.min(4, values.length));
  }
}
