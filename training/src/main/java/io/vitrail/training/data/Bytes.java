package io.vitrail.training.data;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Files that are read whole, packed by gzip or not. */
final class Bytes {
  private Bytes() {}

  static byte[] read(Path file) throws IOException {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new DatasetException("no file '" + file + "'", e);
    } catch (OutOfMemoryError e) {
      throw new DatasetException("'" + file + "' is too large to be held in memory", e);
    }
    return bytes.length > 1 && (bytes[0] & 0xff) == 0x1f && (bytes[1] & 0xff) == 0x8b
        ? unpack(new ByteArrayInputStream(bytes), file.toString())
        : bytes;
  }

  static byte[] unpack(InputStream packed, String name) throws IOException {
    try (InputStream in = new GZIPInputStream(packed)) {
      return in.readAllBytes();
    } catch (EOFException | ZipException e) {
      throw new DatasetException("'" + name + "' is a damaged gzip file; get it anew", e);
    }
  }
}
