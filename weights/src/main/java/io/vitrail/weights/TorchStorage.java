package io.vitrail.weights;

/**
 * A run of elements that tensors are views of. A pickle names it by a key; where its bytes are in
 * the file becomes known later (in old files they follow the pickle).
 */
final class TorchStorage {
  private final String key;
  private int width = 1;
  private long needed;
  private long start = -1;

  TorchStorage(String key) {
    this.key = key;
  }

  String key() {
    return key;
  }

  /** Notes that the pickle counts on this many elements of this type. */
  void need(ElementType type, long count) {
    width = type.bytes();
    needed = Math.max(needed, count * width);
  }

  /** The bytes of an element. */
  int width() {
    return width;
  }

  /** Says where in the file the bytes are, once. */
  void locate(MappedFile file, long offset, long length) throws MalformedWeightsException {
    if (length < needed) {
      throw file.malformed(
          Text.number(needed) + " bytes in storage " + Text.quote(key),
          Text.number(length),
          MappedFile.FETCH_AGAIN);
    }
    start = offset;
  }

  /** The offset in the file. */
  long start(MappedFile file) throws MalformedWeightsException {
    if (start < 0) {
      throw file.malformed(
          "the bytes of storage " + Text.quote(key), "none", MappedFile.FETCH_AGAIN);
    }
    return start;
  }

  /** What a pickle calls a storage: elements of one type in a part of it, usually the whole. */
  record Part(TorchStorage storage, ElementType type, boolean untyped, long offset, long count) {}
}
