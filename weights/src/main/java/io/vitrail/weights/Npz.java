package io.vitrail.weights;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Several NumPy arrays: a zip file of .npy entries, as numpy.savez and numpy.savez_compressed write
 * it. Tensors are named after the entries, without ".npy". Stored entries are mapped, compressed
 * ones inflated into memory when the file is opened.
 */
public final class Npz extends Weights {
  // Zip files carry times from 1980 on; a fixed one makes equal tensors equal files.
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private Npz(Path path, Map<String, StoredTensor> tensors) {
    super(path, tensors, Map.of());
  }

  /**
   * Opens a .npz file.
   *
   * @throws MalformedWeightsException if it is damaged, inflates to far more than its own length,
   *     or has an array of a type that is not in {@link ElementType}
   */
  public static Npz open(Path path) throws IOException {
    try (MappedFile file = MappedFile.open(path)) {
      ZipFileIndex zip = ZipFileIndex.read(file);
      Map<String, StoredTensor> tensors = new LinkedHashMap<>();
      for (ZipFileIndex.Entry entry : zip.entries().values()) {
        if (entry.name().endsWith(".npy")) {
          String name = entry.name().substring(0, entry.name().length() - 4);
          put(file, tensors, Npy.read(file, name, zip.bytes(entry)));
        }
      }
      return new Npz(path, tensors);
    }
  }

  /**
   * Writes an uncompressed .npz file; under a temporary name first, then renamed. The same tensors
   * in the same order give the same bytes.
   *
   * @throws IllegalArgumentException for two tensors of one name, and for BF16, which NumPy has no
   *     type for
   */
  public static void write(Path path, Collection<StoredTensor> tensors) throws IOException {
    Set<String> names = new HashSet<>();
    for (StoredTensor tensor : tensors) {
      if (!names.add(tensor.name())) {
        throw new IllegalArgumentException("npz needs one tensor to a name, got another " + tensor);
      }
      NpyHeader.descr(tensor);
    }
    AtomicFile.write(
        path,
        channel -> {
          ZipOutputStream zip = new ZipOutputStream(Channels.newOutputStream(channel));
          for (StoredTensor tensor : tensors) {
            writeEntry(zip, tensor);
          }
          zip.finish();
          zip.flush();
        });
  }

  private static void writeEntry(ZipOutputStream zip, StoredTensor tensor) throws IOException {
    byte[] header = Npy.header(tensor);
    CRC32 crc = new CRC32();
    crc.update(header);
    crc.update(tensor.data());
    ZipEntry entry = new ZipEntry(tensor.name() + ".npy");
    entry.setMethod(ZipEntry.STORED);
    entry.setTimeLocal(TIME);
    entry.setSize(header.length + tensor.byteLength());
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(header);
    copy(tensor.data(), zip);
    zip.closeEntry();
  }

  @SuppressWarnings("resource") // the channel only borrows the stream
  private static void copy(ByteBuffer bytes, OutputStream out) throws IOException {
    WritableByteChannel channel = Channels.newChannel(out);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
