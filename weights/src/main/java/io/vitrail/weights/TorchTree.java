package io.vitrail.weights;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The values of a torch.save file, and the ways to the tensors in them. */
final class TorchTree {
  private static final int DEEPEST = 64;

  // A pickle can hold one list in many places. Names and visits may cost this much, then we stop.
  private static final int NAMES_RATIO = 8;
  private static final long NAMES_ALWAYS = 1 << 20;

  private final Path path;
  private final long budget;
  private final @Nullable Object root;

  TorchTree(Path path, long fileSize, @Nullable Object root) {
    this.path = path;
    this.budget = NAMES_ALWAYS + NAMES_RATIO * fileSize;
    this.root = root;
  }

  @Nullable Object root() {
    return root;
  }

  /** The dotted key of the innermost state dict; empty if that is the root. */
  String bestSection() throws MalformedWeightsException {
    StringBuilder section = new StringBuilder();
    Object current = root;
    for (int depth = 0; depth < DEEPEST; depth++) {
      String key = knownSection(current);
      if (key == null) {
        break;
      }
      section.append(section.isEmpty() ? "" : ".").append(key);
      current = dict(current).get(key);
    }
    return section.toString();
  }

  private @Nullable String knownSection(@Nullable Object value) throws MalformedWeightsException {
    for (String key : TorchFile.SECTIONS) {
      Object part = dict(value).get(key);
      if (!dict(part).isEmpty() && !new Walk().from(part).isEmpty()) {
        return key;
      }
    }
    return null;
  }

  /** The tensors under a dotted key, named by the way from there. */
  Map<String, StoredTensor> tensors(String dottedKey) throws MalformedWeightsException {
    Object current = root;
    if (!dottedKey.isEmpty()) {
      for (String key : dottedKey.split("\\.", -1)) {
        current = child(current, key, dottedKey);
      }
    }
    return new Walk().from(current);
  }

  private @Nullable Object child(@Nullable Object parent, String key, String dottedKey) {
    for (Map.Entry<?, ?> entry : dict(parent).entrySet()) {
      if (text(entry.getKey()).equals(key)) {
        return entry.getValue();
      }
    }
    throw new IllegalArgumentException(
        "no section "
            + Text.quote(dottedKey)
            + " in '"
            + path
            + "': '"
            + key
            + "' is not among "
            + Text.list(dict(parent).keySet().stream().map(TorchTree::text).toList(), 12));
  }

  /** The plain values at the root, such as epoch and version, as text. */
  Map<String, String> notes() {
    Map<String, String> notes = new LinkedHashMap<>();
    dict(root)
        .forEach(
            (key, value) -> {
              if (value instanceof String || value instanceof Long || value instanceof Double) {
                notes.put(text(key), value.toString());
              }
            });
    return notes;
  }

  private static String text(@Nullable Object key) {
    return key instanceof String text ? text : PickleReader.describe(key);
  }

  /** The entries of a dict; also of a foreign kind of dict and of a pickled module; else none. */
  private static Map<?, ?> dict(@Nullable Object value) {
    if (!(value instanceof Opaque opaque)) {
      return value instanceof Map<?, ?> map ? map : Map.of();
    }
    if (opaque.entries().isEmpty() && opaque.state().orElse(null) instanceof Map<?, ?> fields) {
      if (opaque.module().startsWith("__torch__")) { // TorchScript: parameters are plain fields
        return fields;
      }
      if (fields.get("_modules") instanceof Map<?, ?> children) {
        return module(fields, children);
      }
    }
    return opaque.entries();
  }

  /** What state_dict() of a pickled torch.nn.Module would go through, in its order. */
  private static Map<?, ?> module(Map<?, ?> fields, Map<?, ?> children) {
    Map<@Nullable Object, @Nullable Object> all = new LinkedHashMap<>();
    if (fields.get("_parameters") instanceof Map<?, ?> parameters) {
      all.putAll(parameters);
    }
    if (fields.get("_buffers") instanceof Map<?, ?> buffers) {
      all.putAll(buffers);
    }
    if (fields.get("_non_persistent_buffers_set") instanceof Set<?> left) {
      all.keySet().removeAll(left);
    }
    all.putAll(children);
    return all;
  }

  /** Collects tensors, depth first, within the budget. */
  private final class Walk {
    private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    private long spent;

    Map<String, StoredTensor> from(@Nullable Object value) throws MalformedWeightsException {
      visit(value, "", 0);
      return tensors;
    }

    private void visit(@Nullable Object value, String name, int depth)
        throws MalformedWeightsException {
      if (depth > DEEPEST) {
        throw malformed("dicts nested at most " + DEEPEST + " deep", "deeper ones, or a cycle");
      }
      if (value instanceof StoredTensor tensor) {
        if (tensors.putIfAbsent(name, tensor.withName(name)) != null) {
          throw malformed("one tensor to a name", "two called " + Text.quote(name));
        }
      } else if (value instanceof List<?> list) {
        int index = 0;
        for (Object element : list) {
          visitChild(element, name, Integer.toString(index++), depth);
        }
      } else {
        for (Map.Entry<?, ?> entry : dict(value).entrySet()) {
          visitChild(entry.getValue(), name, text(entry.getKey()), depth);
        }
      }
    }

    private void visitChild(@Nullable Object child, String parent, String key, int depth)
        throws MalformedWeightsException {
      spent++;
      if (child instanceof StoredTensor
          || child instanceof Map
          || child instanceof List
          || child instanceof Opaque) {
        spent += parent.length() + key.length();
        checkBudget();
        visit(child, parent.isEmpty() ? key : parent + "." + key, depth + 1);
      }
      checkBudget();
    }

    private void checkBudget() throws MalformedWeightsException {
      if (spent > budget) {
        throw malformed(
            "names and values that fit " + NAMES_RATIO + " times the file",
            "one list or dict in very many places");
      }
    }

    private MalformedWeightsException malformed(String expected, String got) {
      return new MalformedWeightsException(
          path, expected, got, "save the state dict alone and open that");
    }
  }
}
