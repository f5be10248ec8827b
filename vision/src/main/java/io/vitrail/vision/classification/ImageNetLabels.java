package io.vitrail.vision.classification;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** The 1000 classes of the ImageNet challenge of 2012, in the order of a network's scores. */
public final class ImageNetLabels {
  private static final List<String> NAMES = read();

  private ImageNetLabels() {}

  /** Their names, WordNet's words for each: {@code tench, Tinca tinca} is class 0. */
  public static List<String> names() {
    return NAMES;
  }

  /** Lines of a WordNet ID, a tab and the words. */
  private static List<String> read() {
    try (InputStream in = ImageNetLabels.class.getResourceAsStream("imagenet-1k.tsv");
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(Objects.requireNonNull(in), StandardCharsets.UTF_8))) {
      return lines.lines().map(line -> line.substring(line.indexOf('\t') + 1)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
