package io.vitrail.nn;

import io.vitrail.tensor.DType;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.weights.ElementType;
import io.vitrail.weights.Safetensors;
import io.vitrail.weights.StoredTensor;
import io.vitrail.weights.Weights;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Named tensors of a file, to be loaded into a {@link Layer}; and the way back. */
public final class StateDict {
  private final String name;
  private final Map<String, StoredTensor> tensors;

  private StateDict(String name, Map<String, StoredTensor> tensors) {
    this.name = name;
    this.tensors = tensors;
  }

  /** The tensors of an open weight file; it must stay open while they are read. */
  public static StateDict of(Weights file) {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    file.names().forEach(key -> tensors.put(key, file.get(key)));
    return new StateDict(String.valueOf(file.path().getFileName()), tensors);
  }

  /** Tensors by key; {@code name} stands for them in error messages. */
  public static StateDict of(String name, Map<String, StoredTensor> tensors) {
    return new StateDict(name, new LinkedHashMap<>(tensors));
  }

  /** A copy of the numbers of {@code layer}. */
  public static StateDict of(Layer layer) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    layer.state().forEach((key, param) -> tensors.put(key, param.value()));
    return copyOf(layer.getClass().getSimpleName(), tensors);
  }

  /** A copy of the numbers of {@code tensors}; {@code name} stands for them in error messages. */
  public static StateDict copyOf(String name, Map<String, Tensor> tensors) {
    Map<String, StoredTensor> copies = new LinkedHashMap<>();
    tensors.forEach(
        (key, value) ->
            copies.put(
                key,
                StoredTensor.of(key, stored(value.dtype()), value.toByteBuffer(), value.shape())));
    return new StateDict(name, copies);
  }

  /** What to call it in messages: the file's name. */
  public String name() {
    return name;
  }

  /** The tensors by key, as they are stored. */
  public Map<String, StoredTensor> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  public Set<String> keys() {
    return tensors.keySet();
  }

  public long[] shape(String key) {
    return get(key).shape();
  }

  /** The tensor at {@code key}, in its stored type, in the open {@link Scope}. */
  public Tensor tensor(String key) {
    StoredTensor stored = get(key);
    return Tensor.copyOf(stored.data(), dtype(stored.type()), stored.shape());
  }

  /** The tensor at {@code key} as {@code dtype}, converted straight from the file's memory. */
  Tensor tensor(String key, DType dtype) {
    StoredTensor stored = get(key);
    ByteBuffer data = stored.data();
    if (dtype(stored.type()) == dtype || !data.isDirect()) {
      return tensor(key).to(dtype);
    }
    return Tensor.view(data, dtype(stored.type()), stored.shape()).to(dtype);
  }

  /** The same tensors under other keys. */
  public StateDict renamed(UnaryOperator<String> newKey) {
    Map<String, StoredTensor> renamed = new LinkedHashMap<>();
    tensors.forEach((key, tensor) -> renamed.put(newKey.apply(key), tensor));
    return new StateDict(name, renamed);
  }

  /** Those whose keys begin with {@code prefix}, without it. */
  public StateDict under(String prefix) {
    Map<String, StoredTensor> kept = new LinkedHashMap<>();
    tensors.forEach(
        (key, tensor) -> {
          if (key.startsWith(prefix)) {
            kept.put(key.substring(prefix.length()), tensor);
          }
        });
    return new StateDict(name, kept);
  }

  /** These and those of {@code other}, no key of which may be here. */
  public StateDict with(StateDict other) {
    Map<String, StoredTensor> all = new LinkedHashMap<>(tensors);
    other.tensors.forEach(
        (key, tensor) -> {
          if (all.put(key, tensor) != null) {
            throw new IllegalArgumentException("both state dicts have a tensor '" + key + "'");
          }
        });
    return new StateDict(name, all);
  }

  /** Writes a safetensors file, whole or not at all. */
  public void save(Path file) throws IOException {
    save(file, Map.of());
  }

  /** {@link #save(Path)} with texts about the file, which are read by {@link Weights#metadata}. */
  public void save(Path file, Map<String, String> metadata) throws IOException {
    List<StoredTensor> all = new ArrayList<>();
    tensors.forEach((key, tensor) -> all.add(tensor.withName(key)));
    Map<String, String> notes = new LinkedHashMap<>(metadata);
    notes.put("format", "pt"); // what loaders of PyTorch look for
    Safetensors.write(file, all, notes);
  }

  private StoredTensor get(String key) {
    StoredTensor tensor = tensors.get(key);
    if (tensor == null) {
      throw new StateDictException(
          "'" + name + "' has no tensor '" + key + "'" + Near.hint(key, keys()));
    }
    return tensor;
  }

  private static DType dtype(ElementType type) {
    return DType.valueOf(type.name());
  }

  private static ElementType stored(DType type) {
    return ElementType.valueOf(type.name());
  }
}
