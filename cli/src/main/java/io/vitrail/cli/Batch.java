package io.vitrail.cli;

import io.vitrail.cutout.CutoutSession;
import io.vitrail.imaging.Image;
import io.vitrail.imaging.Images;
import io.vitrail.imaging.WriteOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the results of a plan one after the other. While the network works on a photo, the next one
 * is read and the last result is written, so that at most three pictures are in memory. A photo
 * that fails is noted, and the rest goes on.
 */
final class Batch {
  private static final Logger LOG = LoggerFactory.getLogger(Batch.class);

  /** Opens the model; called once, when the first photo has been read. */
  @FunctionalInterface
  interface Opener {
    CutoutSession open() throws IOException;
  }

  private final Io io;
  private final Opener opener;
  private final Finish finish;
  private final WriteOptions format;
  private final Progress progress;
  private final List<Failure> failures = new ArrayList<>();

  /** Held while a file is written. Whoever ends this process takes it first, for good. */
  private final ReentrantLock writing = new ReentrantLock();

  private @Nullable CutoutSession session;

  Batch(Io io, Opener opener, Finish finish, WriteOptions format, Progress progress) {
    this.io = io;
    this.opener = opener;
    this.finish = finish;
    this.format = format;
    this.progress = progress;
  }

  /**
   * Works through the tasks.
   *
   * @return what failed
   * @throws IOException if the model cannot be opened: then nothing can be made
   */
  List<Failure> run(List<Task> tasks) throws IOException {
    Thread onExit = new Thread(this::stop);
    Runtime.getRuntime().addShutdownHook(onExit);
    ExecutorService reader = Executors.newSingleThreadExecutor(Batch::daemon);
    ExecutorService writer = Executors.newSingleThreadExecutor(Batch::daemon);
    try {
      work(tasks, reader, writer);
    } finally {
      reader.shutdownNow();
      writer.shutdown();
      if (session != null) {
        session.close();
      }
      Runtime.getRuntime().removeShutdownHook(onExit);
      progress.end();
    }
    return List.copyOf(failures);
  }

  /** On Ctrl-C: lets the file under way be finished, and no other be begun. */
  private void stop() {
    writing.lock();
    progress.stopped();
  }

  private void work(List<Task> tasks, ExecutorService reader, ExecutorService writer)
      throws IOException {
    Semaphore lastIsWritten = new Semaphore(1);
    CompletableFuture<Optional<Image>> next = CompletableFuture.completedFuture(Optional.empty());
    for (int i = 0; i < tasks.size(); i++) {
      Task task = tasks.get(i);
      Optional<Image> photo = (i == 0 ? reading(task, reader) : next).join();
      if (i + 1 < tasks.size()) {
        next = reading(tasks.get(i + 1), reader);
      }
      if (photo.isEmpty()) {
        continue;
      }
      CutoutSession model = session();
      progress.starting(task);
      Optional<Image> result = attempt(task, () -> finish.make(model, photo.get()));
      if (result.isPresent()) {
        lastIsWritten.acquireUninterruptibly();
        writer.execute(
            () -> {
              attempt(task, () -> write(task, result.get()));
              lastIsWritten.release();
            });
      }
    }
    lastIsWritten.acquireUninterruptibly();
  }

  private CompletableFuture<Optional<Image>> reading(Task task, ExecutorService reader) {
    return CompletableFuture.supplyAsync(() -> attempt(task, () -> read(task)), reader);
  }

  private CutoutSession session() throws IOException {
    if (session == null) {
      session = opener.open();
    }
    return session;
  }

  private Image read(Task task) throws IOException {
    return task.readsStdin() ? Images.read(io.in()) : Images.read(task.input());
  }

  private Image write(Task task, Image result) throws IOException {
    writing.lock();
    try {
      if (task.writesStdout()) {
        Images.write(result, io.out(), format);
      } else {
        Path folder = task.output().toAbsolutePath().getParent();
        Files.createDirectories(folder);
        Images.write(result, task.output(), format);
      }
    } finally {
      writing.unlock();
    }
    progress.finished(task);
    return result;
  }

  /** A step that may fail for one photo without harm to the others. */
  private interface Step {
    Image run() throws IOException;
  }

  private Optional<Image> attempt(Task task, Step step) {
    try {
      return Optional.of(step.run());
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      LOG.debug("{}", task, e);
      Failure failure = new Failure(name(task), ErrorLine.of(e));
      synchronized (failures) {
        failures.add(failure);
      }
      progress.failed(failure);
      return Optional.empty();
    }
  }

  private static String name(Task task) {
    return task.readsStdin() ? "standard input" : task.input().toString();
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "vitrail-files");
    thread.setDaemon(true);
    return thread;
  }
}
