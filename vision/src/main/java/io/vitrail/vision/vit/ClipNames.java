package io.vitrail.vision.vit;

import io.vitrail.nn.StateDict;
import io.vitrail.nn.StateDictException;
import io.vitrail.weights.StoredTensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tensors of CLIP's image encoder as OpenAI names and shapes them, and as timm does. */
final class ClipNames {
  private static final String VISUAL = "visual.";
  private static final String HEAD = "head.weight";
  private static final String HEAD_BIAS = "head.bias";

  /** What a key begins with, CLIP's and timm's; # is the number of a block. */
  private static final String[][] BEGINNINGS = {
    {"visual.class_embedding", "cls_token"},
    {"visual.positional_embedding", "pos_embed"},
    {"visual.conv1.weight", "patch_embed.proj.weight"},
    {"visual.ln_pre.", "norm_pre."},
    {"visual.transformer.resblocks.#.ln_1.", "blocks.#.norm1."},
    {"visual.transformer.resblocks.#.attn.in_proj_", "blocks.#.attn.qkv."},
    {"visual.transformer.resblocks.#.attn.out_proj.", "blocks.#.attn.proj."},
    {"visual.transformer.resblocks.#.ln_2.", "blocks.#.norm2."},
    {"visual.transformer.resblocks.#.mlp.c_fc.", "blocks.#.mlp.fc1."},
    {"visual.transformer.resblocks.#.mlp.c_proj.", "blocks.#.mlp.fc2."},
    {"visual.ln_post.", "norm."},
    {"visual.proj", HEAD},
  };

  private static final List<Rule> TO_TIMM = rules(0, 1);
  private static final List<Rule> FROM_TIMM = rules(1, 0);

  private ClipNames() {}

  private record Rule(Pattern from, String to) {}

  private static List<Rule> rules(int from, int to) {
    return Arrays.stream(BEGINNINGS)
        .map(
            pair ->
                new Rule(
                    Pattern.compile(pair[from].replace(".", "\\.").replace("#", "(\\d+)")),
                    pair[to].replace("#", "$1")))
        .toList();
  }

  private static String renamed(String key, List<Rule> rules, StateDict file) {
    for (Rule rule : rules) {
      Matcher matcher = rule.from.matcher(key);
      if (matcher.lookingAt()) {
        return matcher.replaceFirst(rule.to);
      }
    }
    throw new StateDictException(
        "'%s' in '%s' is no tensor of CLIP's image encoder".formatted(key, file.name()));
  }

  static boolean areIn(StateDict file) {
    return file.keys().contains("visual.class_embedding");
  }

  /** Without the text encoder; timm's head has a bias, which starts at 0. */
  static StateDict toTimm(StateDict file) {
    Map<String, StoredTensor> timm = new LinkedHashMap<>();
    file.tensors()
        .forEach(
            (key, tensor) -> {
              if (key.startsWith(VISUAL)) {
                String name = renamed(key, TO_TIMM, file);
                long[] shape = tensor.shape();
                timm.put(
                    name,
                    switch (name) {
                      case "cls_token" -> reshaped(tensor, 1, 1, tensor.count());
                      case "pos_embed" -> reshaped(tensor, 1, shape[0], tensor.count() / shape[0]);
                      case HEAD -> transposed(tensor);
                      default -> tensor;
                    });
              }
            });
    if (timm.containsKey(HEAD)) {
      int classes = Math.toIntExact(timm.get(HEAD).shape()[0]);
      timm.put(HEAD_BIAS, StoredTensor.of(HEAD_BIAS, new float[classes], classes));
    }
    return StateDict.of(file.name(), timm);
  }

  /** The way back; a bias of the head other than 0 has no place in CLIP. */
  static StateDict fromTimm(StateDict timm) {
    Map<String, StoredTensor> clip = new LinkedHashMap<>();
    timm.tensors()
        .forEach(
            (key, tensor) -> {
              if (key.equals(HEAD_BIAS)) {
                checkZero(tensor, timm);
                return;
              }
              long[] shape = tensor.shape();
              clip.put(
                  renamed(key, FROM_TIMM, timm),
                  switch (key) {
                    case "cls_token" -> reshaped(tensor, tensor.count());
                    case "pos_embed" -> reshaped(tensor, shape[1], shape[2]);
                    case HEAD -> transposed(tensor);
                    default -> tensor;
                  });
            });
    return StateDict.of(timm.name(), clip);
  }

  private static void checkZero(StoredTensor bias, StateDict timm) {
    for (float value : bias.toFloats()) {
      if (value != 0) {
        throw new StateDictException(
            "'%s' has a head with a bias, which CLIP's projection has not: write it under timm's names"
                .formatted(timm.name()));
      }
    }
  }

  private static StoredTensor reshaped(StoredTensor tensor, long... shape) {
    return StoredTensor.of(tensor.name(), tensor.type(), tensor.data(), shape);
  }

  private static StoredTensor transposed(StoredTensor matrix) {
    int rows = Math.toIntExact(matrix.shape()[0]);
    int columns = Math.toIntExact(matrix.shape()[1]);
    float[] from = matrix.toFloats();
    float[] to = new float[from.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        to[j * rows + i] = from[i * columns + j];
      }
    }
    return StoredTensor.of(matrix.name(), to, columns, rows);
  }
}
