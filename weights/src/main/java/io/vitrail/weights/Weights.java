package io.vitrail.weights;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Named tensors of one weight file, in the order of the file.
 *
 * <pre>{@code
 * try (Weights weights = Weights.open(Path.of("isnet.onnx"))) {
 *   float[] bias = weights.get("conv_in.bias").toFloats();
 * }
 * }</pre>
 *
 * <p>Everything is checked when the file is opened, so nothing here throws {@link IOException}
 * later. Files are memory-mapped: opening costs little, and bytes are read when they are touched.
 * {@link #close} forgets the tensors; those already taken stay readable, and the mapping ends when
 * the last buffer into it is unreachable (on Windows the file cannot be deleted before that).
 */
public abstract class Weights implements AutoCloseable {
  private final Path path;
  private final Map<String, String> metadata;
  private volatile Map<String, StoredTensor> tensors;
  private volatile boolean closed;

  /** The tensors under the names they are listed by. */
  Weights(Path path, Map<String, StoredTensor> tensors, Map<String, String> metadata) {
    this.path = path;
    this.tensors = tensors;
    this.metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /**
   * Opens a weight file. The kind is found from what is in the file, not from its name; see {@link
   * WeightsFormat} for the kinds.
   *
   * @throws MalformedWeightsException if the file is none of these, or is damaged
   * @throws java.nio.file.NoSuchFileException if there is no such file
   */
  public static Weights open(Path path) throws IOException {
    return WeightsFormat.of(path).open(path);
  }

  /** The file. */
  public final Path path() {
    return path;
  }

  /** All names, in file order. */
  public final List<String> names() {
    return List.copyOf(current().keySet());
  }

  /** All tensors, in file order. */
  public final Collection<StoredTensor> tensors() {
    return List.copyOf(current().values());
  }

  /**
   * The tensor of this name.
   *
   * @throws NoSuchElementException if there is none; the message has the nearest names
   */
  public final StoredTensor get(String name) {
    StoredTensor tensor = current().get(name);
    if (tensor == null) {
      List<String> near = Text.near(name, tensors.keySet());
      throw new NoSuchElementException(
          "no tensor "
              + Text.quote(name)
              + " among the "
              + tensors.size()
              + " of '"
              + path
              + "'; "
              + (near.isEmpty()
                  ? "it begins with: " + Text.list(tensors.keySet(), 3)
                  : "near: " + String.join(", ", near)));
    }
    return tensor;
  }

  /** The tensor of this name, if there is one. */
  public final Optional<StoredTensor> find(String name) {
    return Optional.ofNullable(current().get(name));
  }

  /** What the file says of itself: text by key, empty for formats that say nothing. */
  public final Map<String, String> metadata() {
    return metadata;
  }

  /**
   * The same tensors under other names.
   *
   * @throws IllegalArgumentException if two tensors would get one name
   */
  public final Weights renamed(UnaryOperator<String> newName) {
    Map<String, StoredTensor> renamed = new LinkedHashMap<>();
    Map<String, String> oldNames = new LinkedHashMap<>();
    for (Map.Entry<String, StoredTensor> entry : current().entrySet()) {
      String name = newName.apply(entry.getKey());
      String other = oldNames.putIfAbsent(name, entry.getKey());
      if (other != null) {
        throw new IllegalArgumentException(
            "renaming would give "
                + Text.quote(other)
                + " and "
                + Text.quote(entry.getKey())
                + " of '"
                + path
                + "' one name, "
                + Text.quote(name)
                + "; take one part of the file with under(...) first");
      }
      renamed.put(name, entry.getValue().withName(name));
    }
    return new View(path, renamed, metadata);
  }

  /**
   * The same tensors; names that begin with the prefix lose it, others stay: {@code
   * withoutPrefix("module.")} undoes what DataParallel did.
   */
  public final Weights withoutPrefix(String prefix) {
    return renamed(name -> name.startsWith(prefix) ? name.substring(prefix.length()) : name);
  }

  /** Only the tensors whose names begin with the prefix, without it. */
  public final Weights under(String prefix) {
    Map<String, StoredTensor> kept = new LinkedHashMap<>();
    for (Map.Entry<String, StoredTensor> entry : current().entrySet()) {
      if (entry.getKey().startsWith(prefix)) {
        String name = entry.getKey().substring(prefix.length());
        kept.put(name, entry.getValue().withName(name));
      }
    }
    return new View(path, kept, metadata);
  }

  /** Forgets the tensors. Safe to call twice; views and tensors already taken stay usable. */
  @Override
  public final void close() {
    closed = true;
    tensors = Map.of();
  }

  private Map<String, StoredTensor> current() {
    Map<String, StoredTensor> current = tensors; // read before the check, as close() writes after
    if (closed) {
      throw new IllegalStateException("the weights of '" + path + "' were closed; open them again");
    }
    return current;
  }

  /** Adds a tensor under its name, which must be new. */
  static void put(MappedFile file, Map<String, StoredTensor> tensors, StoredTensor tensor)
      throws MalformedWeightsException {
    if (tensors.putIfAbsent(tensor.name(), tensor) != null) {
      throw file.malformed(
          "one tensor to a name",
          "two called " + Text.quote(tensor.name()),
          MappedFile.FETCH_AGAIN);
    }
  }

  /** For people: the file and how much is in it. */
  @Override
  public String toString() {
    return "'" + path + "' with " + tensors.size() + " tensors";
  }

  private static final class View extends Weights {
    View(Path path, Map<String, StoredTensor> tensors, Map<String, String> metadata) {
      super(path, tensors, metadata);
    }
  }
}
