package io.vitrail.nn;

import io.vitrail.tensor.Mode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a weight file and a network did not agree on.
 *
 * @param missing keys of the network that the file lacks
 * @param unexpected keys of the file that the network lacks
 * @param misshapen keys of both with different shapes
 */
public record LoadReport(List<String> missing, List<String> unexpected, List<Misshapen> misshapen) {
  /** A key whose tensor has another shape in the file. */
  public record Misshapen(String key, List<Long> expected, List<Long> found) {}

  private static final int SHOWN = 3;

  static LoadReport compare(Layer layer, StateDict weights) {
    List<String> missing = new ArrayList<>();
    List<Misshapen> misshapen = new ArrayList<>();
    Set<String> unexpected = new LinkedHashSet<>(weights.keys());
    layer
        .state()
        .forEach(
            (key, param) -> {
              if (!unexpected.remove(key)) {
                missing.add(key);
              } else if (!Arrays.equals(weights.shape(key), param.shape())) {
                misshapen.add(new Misshapen(key, list(param.shape()), list(weights.shape(key))));
              }
            });
    return new LoadReport(List.copyOf(missing), List.copyOf(unexpected), List.copyOf(misshapen));
  }

  /** Hands over the tensors that fit. */
  void apply(Layer layer, StateDict weights) {
    Set<String> unfit = new LinkedHashSet<>(missing);
    misshapen.forEach(m -> unfit.add(m.key));
    try (Mode mode = Mode.noGrad()) {
      layer
          .state()
          .forEach(
              (key, param) -> {
                if (!unfit.contains(key)) {
                  param.set(() -> weights.tensor(key, param.storedAs()).to(param.device()));
                }
              });
    }
  }

  /** Whether every tensor found its place. */
  public boolean isExact() {
    return missing.isEmpty() && unexpected.isEmpty() && misshapen.isEmpty();
  }

  /** One line on what did not fit, with names that may have been meant. */
  String describe(String file, String network) {
    List<String> parts = new ArrayList<>();
    if (!missing.isEmpty()) {
      parts.add(missing.size() + " missing (" + some(missing) + ")");
    }
    if (!unexpected.isEmpty()) {
      parts.add(unexpected.size() + " unexpected (" + some(unexpected) + ")");
    }
    if (!misshapen.isEmpty()) {
      Misshapen first = misshapen.get(0);
      parts.add(
          "%d misshapen (%s expected %s, file has %s)"
              .formatted(misshapen.size(), first.key, first.expected, first.found));
    }
    String hint = "";
    if (!missing.isEmpty() && !unexpected.isEmpty()) {
      hint =
          "; '"
              + missing.get(0)
              + "'"
              + Near.hint(missing.get(0), unexpected).replace("; near:", " may be");
    }
    return "'" + file + "' does not fit " + network + ": " + String.join(", ", parts) + hint;
  }

  private static String some(List<String> names) {
    return names.stream().limit(SHOWN).collect(Collectors.joining(", "))
        + (names.size() > SHOWN ? ", ..." : "");
  }

  private static List<Long> list(long[] shape) {
    return Arrays.stream(shape).boxed().toList();
  }
}
