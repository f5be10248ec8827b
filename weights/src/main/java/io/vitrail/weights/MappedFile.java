package io.vitrail.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/**
 * A file of any length as read-only buffers over its mapped bytes, and the maker of error lines
 * about it. Close it after the last {@link #slice}; the slices stay readable.
 */
final class MappedFile implements AutoCloseable {
  /** The next move when a length or offset cannot be true. */
  static final String FETCH_AGAIN = "the file is damaged or cut off: fetch it again";

  // A buffer ends at 2 GiB, so longer files are mapped in windows; a region that crosses an edge
  // gets a mapping of its own. That keeps the number of mappings small for any number of tensors.
  private static final long WINDOW = 1L << 30;

  private final Path path;
  private final FileChannel channel;
  private final long size;
  private final Map<Long, ByteBuffer> windows = new HashMap<>();

  private MappedFile(Path path, FileChannel channel, long size) {
    this.path = path;
    this.channel = channel;
    this.size = size;
  }

  static MappedFile open(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      throw new MalformedWeightsException(
          path, "a weight file", "a folder", "name the file in it that holds the weights");
    }
    if (!Files.exists(path)) {
      throw new NoSuchFileException(path.toString(), null, "there is no such weight file");
    }
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    return new MappedFile(path, channel, channel.size());
  }

  Path path() {
    return path;
  }

  long size() {
    return size;
  }

  /** The whole file, where the format cannot be longer than a buffer. */
  ByteBuffer whole(String format) throws IOException {
    if (size > Integer.MAX_VALUE) {
      throw malformed(
          format + " of at most " + Text.number(Integer.MAX_VALUE) + " bytes",
          Text.number(size) + " bytes",
          "convert it to safetensors");
    }
    return slice("the file", 0, size);
  }

  /**
   * A read-only little-endian buffer over a region.
   *
   * @param what the region's name for the error line
   * @throws MalformedWeightsException if the region does not lie within the file, or is longer than
   *     a buffer can be
   */
  ByteBuffer slice(String what, long offset, long length) throws IOException {
    if (offset < 0 || length < 0 || length > size - offset) {
      throw malformed(
          what + " within the " + Text.number(size) + " bytes of the file",
          Text.number(length) + " bytes from " + Text.number(offset),
          FETCH_AGAIN);
    }
    if (length > Integer.MAX_VALUE) {
      throw malformed(
          what + " of at most " + Text.number(Integer.MAX_VALUE) + " bytes",
          Text.number(length),
          "store it in parts or in a smaller type");
    }
    if (length == 0) {
      return ByteBuffer.allocateDirect(0).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }
    long window = size <= Integer.MAX_VALUE ? size : WINDOW;
    long index = offset / window;
    if (index != (offset + length - 1) / window) {
      return channel.map(MapMode.READ_ONLY, offset, length).order(ByteOrder.LITTLE_ENDIAN);
    }
    ByteBuffer mapped = windows.get(index);
    if (mapped == null) {
      long start = index * window;
      mapped = channel.map(MapMode.READ_ONLY, start, Math.min(window, size - start));
      windows.put(index, mapped);
    }
    return mapped
        .slice((int) (offset - index * window), (int) length)
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * A tensor over bytes of this file.
   *
   * @throws MalformedWeightsException if the bytes are not exactly those of the shape
   */
  StoredTensor tensor(String name, ElementType type, long[] shape, ByteBuffer bytes)
      throws MalformedWeightsException {
    long needed = checkedBytes(name, type, shape);
    if (needed != bytes.remaining()) {
      throw malformed(
          Text.number(needed) + " bytes for " + Text.quote(name) + " " + Shapes.text(type, shape),
          Text.number(bytes.remaining()),
          FETCH_AGAIN);
    }
    return new StoredTensor(name, type, shape, () -> bytes);
  }

  /** The bytes of a tensor of this type and shape, if there can be one. */
  long checkedBytes(String name, ElementType type, long[] shape) throws MalformedWeightsException {
    long bytes = Shapes.bytes(type, shape);
    if (bytes == Shapes.IMPOSSIBLE) {
      throw malformed(
          "a possible shape for tensor " + Text.quote(name), Shapes.text(type, shape), FETCH_AGAIN);
    }
    if (bytes > Integer.MAX_VALUE) {
      throw malformed(
          "tensors of at most 2 GiB", StoredTensor.tooLarge(name, bytes), "or read it in Python");
    }
    return bytes;
  }

  MalformedWeightsException malformed(String expected, String got, String nextMove) {
    return new MalformedWeightsException(path, expected, got, nextMove);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
