package io.vitrail.hub;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Copies a stream of known length to a file. */
final class StreamCopy {
  private static final int BUFFER = 1 << 16;

  private StreamCopy() {}

  /** Writes at most {@code size} bytes; a stream that goes on is an error. */
  static void toFile(InputStream in, Path target, long size, Progress progress) throws IOException {
    try (OutputStream out = Files.newOutputStream(target)) {
      byte[] buffer = new byte[BUFFER];
      long done = 0;
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (Thread.currentThread().isInterrupted()) {
          throw Interrupted.during("unpacking");
        }
        done += n;
        if (done > size) {
          throw new HubException(
              "%s is longer than the %,d bytes announced".formatted(target.getFileName(), size));
        }
        out.write(buffer, 0, n);
        progress.at(done, OptionalLong.of(size));
      }
    }
  }
}
