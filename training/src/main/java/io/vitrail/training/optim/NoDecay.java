package io.vitrail.training.optim;

import java.util.HashSet;
import java.util.Set;

/**
 * Which parameters weight decay leaves alone: those of at most one dimension (biases, norms, layer
 * scales) in all recipes, and these by name.
 *
 * @param names whole names, such as {@code cls_token}
 * @param parts what a name may contain, such as {@code relative_position_bias_table}
 */
public record NoDecay(Set<String> names, Set<String> parts) {

  /** ViTs in timm's names, as in DeiT, MAE and FT-CLIP; in a ResNet nothing more (RSB). */
  public static final NoDecay VIT =
      new NoDecay(Set.of("pos_embed", "cls_token", "dist_token", "reg_token"), Set.of());

  /** Swin, and the mask token of its sub-branch. */
  public static final NoDecay SWIN =
      new NoDecay(
          Set.of("absolute_pos_embed", "mask_token"), Set.of("relative_position_bias_table"));

  /** Both, whose names do not meet: right for every network of this library. */
  public static final NoDecay ALL = VIT.and(SWIN);

  public NoDecay {
    names = Set.copyOf(names);
    parts = Set.copyOf(parts);
  }

  /** What either leaves alone. */
  public NoDecay and(NoDecay other) {
    return new NoDecay(union(names, other.names), union(parts, other.parts));
  }

  boolean covers(String name, int dimensions) {
    return dimensions <= 1
        || name.endsWith(".bias")
        || names.contains(name)
        || parts.stream().anyMatch(name::contains);
  }

  private static Set<String> union(Set<String> a, Set<String> b) {
    Set<String> both = new HashSet<>(a);
    both.addAll(b);
    return both;
  }
}
