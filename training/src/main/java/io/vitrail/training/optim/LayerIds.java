package io.vitrail.training.optim;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How deep in its network a parameter is, from its name: 0 before the blocks, i + 1 in block i, one
 * more than the last block behind them.
 *
 * <p>Known are timm's names of ViTs, of Swin, whose blocks are counted through all stages with each
 * downsampling as a part of the block it leads to, and of ResNets.
 */
final class LayerIds {
  private static final Predicate<String> STEM =
      Pattern.compile(
              "cls_token|dist_token|reg_token|mask_token|pos_embed|absolute_pos_embed"
                  + "|(patch_embed|norm_pre|conv1|bn1)\\..*")
          .asMatchPredicate();
  private static final Pattern VIT = Pattern.compile("blocks\\.(\\d+)\\..*");
  private static final Pattern SWIN = Pattern.compile("layers\\.(\\d+)\\.blocks\\.(\\d+)\\..*");
  private static final Pattern SWIN_DOWN = Pattern.compile("layers\\.(\\d+)\\.downsample\\..*");
  private static final Pattern RESNET = Pattern.compile("layer(\\d+)\\.(\\d+)\\..*");

  private LayerIds() {}

  /** Ids by name, and the largest. */
  record Ids(Map<String, Integer> byName, int last) {}

  static Optional<Ids> of(Collection<String> names) {
    Map<List<Integer>, Integer> blocks = new TreeMap<>(LayerIds::compare);
    names.forEach(name -> block(name).ifPresent(b -> blocks.put(b, 0)));
    if (blocks.isEmpty()) {
      return Optional.empty();
    }
    int next = 1;
    for (Map.Entry<List<Integer>, Integer> block : blocks.entrySet()) {
      block.setValue(next++);
    }
    int last = next;
    Map<String, Integer> ids = new LinkedHashMap<>();
    names.forEach(
        name -> ids.put(name, STEM.test(name) ? 0 : block(name).map(blocks::get).orElse(last)));
    return Optional.of(new Ids(ids, last));
  }

  /** Stage and place of the block that a name belongs to. */
  private static Optional<List<Integer>> block(String name) {
    Matcher m = VIT.matcher(name);
    if (m.matches()) {
      return Optional.of(List.of(0, Integer.parseInt(m.group(1))));
    }
    for (Pattern pattern : List.of(SWIN, RESNET)) {
      m = pattern.matcher(name);
      if (m.matches()) {
        return Optional.of(List.of(Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2))));
      }
    }
    m = SWIN_DOWN.matcher(name);
    return m.matches() ? Optional.of(List.of(Integer.parseInt(m.group(1)), 0)) : Optional.empty();
  }

  private static int compare(List<Integer> a, List<Integer> b) {
    int stages = Integer.compare(a.get(0), b.get(0));
    return stages != 0 ? stages : Integer.compare(a.get(1), b.get(1));
  }
}
