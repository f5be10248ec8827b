package io.vitrail.vision;

import static org.assertj.core.api.Assertions.assertThat;

import io.vitrail.nn.Layer;
import io.vitrail.testkit.Goldens;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Lists of state-dict keys and shapes of published networks: key, tab, shape as AxB. */
public final class KeyList {
  private KeyList() {}

  /** The list {@code keys/NAME.keys.tsv}, in its order. */
  public static Map<String, String> read(String name) throws IOException {
    Map<String, String> shapes = new LinkedHashMap<>();
    for (String line : Files.readAllLines(Goldens.path("keys/" + name + ".keys.tsv"))) {
      String[] parts = line.split("\t");
      shapes.put(parts[0], parts[1]);
    }
    return shapes;
  }

  /** The keys and shapes of a network in the same form. */
  public static Map<String, String> of(Layer net) {
    Map<String, String> shapes = new LinkedHashMap<>();
    net.state().forEach((key, param) -> shapes.put(key, describe(param.shape())));
    return shapes;
  }

  /** A shape in the form of the lists. */
  public static String describe(long[] shape) {
    return shape.length == 0
        ? "scalar"
        : Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining("x"));
  }

  /** Checks that {@code net} has exactly the keys and shapes of a list. */
  public static void assertEqual(Layer net, String list) throws IOException {
    assertThat(of(net)).containsExactlyInAnyOrderEntriesOf(read(list));
  }
}
