package io.vitrail.hub;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;

/** Cards and packages for tests. */
final class TestFiles {
  static final String NAME = "tiny-net";

  private TestFiles() {}

  /** Bytes that look like weights; the same for the same seed. */
  static byte[] weights(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  static Checksum sha256(byte[] bytes) {
    try {
      return Checksum.sha256(
          HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static ModelFile file(byte[] content) {
    return file("tiny-net.onnx", content);
  }

  static ModelFile file(String name, byte[] content) {
    return new ModelFile(
        name,
        FileFormat.ONNX,
        OptionalLong.of(content.length),
        List.of(sha256(content)),
        "for tests");
  }

  static ModelCard card(Source... sources) {
    return card(NAME, sources);
  }

  static ModelCard card(String name, Source... sources) {
    return new ModelCard(
        name,
        "A tiny net",
        "cutout",
        "tiny",
        ModelCard.Support.READY,
        "Apache-2.0",
        "",
        "none",
        new Preprocessing(
            8,
            Preprocessing.Fit.STRETCH,
            1,
            Preprocessing.Interpolation.BILINEAR,
            Preprocessing.Scale.BY_255,
            List.of(0.5, 0.5, 0.5),
            List.of(1.0, 1.0, 1.0)),
        List.of(sources));
  }

  /** A gzipped tar with these entries in this order. */
  static byte[] tarball(Map<String, byte[]> entries) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar =
        new TarArchiveOutputStream(new GzipCompressorOutputStream(bytes))) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        TarArchiveEntry header = new TarArchiveEntry(entry.getKey(), true);
        header.setSize(entry.getValue().length);
        tar.putArchiveEntry(header);
        tar.write(entry.getValue());
        tar.closeArchiveEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static byte[] zip(Map<String, byte[]> entries) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Paths of all regular files and links under a folder, relative, sorted. */
  static List<String> tree(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths
          .filter(path -> !Files.isDirectory(path))
          .map(path -> folder.relativize(path).toString().replace('\\', '/'))
          .sorted()
          .toList();
    }
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
