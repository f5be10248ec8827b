package io.vitrail.vision.swin;

import io.vitrail.nn.Init;
import io.vitrail.nn.Param;
import io.vitrail.nn.StateDict;
import io.vitrail.tensor.DType;
import io.vitrail.tensor.Device;
import io.vitrail.tensor.F;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.weights.StoredTensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The published forms of Swin's weights. timm merges patches at the start of a stage, {@code
 * layers.1.downsample}, and calls its classifier {@code head.fc}; the authors (and timm before 0.8)
 * merge at the end of the stage before, {@code layers.0.downsample}, call it {@code head}, and
 * store tables that follow from the sizes.
 */
public final class SwinWeights {
  private static final String MASK_TOKEN = "mask_token";
  private static final String BIAS_TABLE = "relative_position_bias_table";
  private static final Pattern DOWNSAMPLE = Pattern.compile("^layers\\.(\\d+)\\.downsample\\.");
  private static final Pattern COMPUTED =
      Pattern.compile(".*\\.(relative_position_index|attn_mask)$");

  private SwinWeights() {}

  /** Whether a file has the authors' names. */
  public static boolean isOfficial(StateDict file) {
    return file.keys().stream()
        .anyMatch(key -> key.startsWith("layers.0.downsample.") || key.equals("head.weight"));
  }

  /** The tensors of {@code file} under timm's names, without those that follow from the sizes. */
  public static StateDict toTimm(StateDict file) {
    boolean official = isOfficial(file);
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    file.tensors()
        .forEach(
            (key, tensor) -> {
              if (!COMPUTED.matcher(key).matches()) {
                tensors.put(official ? timmKey(key) : key, tensor);
              }
            });
    return StateDict.of(file.name(), tensors);
  }

  /**
   * The numbers of {@code model} as the authors store them, with the tables that follow from its
   * sizes; with a mask token, as MaskSub's authors do.
   */
  public static StateDict toOfficial(Swin model) {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    StateDict.of(model).tensors().forEach((key, tensor) -> tensors.put(officialKey(key), tensor));
    model
        .layers()
        .forEach(
            (path, layer) -> {
              if (layer instanceof SwinBlock block) {
                addComputed(tensors, path, block.windows());
              }
            });
    return StateDict.of("Swin", tensors);
  }

  private static void addComputed(Map<String, StoredTensor> tensors, String path, Windows windows) {
    int n = windows.tokens();
    String index = path + ".attn.relative_position_index";
    tensors.put(
        index, StoredTensor.of(index, WindowAttention.positionIndex(windows.window()), n, n));
    if (windows.isShifted()) {
      String mask = path + ".attn_mask";
      try (Scope scope = Scope.open()) {
        float[] values = windows.mask(DType.F32, Device.CPU).toFloats();
        tensors.put(mask, StoredTensor.of(mask, values, windows.count(), n, n));
      }
    }
  }

  /**
   * The tensors of {@code file}, published in any form, under the names of {@code model} and in its
   * sizes: tables of position biases are resized to its windows as the authors do, the mask token
   * is left out or started where only one side has it. Each change is told to {@code notes}, in a
   * line.
   */
  public static StateDict fit(StateDict file, Swin model, Consumer<String> notes) {
    if (isOfficial(file)) {
      notes.accept("tensors have the names of Swin's authors");
    }
    Map<String, StoredTensor> tensors = new LinkedHashMap<>(toTimm(file).tensors());
    fitMaskToken(tensors, model, notes);
    int resized = 0;
    for (Map.Entry<String, Param> entry : model.state().entrySet()) {
      StoredTensor table = tensors.get(entry.getKey());
      if (table != null && entry.getKey().endsWith(BIAS_TABLE) && table.shape().length == 2) {
        long distances = entry.getValue().shape()[0];
        if (table.shape()[0] != distances) {
          tensors.put(entry.getKey(), resized(table, distances));
          resized++;
        }
      }
    }
    if (resized > 0) {
      notes.accept(
          "resized %d tables of position biases to windows of at most %d"
              .formatted(resized, model.config().window()));
    }
    return StateDict.of(file.name(), tensors);
  }

  private static void fitMaskToken(
      Map<String, StoredTensor> tensors, Swin model, Consumer<String> notes) {
    boolean stored = tensors.containsKey(MASK_TOKEN);
    if (stored && model.maskToken().isEmpty()) {
      tensors.remove(MASK_TOKEN);
      notes.accept("left out 'mask_token', which only training with masks uses");
    }
    if (!stored && model.maskToken().isPresent()) {
      long[] shape = model.maskToken().get().shape();
      try (Scope scope = Scope.open();
          Rng rng = Rng.seeded(0)) {
        float[] start = Init.truncNormal(rng, 0.02, shape).toFloats();
        tensors.put(MASK_TOKEN, StoredTensor.of(MASK_TOKEN, start, shape));
      }
      notes.accept("started 'mask_token', which the file has not");
    }
  }

  /** [distances, h] by cubic interpolation over the square of distances (a = -0.75). */
  private static StoredTensor resized(StoredTensor table, long distances) {
    long heads = table.shape()[1];
    int before = side(table.shape()[0]);
    int after = side(distances);
    if ((long) before * before != table.shape()[0]) {
      throw new IllegalArgumentException(
          "'%s' has shape %s, which is no square of distances"
              .formatted(table.name(), Arrays.toString(table.shape())));
    }
    try (Scope scope = Scope.open()) {
      Tensor grid =
          StateDict.of("table", Map.of(BIAS_TABLE, table))
              .tensor(BIAS_TABLE)
              .to(DType.F32)
              .t()
              .reshape(1, heads, before, before);
      Tensor resized = F.interpolate(grid, after, after, F.Interpolation.BICUBIC);
      float[] values = resized.reshape(heads, distances).t().contiguous().toFloats();
      return StoredTensor.of(table.name(), values, distances, heads);
    }
  }

  private static int side(long count) {
    return (int) Math.round(Math.sqrt(count));
  }

  private static String timmKey(String key) {
    return key.startsWith("head.")
        ? key.replaceFirst("^head\\.", "head.fc.")
        : moved(key, stage -> stage + 1);
  }

  private static String officialKey(String key) {
    return key.startsWith("head.fc.")
        ? key.replaceFirst("^head\\.fc\\.", "head.")
        : moved(key, stage -> stage - 1);
  }

  private static String moved(String key, UnaryOperator<Integer> stage) {
    return DOWNSAMPLE
        .matcher(key)
        .replaceFirst(
            (MatchResult found) ->
                "layers." + stage.apply(Integer.valueOf(found.group(1))) + ".downsample.");
  }
}
