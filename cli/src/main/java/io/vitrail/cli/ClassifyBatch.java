package io.vitrail.cli;

import io.vitrail.imaging.Image;
import io.vitrail.imaging.Images;
import io.vitrail.vision.classification.ClassifierSession;
import io.vitrail.vision.classification.ClassifierSession.Prepared;
import io.vitrail.vision.classification.Label;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Classifies photos, a few at a time. While the network works on some, the next are read, each of
 * them shrunk at once, so that few whole photos are in memory. A photo that fails is noted, and the
 * rest goes on; results come in the order of the photos.
 */
final class ClassifyBatch {
  private static final Logger LOG = LoggerFactory.getLogger(ClassifyBatch.class);
  private static final int AT_ONCE = 8;
  private static final int READERS = 2;

  /** Opens the model; called once, when there is a photo. */
  @FunctionalInterface
  interface Opener {
    ClassifierSession open() throws IOException;
  }

  private final Io io;
  private final Opener opener;
  private final int top;
  private final LabelPrinter printer;
  private final Progress progress;
  private final List<Failure> failures = new ArrayList<>();

  ClassifyBatch(Io io, Opener opener, int top, LabelPrinter printer, Progress progress) {
    this.io = io;
    this.opener = opener;
    this.top = top;
    this.printer = printer;
    this.progress = progress;
  }

  /** A photo that is being read, and the reason if it cannot be. */
  private record Reading(Path photo, CompletableFuture<Prepared> prepared) {}

  /**
   * Works through the photos.
   *
   * @return what failed
   * @throws IOException if the model cannot be opened: then nothing can be said
   */
  List<Failure> run(List<Path> photos) throws IOException {
    if (photos.isEmpty()) {
      return List.of();
    }
    ExecutorService readers = Executors.newFixedThreadPool(READERS, ClassifyBatch::daemon);
    try (ClassifierSession session = opener.open()) {
      List<Reading> next = read(photos, 0, session, readers);
      for (int begin = 0; begin < photos.size(); begin += AT_ONCE) {
        List<Reading> now = next;
        next = read(photos, begin + AT_ONCE, session, readers);
        progress.starting(new Task(now.get(0).photo(), Task.STDIO));
        classify(now, session);
      }
    } finally {
      readers.shutdownNow();
      progress.end();
    }
    return List.copyOf(failures);
  }

  private List<Reading> read(
      List<Path> photos, int begin, ClassifierSession session, ExecutorService readers) {
    return photos
        .subList(Math.min(begin, photos.size()), Math.min(begin + AT_ONCE, photos.size()))
        .stream()
        .map(
            photo ->
                new Reading(
                    photo, CompletableFuture.supplyAsync(() -> prepare(photo, session), readers)))
        .toList();
  }

  private Prepared prepare(Path photo, ClassifierSession session) {
    try {
      Image image = photo.equals(Task.STDIO) ? Images.read(io.in()) : Images.read(photo);
      return session.prepare(image);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void classify(List<Reading> readings, ClassifierSession session) {
    List<Optional<Prepared>> prepared = new ArrayList<>();
    List<Optional<Failure>> unread = new ArrayList<>();
    for (Reading reading : readings) {
      try {
        prepared.add(Optional.of(reading.prepared().join()));
        unread.add(Optional.empty());
      } catch (CompletionException e) {
        prepared.add(Optional.empty());
        unread.add(Optional.of(failure(reading.photo(), e.getCause())));
      }
    }
    List<List<Label>> labels =
        session.classify(prepared.stream().flatMap(Optional::stream).toList(), top);
    progress.end(); // a clean line for what is printed
    int done = 0;
    for (int i = 0; i < readings.size(); i++) {
      if (unread.get(i).isPresent()) {
        Failure failure = unread.get(i).get();
        failures.add(failure);
        progress.failed(failure);
        printer.failed(failure);
      } else {
        printer.labels(name(readings.get(i).photo()), labels.get(done++));
        progress.finished(new Task(readings.get(i).photo(), Task.STDIO));
      }
    }
  }

  private static Failure failure(Path photo, Throwable cause) {
    LOG.debug("{}", photo, cause);
    boolean wrapped = cause instanceof UncheckedIOException && cause.getCause() != null;
    return new Failure(name(photo), ErrorLine.of(wrapped ? cause.getCause() : cause));
  }

  private static String name(Path photo) {
    return photo.equals(Task.STDIO) ? "standard input" : photo.toString();
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "vitrail-files");
    thread.setDaemon(true);
    return thread;
  }
}
