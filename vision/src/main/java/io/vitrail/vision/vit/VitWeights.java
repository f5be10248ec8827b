package io.vitrail.vision.vit;

import io.vitrail.nn.StateDict;
import io.vitrail.nn.StateDictException;
import io.vitrail.tensor.DType;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.vision.vit.PositionEmbeddings.Resampling;
import io.vitrail.weights.StoredTensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The names that published vision transformers give their tensors: from each to timm's, which
 * {@link VisionTransformer} has, and back.
 */
public final class VitWeights {
  private static final String POS_EMBED = "pos_embed";
  private static final Pattern GAMMA = Pattern.compile("gamma_([12])$");
  private static final Pattern LAYER_SCALE = Pattern.compile("ls([12])\\.gamma$");

  private VitWeights() {}

  /** Who named the tensors. */
  public enum Naming {
    /** timm; also DeiT's and MAE's authors. */
    TIMM,
    /** DeiT-III's authors: {@code blocks.0.gamma_1}. */
    DEIT3,
    /** OpenAI's CLIP: {@code visual.transformer.resblocks.0.ln_1.weight}. */
    CLIP;

    /** What the keys of a file show. */
    public static Naming of(StateDict file) {
      if (ClipNames.areIn(file)) {
        return CLIP;
      }
      return file.keys().contains("blocks.0.gamma_1") ? DEIT3 : TIMM;
    }
  }

  /**
   * The tensors of {@code file} under timm's names. CLIP's text encoder is left out; its projection
   * becomes the head, with a bias of 0.
   *
   * @throws StateDictException if CLIP's image encoder has a tensor that CLIP's has not
   */
  public static StateDict toTimm(StateDict file) {
    return switch (Naming.of(file)) {
      case TIMM -> file;
      case DEIT3 -> file.renamed(key -> GAMMA.matcher(key).replaceFirst("ls$1.gamma"));
      case CLIP -> ClipNames.toTimm(file);
    };
  }

  /**
   * The tensors of a {@link VisionTransformer} under the names of others, the way back from {@link
   * #toTimm}.
   *
   * @throws StateDictException if CLIP has no name for one of them, such as a head's bias that is
   *     not 0
   */
  public static StateDict fromTimm(StateDict timm, Naming naming) {
    return switch (naming) {
      case TIMM -> timm;
      case DEIT3 -> timm.renamed(key -> LAYER_SCALE.matcher(key).replaceFirst("gamma_$1"));
      case CLIP -> ClipNames.fromTimm(timm);
    };
  }

  /**
   * The tensors of {@code file} under the names of {@code model} and, apart from the head, in its
   * sizes: position embeddings are resized as their authors do, and what a published file has
   * besides is left out. Each change is told to {@code notes}, in a line.
   *
   * @throws StateDictException if the positions of the file are no square grid
   */
  public static StateDict fit(StateDict file, VisionTransformer model, Consumer<String> notes) {
    Naming naming = Naming.of(file);
    if (naming != Naming.TIMM) {
      notes.accept("tensors have the names of %s's authors".formatted(naming));
    }
    int besides = naming == Naming.CLIP ? textTensors(file) : 0;
    if (besides > 0) {
      notes.accept("left out %d tensors of CLIP besides its image encoder".formatted(besides));
    }
    Map<String, StoredTensor> tensors = new LinkedHashMap<>(toTimm(file).tensors());
    leaveOut(tensors, "the layer before the head", notes, key -> key.startsWith("pre_logits."));
    leaveOut(
        tensors,
        "the decoder",
        notes,
        key -> key.startsWith("decoder_") || key.equals("mask_token"));
    if (model.config().style().pool() == Style.Pool.PATCH_MEAN) {
      startFcNorm(tensors, model, notes);
    }
    resizePositions(tensors, file, model, notes);
    return StateDict.of(file.name(), tensors);
  }

  private static int textTensors(StateDict clip) {
    return (int) clip.keys().stream().filter(key -> !key.startsWith("visual.")).count();
  }

  private static void leaveOut(
      Map<String, StoredTensor> tensors,
      String what,
      Consumer<String> notes,
      Predicate<String> isPart) {
    List<String> parts = tensors.keySet().stream().filter(isPart).toList();
    if (!parts.isEmpty()) {
      tensors.keySet().removeAll(parts);
      notes.accept("left out %s: %s".formatted(what, String.join(", ", parts)));
    }
  }

  /** Pre-trained files have a norm for each token, the fine-tuned network one after the mean. */
  private static void startFcNorm(
      Map<String, StoredTensor> tensors, VisionTransformer model, Consumer<String> notes) {
    if (tensors.containsKey("fc_norm.weight") || !tensors.containsKey("norm.weight")) {
      return;
    }
    leaveOut(tensors, "the norm of each token", notes, key -> key.startsWith("norm."));
    int width = model.config().size().width();
    float[] ones = new float[width];
    Arrays.fill(ones, 1);
    tensors.put("fc_norm.weight", StoredTensor.of("fc_norm.weight", ones, width));
    tensors.put("fc_norm.bias", StoredTensor.of("fc_norm.bias", new float[width], width));
    notes.accept("fc_norm starts anew");
  }

  private static void resizePositions(
      Map<String, StoredTensor> tensors,
      StateDict file,
      VisionTransformer model,
      Consumer<String> notes) {
    StoredTensor stored = tensors.get(POS_EMBED);
    long[] wanted = model.state().get(POS_EMBED).shape();
    if (stored == null
        || stored.shape().length != wanted.length
        || stored.shape()[1] == wanted[1]
        || stored.shape()[2] != wanted[2]) {
      return; // nothing to do, or no matter of positions: loading says what is wrong
    }
    boolean everywhere = model.config().style().positions() == Style.Positions.ALL_TOKENS;
    int prefix = everywhere ? model.prefixTokens() : 0;
    try (Scope scope = Scope.open()) {
      Tensor old = StateDict.of(file.name(), tensors).tensor(POS_EMBED).to(DType.F32);
      Tensor resized = PositionEmbeddings.resize(old, prefix, model.grid(), Resampling.BICUBIC);
      tensors.put(POS_EMBED, StoredTensor.of(POS_EMBED, resized.toFloats(), wanted));
    } catch (IllegalArgumentException e) {
      throw new StateDictException("'%s': %s".formatted(file.name(), e.getMessage()));
    }
    notes.accept(
        "position embeddings resized from %s to %s"
            .formatted(Arrays.toString(stored.shape()), Arrays.toString(wanted)));
  }
}
