package io.vitrail.weights;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What torch.save wrote (.pth, .pt, .ckpt, .bin): zip files of PyTorch 1.6 and later, and the
 * single stream of before. Nothing in it is executed: calls of functions that are not plain data
 * become {@link Opaque}.
 *
 * <p><b>Which tensors are listed.</b> A state dict is listed as it is. A checkpoint is a dict with
 * a state dict in it: the first of {@link #SECTIONS} that holds tensors is listed, under its own
 * names. If there is none, all tensors are listed, their names being the keys on the way joined by
 * dots (list elements by number). A pickled or scripted module counts as the dict that its
 * state_dict() would be. {@link #listedSection} says what was chosen, {@link #section} lists
 * another part, and {@link #root} has everything.
 */
public final class TorchFile extends Weights {
  /** The keys under which checkpoints keep their state dict, in the order they are tried. */
  public static final List<String> SECTIONS =
      List.of(
          "state_dict",
          "model_state_dict",
          "model_state",
          "model",
          "module",
          "network",
          "net",
          "params",
          "params_ema");

  private static final BigInteger LEGACY_MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final String STATE_DICT = "in Python, torch.save(model.state_dict(), ...) instead";

  private final TorchTree tree;
  private final String listed;

  private TorchFile(
      Path path,
      TorchTree tree,
      String listed,
      Map<String, StoredTensor> tensors,
      Map<String, String> metadata) {
    super(path, tensors, metadata);
    this.tree = tree;
    this.listed = listed;
  }

  /**
   * Opens a file that torch.save wrote.
   *
   * @throws MalformedWeightsException if it is none, is damaged, was written on a big-endian
   *     machine, or holds no tensors; the message then says what it holds
   */
  public static TorchFile open(Path path) throws IOException {
    try (MappedFile file = MappedFile.open(path)) {
      boolean zip = file.size() >= 4 && file.slice("the file", 0, 4).getInt() == 0x04034b50;
      TorchTree tree = zip ? readZip(file) : readLegacy(file);
      String listed = tree.bestSection();
      Map<String, StoredTensor> tensors = tree.tensors(listed);
      if (tensors.isEmpty()) {
        throw noTensors(file, tree);
      }
      return new TorchFile(path, tree, listed, tensors, tree.notes());
    }
  }

  /**
   * The whole content as plain Java: Map, List (also tuples), Set, String, byte[], Long,
   * BigInteger, Double, Boolean, null, {@link StoredTensor} (called by its storage, as names belong
   * to the way there), {@link ElementType} and {@link Opaque}. Treat it as read-only. A hostile
   * file can make a collection contain itself, so do not print or compare it whole.
   */
  public Optional<Object> root() {
    return Optional.ofNullable(tree.root());
  }

  /** The dotted key of the part whose tensors are listed; empty for the whole file. */
  public String listedSection() {
    return listed;
  }

  /**
   * The tensors under a key of the root, or of a dict in it: "optimizer", "ema.state_dict".
   *
   * @throws IllegalArgumentException if there is no such key; the message lists those there are
   * @throws MalformedWeightsException if two of its tensors would have one name
   */
  public Weights section(String dottedKey) throws MalformedWeightsException {
    return new Section(path(), tree.tensors(dottedKey), metadata());
  }

  private static TorchTree readZip(MappedFile file) throws IOException {
    ZipFileIndex zip = ZipFileIndex.read(file);
    String folder = folder(file, zip);
    ZipFileIndex.Entry order = zip.entries().get(folder + "byteorder");
    if (order != null) {
      String text = StandardCharsets.US_ASCII.decode(zip.stored(order)).toString();
      checkLittleEndian(file, text.strip().equals("little"), text);
    }
    ByteBuffer pickle = zip.stored(zip.entries().get(folder + "data.pkl"));
    TorchCalls calls = new TorchCalls(file);
    Object root = PickleReader.read(file, pickle, calls);
    for (TorchStorage storage : calls.storages().values()) {
      ZipFileIndex.Entry entry = zip.entries().get(folder + "data/" + storage.key());
      if (entry != null) {
        storage.locate(file, zip.storedAt(entry), entry.length());
      }
    }
    calls.resolve();
    return new TorchTree(file.path(), file.size(), root);
  }

  /** All entries lie in one folder, named as the file was when it was saved. */
  private static String folder(MappedFile file, ZipFileIndex zip) throws IOException {
    for (String name : zip.entries().keySet()) {
      if (name.equals("data.pkl") || name.endsWith("/data.pkl")) {
        return name.substring(0, name.length() - "data.pkl".length());
      }
    }
    throw file.malformed(
        "a zip file with a data.pkl, as torch.save writes",
        "entries " + Text.quote(Text.list(zip.entries().keySet(), 3)),
        MappedFile.FETCH_AGAIN);
  }

  /** Magic, protocol, system, root and keys as five pickles, then the storages in key order. */
  private static TorchTree readLegacy(MappedFile file) throws IOException {
    long pickled = Math.min(file.size(), Integer.MAX_VALUE);
    ByteBuffer in = file.slice("the pickles", 0, pickled);
    TorchCalls calls = new TorchCalls(file);
    Object magic = PickleReader.read(file, in, calls);
    if (!LEGACY_MAGIC.equals(magic)) {
      throw file.malformed(
          "a file of torch.save", "another pickle", "save its tensors with torch.save or numpy");
    }
    Object protocol = PickleReader.read(file, in, calls);
    if (!Long.valueOf(1001).equals(protocol)) {
      throw file.malformed(
          "torch.save protocol 1001",
          PickleReader.describe(protocol),
          "load it in Python and save it again");
    }
    Object system = PickleReader.read(file, in, calls);
    boolean bigEndian =
        system instanceof Map<?, ?> about && Boolean.FALSE.equals(about.get("little_endian"));
    checkLittleEndian(file, !bigEndian, "big");
    Object root = PickleReader.read(file, in, calls);
    Object keys = PickleReader.read(file, in, calls);
    if (!(keys instanceof List<?> list)) {
      throw file.malformed(
          "a list of storage keys", PickleReader.describe(keys), MappedFile.FETCH_AGAIN);
    }
    long position = in.position();
    for (Object key : list) {
      position = locate(file, calls, key, position);
    }
    calls.resolve();
    return new TorchTree(file.path(), file.size(), root);
  }

  /** One storage of the old format: a count of elements, then the elements. */
  private static long locate(MappedFile file, TorchCalls calls, @Nullable Object key, long position)
      throws IOException {
    TorchStorage storage = key instanceof String text ? calls.storages().get(text) : null;
    if (storage == null) {
      throw file.malformed(
          "a storage that a tensor uses",
          "key " + PickleReader.describe(key),
          "load it in Python and save it again with a newer PyTorch");
    }
    long count = file.slice("a storage's length", position, 8).getLong();
    long width = storage.width();
    long start = position + 8;
    if (count < 0 || count > (file.size() - start) / width) {
      throw file.malformed(
          "storage " + Text.quote(storage.key()) + " within the file",
          Text.number(count) + " elements of " + width + " bytes from byte " + Text.number(start),
          MappedFile.FETCH_AGAIN);
    }
    storage.locate(file, start, count * width);
    return start + count * width;
  }

  private static void checkLittleEndian(MappedFile file, boolean little, String order)
      throws MalformedWeightsException {
    if (!little) {
      throw file.malformed(
          "a file from a little-endian machine",
          "byte order " + Text.quote(order),
          "load it in Python on any machine and save it again");
    }
  }

  private static MalformedWeightsException noTensors(MappedFile file, TorchTree tree) {
    if (tree.root() instanceof Opaque opaque) {
      return file.malformed(
          "tensors, or dicts of them",
          "a pickle that is only "
              + (opaque.isReference() ? "the name " : "the object or call ")
              + opaque
              + " (not run)",
          STATE_DICT);
    }
    return file.malformed(
        "tensors in it", PickleReader.describe(tree.root()) + " without any", STATE_DICT);
  }

  private static final class Section extends Weights {
    Section(Path path, Map<String, StoredTensor> tensors, Map<String, String> metadata) {
      super(path, tensors, metadata);
    }
  }
}
