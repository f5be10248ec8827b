package io.vitrail.weights;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The few names that mean something in a torch.save pickle. Whatever is not listed here stays an
 * {@link Opaque}; nothing is ever looked up or run.
 */
final class TorchCalls {
  /** Makes a set after checking that its elements can be hashed. */
  interface SetMaker {
    Set<@Nullable Object> make(List<@Nullable Object> elements) throws MalformedWeightsException;
  }

  // Copies of strided views may take this much memory in all; real files need about their length.
  private static final int COPY_RATIO = 16;
  private static final long COPY_ALWAYS = 1 << 20;

  private final MappedFile file;
  private final Map<String, TorchStorage> storages = new LinkedHashMap<>();
  private final List<TorchView> views = new ArrayList<>();
  private long copied;

  TorchCalls(MappedFile file) {
    this.file = file;
  }

  /** The storages that tensors were found to need, by key. */
  Map<String, TorchStorage> storages() {
    return storages;
  }

  /** Cuts the tensors' bytes out of the storages, which must have been located. */
  void resolve() throws IOException {
    for (TorchView view : views) {
      view.resolve(file);
    }
  }

  /** The value of a class, function or constant that a pickle names. */
  Object global(String module, String name) {
    ElementType type = module.equals("torch") ? dtype(name) : null;
    return type != null ? type : Opaque.reference(module, name);
  }

  /** The storage that a persistent id stands for. */
  Object persistent(List<?> id) throws MalformedWeightsException {
    if (id.size() >= 2 && "module".equals(id.get(0)) && id.get(1) != null) {
      return id.get(1); // old files wrap a class together with its source text
    }
    if (id.size() < 5
        || !"storage".equals(id.get(0))
        || !(id.get(1) instanceof Opaque kind)
        || !(id.get(2) instanceof String key)
        || !(id.get(4) instanceof Long count)) {
      throw malformed(
          "a persistent id ('storage', type, key, device, count)",
          id.isEmpty() ? "an empty one" : PickleReader.describe(id.get(0)) + " and others");
    }
    boolean untyped = kind.name().equals("UntypedStorage");
    ElementType type = untyped ? ElementType.U8 : storageType(kind.name());
    if (type == null) {
      return kind.called(List.of(key));
    }
    if (count < 0 || count > Long.MAX_VALUE / 8) {
      throw malformed("a count of elements in storage " + Text.quote(key), count.toString());
    }
    TorchStorage storage = storages.computeIfAbsent(key, TorchStorage::new);
    storage.need(type, count);
    if (id.size() > 5 && id.get(5) instanceof List<?> part) {
      return part(storage, type, count, part);
    }
    return new TorchStorage.Part(storage, type, untyped, 0, count);
  }

  /** Files of 2017 could store a storage as a part (key, offset, count) of another. */
  private TorchStorage.Part part(TorchStorage storage, ElementType type, long whole, List<?> part)
      throws MalformedWeightsException {
    if (part.size() == 3
        && part.get(1) instanceof Long offset
        && part.get(2) instanceof Long count
        && offset >= 0
        && count >= 0
        && count <= whole - offset) {
      return new TorchStorage.Part(storage, type, false, offset, count);
    }
    throw malformed("a part of the " + whole + " elements of a storage", "one that leaves it");
  }

  /** The result of a call, if it is one of those we know; else an Opaque with the arguments. */
  Object call(Opaque function, List<@Nullable Object> args, SetMaker sets)
      throws MalformedWeightsException {
    String name = function.module() + "." + function.name();
    Object result =
        switch (function.isReference() ? name : "") {
          case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2" ->
              args.size() < 4 ? null : tensor(args, null);
          case "torch._utils._rebuild_tensor_v3" ->
              args.size() >= 7 && args.get(6) instanceof ElementType type
                  ? tensor(args, type)
                  : null;
          case "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state" ->
              args.isEmpty() ? null : args.get(0) instanceof StoredTensor data ? data : null;
          case "torch._tensor._rebuild_from_type_v2" -> rebuilt(args, sets);
          case "collections.OrderedDict", "collections.defaultdict" -> dict(args);
          case "torch.Size" ->
              args.size() == 1 && args.get(0) instanceof List<?> sizes ? sizes : null;
          case "builtins.set", "__builtin__.set", "builtins.frozenset", "__builtin__.frozenset" ->
              set(args, sets);
          case "_codecs.encode" ->
              args.isEmpty() || !(args.get(0) instanceof String text)
                  ? null
                  : text.getBytes(StandardCharsets.ISO_8859_1);
          case "builtins.bytes", "__builtin__.bytes" -> args.isEmpty() ? new byte[0] : null;
          default -> null;
        };
    return result != null ? result : function.called(args);
  }

  private @Nullable Object rebuilt(List<@Nullable Object> args, SetMaker sets)
      throws MalformedWeightsException {
    if (args.size() >= 3
        && args.get(0) instanceof Opaque function
        && !function.name().equals("_rebuild_from_type_v2")
        && args.get(2) instanceof List<?> inner) {
      return call(function, new ArrayList<>(inner), sets);
    }
    return null;
  }

