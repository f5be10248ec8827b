package io.vitrail.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One NumPy array: a .npy file of format version 1 to 3, either memory order, either byte order.
 * Its only tensor is named after the file, without ".npy".
 *
 * <p>Object arrays hold pickles and are refused, as are complex, text and U16 to U64 arrays.
 */
public final class Npy extends Weights {
  static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int ALIGNMENT = 64;

  private Npy(Path path, Map<String, StoredTensor> tensors) {
    super(path, tensors, Map.of());
  }

  /**
   * Opens a .npy file.
   *
   * @throws MalformedWeightsException if it is damaged or has a type that is not in {@link
   *     ElementType}
   */
  public static Npy open(Path path) throws IOException {
    try (MappedFile file = MappedFile.open(path)) {
      StoredTensor tensor = read(file, nameOf(path), file.whole("a .npy file"));
      Map<String, StoredTensor> tensors = new LinkedHashMap<>();
      tensors.put(tensor.name(), tensor);
      return new Npy(path, tensors);
    }
  }

  private static String nameOf(Path path) {
    String file = String.valueOf(path.getFileName());
    return file.endsWith(".npy") ? file.substring(0, file.length() - 4) : file;
  }

  /** The array in these bytes: magic, version, header length, header, values. */
  static StoredTensor read(MappedFile file, String name, ByteBuffer bytes) throws IOException {
    ByteBuffer in = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    byte[] magic = new byte[MAGIC.length];
    if (in.remaining() < 10) {
      throw file.malformed(
          "a NumPy header for " + Text.quote(name),
          Text.number(in.remaining()) + " bytes",
          MappedFile.FETCH_AGAIN);
    }
    in.get(magic);
    int version = in.get();
    in.get(); // minor version: 0 so far
    if (!Arrays.equals(magic, MAGIC) || version < 1 || version > 3) {
      throw file.malformed(
          "NumPy format 1 to 3 for " + Text.quote(name),
          "magic " + Arrays.toString(magic) + " and version " + version,
          MappedFile.FETCH_AGAIN);
    }
    boolean longLength = version > 1 && in.remaining() >= 4;
    long length = longLength ? in.getInt() & 0xffffffffL : in.getShort() & 0xffff;
    if (length > in.remaining()) {
      throw file.malformed(
          "a NumPy header of at most " + Text.number(in.remaining()) + " bytes",
          "one that claims " + Text.number(length),
          MappedFile.FETCH_AGAIN);
    }
    ByteBuffer text = in.slice(in.position(), (int) length);
    in.position(in.position() + (int) length);
    NpyHeader header = NpyHeader.parse(file, name, StandardCharsets.UTF_8.decode(text).toString());
    return tensor(file, name, header, in.slice().order(ByteOrder.LITTLE_ENDIAN));
  }

  private static StoredTensor tensor(
      MappedFile file, String name, NpyHeader header, ByteBuffer values) throws IOException {
    StoredTensor checked = file.tensor(name, header.type(), header.shape(), values);
    boolean fortran = header.fortran() && header.shape().length > 1;
    if (!header.bigEndian() && !fortran) {
      return checked;
    }
    int width = header.type().bytes();
    long[] strides = fortran ? fortranStrides(header.shape()) : Strided.rowMajor(header.shape());
    return new StoredTensor(
        name,
        header.type(),
        header.shape(),
        () -> {
          ByteBuffer rows = Strided.gather(values, width, 0, header.shape(), strides);
          return header.bigEndian() ? swapped(rows, width) : rows;
        });
  }

  private static long[] fortranStrides(long[] shape) {
    long[] strides = new long[shape.length];
    long step = 1;
    for (int i = 0; i < shape.length; i++) {
      strides[i] = step;
      step *= shape[i];
    }
    return strides;
  }

  private static ByteBuffer swapped(ByteBuffer bytes, int width) {
    ByteBuffer swapped = ByteBuffer.allocate(bytes.remaining());
    for (int i = 0; i < bytes.remaining(); i++) {
      swapped.put(i, bytes.get(i / width * width + width - 1 - i % width));
    }
    return swapped;
  }

  /**
   * Writes one array as a .npy file of version 1, row-major, little-endian; under a temporary name
   * first, then renamed.
   *
   * @throws IllegalArgumentException for BF16, which NumPy has no type for
   */
  public static void write(Path path, StoredTensor tensor) throws IOException {
    byte[] header = header(tensor);
    AtomicFile.write(
        path,
        channel -> {
          Safetensors.writeFully(channel, ByteBuffer.wrap(header));
          Safetensors.writeFully(channel, tensor.data());
        });
  }

  /** Magic, version and header, padded so that the values begin at a multiple of 64. */
  static byte[] header(StoredTensor tensor) {
    long[] shape = tensor.shape();
    String sizes = Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(", "));
    String text =
        "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }"
            .formatted(NpyHeader.descr(tensor), shape.length == 1 ? sizes + "," : sizes);
    int padded = (10 + text.length() + ALIGNMENT) / ALIGNMENT * ALIGNMENT;
    ByteBuffer header = ByteBuffer.allocate(padded).order(ByteOrder.LITTLE_ENDIAN);
    header.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) (padded - 10));
    header.put(text.getBytes(StandardCharsets.US_ASCII));
    while (header.remaining() > 1) {
      header.put((byte) ' ');
    }
    return header.put((byte) '\n').array();
  }
}
