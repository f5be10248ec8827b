package io.vitrail.vision.zoo;

import io.vitrail.text.EditDistance;
import io.vitrail.vision.ImageModel;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Networks by timm's names.
 *
 * <pre>{@code
 * try (ImageModel model = Models.create("vit_small_patch16_224", Overrides.NONE.withClasses(10))) {
 *   model.init(rng);
 *   ...
 * }
 * }</pre>
 */
public final class Models {
  private static final Map<String, Architecture<?>> ALL =
      register(VitModels.all(), ResNetModels.all(), SwinModels.all());

  private Models() {}

  @SafeVarargs
  private static Map<String, Architecture<?>> register(
      List<? extends Architecture<?>>... families) {
    Map<String, Architecture<?>> all = new LinkedHashMap<>();
    Stream.of(families)
        .flatMap(List::stream)
        .forEach(
            architecture -> {
              if (all.put(architecture.name(), architecture) != null) {
                throw new IllegalStateException("two networks are named " + architecture.name());
              }
            });
    return all;
  }

  /** All names, family by family. */
  public static List<String> names() {
    return List.copyOf(ALL.keySet());
  }

  /** The network as published, without numbers: they come with {@code init} or {@code load}. */
  public static ImageModel create(String name) {
    return create(name, Overrides.NONE);
  }

  /**
   * The network with some things changed, without numbers.
   *
   * @throws IllegalArgumentException if there is no network of that name; the message has near ones
   */
  public static ImageModel create(String name, Overrides overrides) {
    return architecture(name).build(overrides);
  }

  static Architecture<?> architecture(String name) {
    Architecture<?> found = ALL.get(name);
    if (found == null) {
      String near =
          ALL.keySet().stream()
              .sorted(Comparator.comparingInt(known -> EditDistance.between(name, known)))
              .limit(3)
              .collect(Collectors.joining(", "));
      throw new IllegalArgumentException(
          "unknown network '%s'; near: %s (Models.names() has all)".formatted(name, near));
    }
    return found;
  }
}
