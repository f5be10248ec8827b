package io.vitrail.training.optim;

import io.vitrail.nn.Layer;
import io.vitrail.nn.Param;
import io.vitrail.tensor.Optimizer;
import io.vitrail.tensor.Tensor;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The trainable parameters of a network, grouped by learning rate and weight decay, for {@link
 * Optimizer#ofGroups}. Frozen ones are left out.
 *
 * @param groups from the first layers to the last, each layer's decayed parameters first
 */
public record ParamGroups(List<Optimizer.Group> groups) {

  /**
   * How parameters are told apart.
   *
   * @param weightDecay of those that decay
   * @param noDecay which do not
   * @param layerDecay factor of the learning rate from a layer to the one before it, in (0, 1]: the
   *     layers behind the last block have 1, block i of L has {@code layerDecay^(L - i)}, and what
   *     comes before the blocks {@code layerDecay^(L + 1)} (BEiT, MAE, FT-CLIP); 1 for none
   */
  public record Policy(double weightDecay, NoDecay noDecay, double layerDecay) {
    public Policy {
      if (!(weightDecay >= 0)) {
        throw new IllegalArgumentException("weight decay is at least 0, got " + weightDecay);
      }
      if (!(layerDecay > 0 && layerDecay <= 1)) {
        throw new IllegalArgumentException(
            "layer decay is in (0, 1], and 1 for none, got " + layerDecay);
      }
    }

    /** All learning rates alike. */
    public Policy(double weightDecay, NoDecay noDecay) {
      this(weightDecay, noDecay, 1);
    }
  }

  /**
   * Groups what is trainable now.
   *
   * @throws IllegalArgumentException if the policy scales learning rates by layer, and the names of
   *     the network's parameters do not tell its blocks
   */
  public static ParamGroups of(Layer model, Policy policy) {
    Map<String, Param> trainable = new LinkedHashMap<>();
    model
        .state()
        .forEach(
            (key, param) -> {
              if (param.isTrainable()) {
                trainable.put(key, param);
              }
            });
    Map<String, Double> scales = scales(model, policy.layerDecay);

    // By learning rate, then decay: the order of layers, and decayed before not decayed.
    Map<Double, Map<Double, Map<String, Tensor>>> sorted = new TreeMap<>();
    trainable.forEach(
        (key, param) -> {
          boolean plain = policy.noDecay.covers(key, param.shape().length);
          sorted
              .computeIfAbsent(scales.getOrDefault(key, 1.0), any -> new TreeMap<>())
              .computeIfAbsent(plain ? 0 : -policy.weightDecay, any -> new LinkedHashMap<>())
              .put(key, param.value());
        });
    List<Optimizer.Group> groups = new ArrayList<>();
    sorted.forEach(
        (scale, byDecay) ->
            byDecay.forEach(
                (decay, tensors) -> groups.add(new Optimizer.Group(tensors, scale, 0 - decay))));
    return new ParamGroups(groups);
  }

  private static Map<String, Double> scales(Layer model, double layerDecay) {
    if (layerDecay == 1) {
      return Map.of();
    }
    LayerIds.Ids ids =
        LayerIds.of(model.state().keySet())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "layer decay %s: the blocks of %s cannot be told from names such as %s; set layer decay to 1"
                            .formatted(
                                layerDecay,
                                model.getClass().getSimpleName(),
                                model.state().keySet().stream().limit(3).toList())));
    Map<String, Double> scales = new LinkedHashMap<>();
    ids.byName().forEach((name, id) -> scales.put(name, Math.pow(layerDecay, ids.last() - id)));
    return scales;
  }

  public ParamGroups {
    groups = List.copyOf(groups);
  }

  /** A line for each group: learning-rate scale, weight decay, tensors, numbers, some names. */
  public String report() {
    return groups.stream()
        .map(
            group ->
                String.format(
                    Locale.ROOT,
                    "lr x %-9s decay %-6s %4d tensors %,12d numbers  %s",
                    number(group.learningRateScale()),
                    number(group.weightDecay()),
                    group.tensors().size(),
                    group.tensors().values().stream().mapToLong(Tensor::count).sum(),
                    names(group)))
        .collect(Collectors.joining("\n"));
  }

  private static String number(double value) {
    return new BigDecimal(value, new MathContext(4)).stripTrailingZeros().toPlainString();
  }

  private static String names(Optimizer.Group group) {
    List<String> first = group.tensors().keySet().stream().limit(2).toList();
    return String.join(", ", first) + (group.tensors().size() > 2 ? ", ..." : "");
  }
}
