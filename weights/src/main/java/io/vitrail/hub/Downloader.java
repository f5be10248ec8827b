package io.vitrail.hub;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Downloads one file, and goes on where an earlier download stopped.
 *
 * <p>Bytes go to a {@code .part} file; beside it lies the server's tag of what is being downloaded.
 * A later attempt asks for the rest on condition that the tag still holds ({@code Range} with
 * {@code If-Range}, RFC 9110 section 13.1.5); without a tag it starts again. The part gets its
 * final name only when size and checksums are right.
 */
final class Downloader {
  private static final int ATTEMPTS = 4;
  private static final int BUFFER = 1 << 16;
  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d+)-\\d+/(\\d+|\\*)");

  private final HttpCalls http;
  private final Environment.Sleeper sleeper;
  private final Duration stallLimit;

  Downloader(HttpCalls http, Environment.Sleeper sleeper, Duration stallLimit) {
    this.http = http;
    this.sleeper = sleeper;
    this.stallLimit = stallLimit;
  }

  /**
   * What to download.
   *
   * @param address where
   * @param token sent to that server only
   * @param file what must come
   */
  record Order(URI address, Optional<String> token, ModelFile file) {}

  /** Downloads to {@code part}, verifies, and moves to {@code target}. */
  void fetch(Order order, Path part, Path target, Progress progress) throws HubException {
    boolean resumed = Files.exists(part);
    try {
      download(order, part, progress);
      finish(order, part, target);
    } catch (WrongFileException e) {
      if (!resumed) {
        throw e;
      }
      // The part may have been spoilt before this run: once more from the first byte.
      download(order, part, progress);
      finish(order, part, target);
    }
  }

  private static void finish(Order order, Path part, Path target) throws HubException {
    delete(tag(part));
    CacheFolder.verifyAndPublish(part, order.file(), target, order.address().getHost());
  }

  private void download(Order order, Path part, Progress progress) throws HubException {
    long before = length(part);
    for (int attempt = 1; ; attempt++) {
      try {
        attempt(order, part, progress);
        return;
      } catch (TransientException e) {
        long now = length(part);
        attempt = now > before ? 1 : attempt; // as long as bytes arrive, go on
        before = now;
        if (attempt >= ATTEMPTS) {
          throw new HubException(
              "%s (%d attempts; %,d bytes are kept and the next run goes on from there)"
                  .formatted(e.getMessage(), ATTEMPTS, now),
              e);
        }
        pause(Math.max(e.retryAfterMillis(), 500L << attempt));
      }
    }
  }

  private void pause(long millis) throws HubException {
    try {
      sleeper.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Interrupted.during("the download");
    }
  }

  private void attempt(Order order, Path part, Progress progress) throws HubException {
    OptionalLong expected = order.file().size();
    Optional<String> tag = readTag(part);
    if (tag.isEmpty() || (expected.isPresent() && length(part) > expected.getAsLong())) {
      delete(part);
    }
    long have = length(part);
    if (have > 0 && expected.isPresent() && have == expected.getAsLong()) {
      return; // complete, only not yet verified
    }
    Map<String, String> headers =
        have == 0 ? Map.of() : Map.of("Range", "bytes=" + have + "-", "If-Range", tag.get());
    HttpResponse<InputStream> response = http.get(order.address(), order.token(), headers);
    InputStream body = response.body();
    try {
      switch (response.statusCode()) {
        case 200 -> receive(order, response, part, 0, progress);
        case 206 -> receive(order, response, part, have, progress);
        case 416 -> {
          delete(part);
          throw new TransientException("the server cannot go on from byte " + have, 0);
        }
        default -> throw HttpCalls.failure(order.address(), response);
      }
    } finally {
      HttpCalls.close(body);
    }
  }

  private void receive(
      Order order, HttpResponse<InputStream> response, Path part, long from, Progress progress)
      throws HubException {
    OptionalLong total = total(response, from);
    OptionalLong expected = order.file().size();
    if (expected.isPresent() && total.isPresent() && !total.equals(expected)) {
      delete(part);
      throw new WrongFileException(
          "%s has a file of %,d bytes, expected %,d"
              .formatted(order.address().getHost(), total.getAsLong(), expected.getAsLong()));
    }
    OptionalLong end = total.isPresent() ? total : expected;
    if (end.isPresent()) {
      CacheFolder.needSpace(part.getParent(), end.getAsLong() - from);
    }
    if (from == 0) {
      writeTag(part, response);
    }
    long got = copy(order, response.body(), part, from, end, progress);
    if (end.isPresent() && got < end.getAsLong()) {
      throw new TransientException(
          "%s: the connection ended after %,d of %,d bytes"
              .formatted(order.address().getHost(), got, end.getAsLong()),
          0);
    }
  }

  private static OptionalLong total(HttpResponse<?> response, long from) throws HubException {
    if (response.statusCode() == 206) {
      Matcher range =
          CONTENT_RANGE.matcher(response.headers().firstValue("Content-Range").orElse(""));
      if (!range.matches() || Long.parseLong(range.group(1)) != from) {
        throw new HubException("the server answered with bytes that were not asked for");
      }
      return range.group(2).equals("*")
          ? OptionalLong.empty()
          : OptionalLong.of(Long.parseLong(range.group(2)));
    }
    return response.headers().firstValueAsLong("Content-Length");
  }

  /** Appends the body to the part; returns the part's length. */
  private long copy(
      Order order, InputStream body, Path part, long from, OptionalLong end, Progress progress)
      throws HubException {
    long at = from;
    progress.at(at, end);
    try (StallWatch watch = new StallWatch(body, stallLimit);
        OutputStream out = open(part, from)) {
      byte[] buffer = new byte[BUFFER];
      for (int n = read(order, body, buffer, watch); n >= 0; ) {
        at += n;
        if (end.isPresent() && at > end.getAsLong()) {
          throw new WrongFileException(
              "%s sends more than the %,d bytes expected"
                  .formatted(order.address().getHost(), end.getAsLong()));
        }
        out.write(buffer, 0, n);
        progress.at(at, end);
        n = read(order, body, buffer, watch);
      }
      return at;
    } catch (WrongFileException e) {
      delete(part);
      throw e;
    } catch (HubException e) {
      throw e;
    } catch (IOException e) {
      throw CacheFolder.cannotWrite(part, e);
    }
  }

  /** Reading errors are the network's fault, writing errors the disk's: told apart here. */
  private static int read(Order order, InputStream body, byte[] buffer, StallWatch watch)
      throws HubException {
    String host = order.address().getHost();
    try {
      if (Thread.currentThread().isInterrupted()) {
        throw Interrupted.during("the download");
      }
      int n = body.read(buffer);
      watch.alive();
      if (n < 0 && watch.stalled()) {
        throw new TransientException(host + " stopped sending", 0);
      }
      return n;
    } catch (HubException e) {
      throw e;
    } catch (IOException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw Interrupted.during("the download");
      }
      throw new TransientException(
          watch.stalled()
              ? host + " stopped sending"
              : "%s: the connection broke (%s)".formatted(host, CacheFolder.describe(e)),
          e);
    }
  }

  private static OutputStream open(Path part, long from) throws IOException {
    return from == 0
        ? Files.newOutputStream(part)
        : Files.newOutputStream(part, StandardOpenOption.APPEND);
  }

  private static Path tag(Path part) {
    return part.resolveSibling(part.getFileName() + ".tag");
  }

  private static void writeTag(Path part, HttpResponse<?> response) throws HubException {
    // A weak tag (W/"...") must not be used with If-Range.
    Optional<String> tag =
        response
            .headers()
            .firstValue("ETag")
            .filter(value -> !value.startsWith("W/"))
            .or(() -> response.headers().firstValue("Last-Modified"));
    try {
      Files.deleteIfExists(part);
      if (tag.isPresent()) {
        Files.writeString(tag(part), tag.get());
      } else {
        Files.deleteIfExists(tag(part));
      }
    } catch (IOException e) {
      throw CacheFolder.cannotWrite(part, e);
    }
  }

  private static Optional<String> readTag(Path part) {
    try {
      return Optional.of(Files.readString(tag(part))).filter(text -> !text.isBlank());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static long length(Path part) throws HubException {
    try {
      return Files.exists(part) ? Files.size(part) : 0;
    } catch (IOException e) {
      throw CacheFolder.cannotWrite(part, e);
    }
  }

  private static void delete(Path path) throws HubException {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw CacheFolder.cannotWrite(path, e);
    }
  }
}
