package io.vitrail.vision.zoo;

import io.vitrail.nn.Layer;
import io.vitrail.nn.StateDict;
import io.vitrail.nn.StateDictException;
import io.vitrail.tensor.Rng;
import io.vitrail.vision.ImageModel;
import io.vitrail.weights.StoredTensor;
import io.vitrail.weights.TorchFile;
import io.vitrail.weights.Weights;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Weight files into networks: wrappers off, names and sizes fitted, a new head where one is due.
 */
final class Loading {
  private static final String DATA_PARALLEL = "module.";

  private Loading() {}

  static LoadedModel load(
      Architecture<?> architecture, Weights file, Overrides overrides, @Nullable Rng rng) {
    List<String> notes = new ArrayList<>();
    if (file instanceof TorchFile torch && !torch.listedSection().isEmpty()) {
      notes.add("read '%s' of the checkpoint".formatted(torch.listedSection()));
    }
    return load(architecture, StateDict.of(file), overrides, rng, notes);
  }

  static <M extends ImageModel> LoadedModel load(
      Architecture<M> architecture,
      StateDict file,
      Overrides overrides,
      @Nullable Rng rng,
      List<String> notes) {
    StateDict unwrapped = unwrapped(file, notes);
    StateDict fitted;
    int classes;
    try (M sizes = architecture.build(overrides)) {
      fitted = architecture.reader().fit(unwrapped, sizes, notes::add);
      classes = overrides.classes().orElse(classesOf(fitted, architecture, sizes.classes()));
    }
    M model = architecture.build(overrides.withClasses(classes));
    try {
      model.load(
          classesOf(fitted, architecture, 0) == classes
              ? fitted
              : withNewHead(fitted, model, architecture.head(), rng, notes));
      return new LoadedModel(model, notes);
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  private static StateDict unwrapped(StateDict file, List<String> notes) {
    if (file.keys().isEmpty()
        || !file.keys().stream().allMatch(key -> key.startsWith(DATA_PARALLEL))) {
      return file;
    }
    notes.add("took 'module.' off all names, which data-parallel training puts there");
    return file.renamed(key -> key.substring(DATA_PARALLEL.length()));
  }

  /** The classes that a file's head scores. */
  private static int classesOf(StateDict file, Architecture<?> architecture, long ifNone) {
    String weight = architecture.head() + ".weight";
    long[] shape = file.keys().contains(weight) ? file.shape(weight) : new long[0];
    return Math.toIntExact(shape.length > 0 && shape[0] > 0 ? shape[0] : ifNone);
  }

  private static StateDict withNewHead(
      StateDict file, ImageModel model, String head, @Nullable Rng rng, List<String> notes) {
    boolean had = file.keys().contains(head + ".weight");
    if (rng == null) {
      throw new StateDictException(
          "'%s' has no '%s.weight', so no class scores: open it with an Rng, which starts a new head"
              .formatted(file.name(), head));
    }
    Map<String, StoredTensor> tensors = new LinkedHashMap<>(file.tensors());
    tensors.keySet().removeIf(key -> key.startsWith(head + "."));
    Layer layer = model.layer(head).init(rng);
    StateDict.of(layer).tensors().forEach((key, tensor) -> tensors.put(head + "." + key, tensor));
    notes.add(
        "new head for %d classes, as the file has %s"
            .formatted(
                model.classes(), had ? "one for " + file.shape(head + ".weight")[0] : "none"));
    return StateDict.of(file.name(), tensors);
  }
}
