package io.vitrail.training.recipe;

import java.util.List;

/**
 * Which network.
 *
 * @param name its name in the zoo, such as {@code deit3_small_patch16_224}
 * @param dropPath highest rate of dropped paths, in [0, 1)
 * @param freeze keys of parameters that stay, such as {@code patch_embed.**}
 */
public record ModelSettings(String name, double dropPath, List<String> freeze) {
  static final ModelSettings DEFAULT = new ModelSettings("vit_tiny_patch16_224", 0, List.of());

  public ModelSettings {
    freeze = List.copyOf(freeze);
    Check.that(!name.isBlank(), "model.name is the name of a network, got none");
    Check.rate("model.dropPath", dropPath);
  }
}