  /** An empty dict, or (in Python 2 files) one from a list of [key, value] lists. */
  private @Nullable Object dict(List<@Nullable Object> args) {
    Map<@Nullable Object, @Nullable Object> dict = new LinkedHashMap<>();
    if (args.isEmpty() || args.get(0) instanceof Opaque) {
      return dict;
    }
    if (!(args.get(0) instanceof List<?> pairs)) {
      return null;
    }
    for (Object pair : pairs) {
      if (!(pair instanceof List<?> two && two.size() == 2 && two.get(0) instanceof String key)) {
        return null;
      }
      dict.put(key, two.get(1));
    }
    return dict;
  }

  private static @Nullable Object set(List<@Nullable Object> args, SetMaker sets)
      throws MalformedWeightsException {
    if (args.isEmpty()) {
      return sets.make(List.of());
    }
    return args.get(0) instanceof List<?> elements ? sets.make(new ArrayList<>(elements)) : null;
  }

  /** Storage, offset, sizes and strides, all in elements. */
  private @Nullable Object tensor(List<@Nullable Object> args, @Nullable ElementType viewedAs)
      throws MalformedWeightsException {
    if (!(args.get(0) instanceof TorchStorage.Part part) || part.untyped() != (viewedAs != null)) {
      return null; // a kind of storage that we do not read
    }
    ElementType type = viewedAs != null ? viewedAs : part.type();
    long available = part.count() * part.type().bytes() / type.bytes();
    long[] shape = longs(args.get(2), "sizes");
    long[] strides = longs(args.get(3), "strides");
    String name = "storage " + part.storage().key();
    if (!(args.get(1) instanceof Long offset) || offset < 0 || strides.length != shape.length) {
      throw malformed("an offset and as many strides as sizes for a tensor", "others");
    }
    long bytes = file.checkedBytes(name, type, shape);
    long span = bytes == 0 ? 0 : span(shape, strides);
    if (span < 0 || offset > available - span) {
      throw malformed(
          "a tensor within the " + Text.number(available) + " elements of " + name,
          Shapes.text(type, shape) + " from element " + Text.number(offset),
          MappedFile.FETCH_AGAIN);
    }
    long first = part.offset() * part.type().bytes() + offset * type.bytes();
    boolean rowMajor = bytes == 0 || Strided.isRowMajor(shape, strides);
    if (!rowMajor) {
      copied += bytes;
      if (copied > COPY_ALWAYS + COPY_RATIO * file.size()) {
        throw malformed(
            "strided tensors that fit " + COPY_RATIO + " times the file",
            Shapes.text(type, shape) + " and others that need more",
            "call .contiguous() on them before saving");
      }
    }
    TorchView view = new TorchView(part.storage(), first, span * type.bytes());
    views.add(view);
    return new StoredTensor(
        name,
        type,
        shape,
        rowMajor
            ? view::bytes
            : () -> Strided.gather(view.bytes(), type.bytes(), 0, shape, strides));
  }

  /** Elements from the first to the last one, or -1 if that is no number. */
  private static long span(long[] shape, long[] strides) {
    long last = 0;
    for (int i = 0; i < shape.length; i++) {
      if (strides[i] < 0
          || Math.multiplyHigh(shape[i] - 1, strides[i]) != 0
          || (shape[i] - 1) * strides[i] < 0) {
        return -1;
      }
      last += (shape[i] - 1) * strides[i];
      if (last < 0 || last > Long.MAX_VALUE / 16) {
        return -1;
      }
    }
    return last + 1;
  }

  private long[] longs(@Nullable Object value, String what) throws MalformedWeightsException {
    if (value instanceof List<?> list) {
      long[] longs = new long[list.size()];
      boolean good = true;
      for (int i = 0; i < longs.length; i++) {
        good &= list.get(i) instanceof Long;
        longs[i] = list.get(i) instanceof Long size ? size : 0;
      }
      if (good) {
        return longs;
      }
    }
    throw malformed(what + " of a tensor as whole numbers", PickleReader.describe(value));
  }

  private static @Nullable ElementType dtype(String name) {
    return switch (name) {
      case "float64", "double" -> ElementType.F64;
      case "float32", "float" -> ElementType.F32;
      case "float16", "half" -> ElementType.F16;
      case "bfloat16" -> ElementType.BF16;
      case "int64", "long" -> ElementType.I64;
      case "int32", "int" -> ElementType.I32;
      case "int16", "short" -> ElementType.I16;
      case "int8" -> ElementType.I8;
      case "uint8" -> ElementType.U8;
      case "bool" -> ElementType.BOOL;
      default -> null;
    };
  }

  private static @Nullable ElementType storageType(String name) {
    return switch (name) {
      case "DoubleStorage" -> ElementType.F64;
      case "FloatStorage" -> ElementType.F32;
      case "HalfStorage" -> ElementType.F16;
      case "BFloat16Storage" -> ElementType.BF16;
      case "LongStorage" -> ElementType.I64;
      case "IntStorage" -> ElementType.I32;
      case "ShortStorage" -> ElementType.I16;
      case "CharStorage" -> ElementType.I8;
      case "ByteStorage" -> ElementType.U8;
      case "BoolStorage" -> ElementType.BOOL;
      default -> null;
    };
  }

  private MalformedWeightsException malformed(String expected, String got) {
    return malformed(expected, got, MappedFile.FETCH_AGAIN);
  }

  private MalformedWeightsException malformed(String expected, String got, String nextMove) {
    return file.malformed(expected, got, nextMove);
  }
}
