package io.vitrail.vision.zoo;

import io.vitrail.hub.CachedFile;
import io.vitrail.nn.StateDict;
import io.vitrail.nn.StateDictException;
import io.vitrail.tensor.Rng;
import io.vitrail.text.EditDistance;
import io.vitrail.vision.ImageModel;
import io.vitrail.weights.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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

  /**
   * The network that a fetched model's card names, with its weights: {@link #open(String, Path)}.
   */
  public static LoadedModel open(CachedFile file) throws IOException {
    return open(file.card().architecture(), file.path());
  }

  /** {@link #open(String, Path, Overrides, Rng)} for the network that a model's card names. */
  public static LoadedModel open(CachedFile file, Overrides overrides, Rng rng) throws IOException {
    return open(file.card().architecture(), file.path(), overrides, rng);
  }

  /**
   * The network with the weights of a file, and as many classes as the file has.
   *
   * @throws IOException if the file cannot be read, or does not fit; the message says how
   * @throws IllegalArgumentException if there is no network of that name
   */
  public static LoadedModel open(String name, Path file) throws IOException {
    return load(name, file, Overrides.NONE, null);
  }

  /**
   * The network with the weights of a file, with some things changed, for inference: the file's
   * head must have as many classes as are asked for.
   *
   * @throws IOException if the file cannot be read, or does not fit; the message says how
   * @throws IllegalArgumentException if there is no network of that name
   */
  public static LoadedModel open(String name, Path file, Overrides overrides) throws IOException {
    return load(name, file, overrides, null);
  }

  /**
   * The network with the weights of a file, ready to be trained for other classes or images. {@code
   * rng} starts a new head if the file has none for this number of classes.
   *
   * @throws IOException if the file cannot be read, or does not fit; the message says how
   * @throws IllegalArgumentException if there is no network of that name
   */
  public static LoadedModel open(String name, Path file, Overrides overrides, Rng rng)
      throws IOException {
    return load(name, file, overrides, rng);
  }

  /**
   * {@link #open(String, Path, Overrides, Rng)} for tensors from elsewhere, such as a checkpoint's
   * averaged weights, {@code TorchFile.section("model_ema")}.
   *
   * @throws io.vitrail.nn.StateDictException if they do not fit; the message says how
   */
  public static LoadedModel open(String name, StateDict weights, Overrides overrides, Rng rng) {
    return Loading.load(architecture(name), weights, overrides, rng, new ArrayList<>());
  }

  private static LoadedModel load(String name, Path file, Overrides overrides, @Nullable Rng rng)
      throws IOException {
    Architecture<?> architecture = architecture(name);
    try (Weights weights = Weights.open(file)) {
      return Loading.load(architecture, weights, overrides, rng);
    } catch (StateDictException e) {
      throw new IOException(e.getMessage(), e);
    }
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
