package io.vitrail.training.log;

import io.vitrail.imaging.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The log of a run: hands each entry to all its sinks.
 *
 * <p>A run that is killed and goes on from a checkpoint leaves one log, as if it had not been
 * interrupted: what was logged after the checkpoint is cut off when the log is opened again.
 */
public final class RunLog implements LogSink {
  private static final String ENTRIES = "log.jsonl";
  private final List<LogSink> sinks;

  private RunLog(List<LogSink> sinks) {
    this.sinks = List.copyOf(sinks);
  }

  /** A log of one's own sinks, which it closes. */
  public static RunLog of(LogSink... sinks) {
    return new RunLog(List.of(sinks));
  }

  /**
   * A new run's log in {@code folder}: TensorBoard's event files, {@code log.jsonl}, {@code
   * PART.csv}, and {@link Curves}.
   *
   * @throws IOException if the folder holds the log of another run
   */
  public static RunLog create(Path folder) throws IOException {
    Path entries = folder.resolve(ENTRIES);
    if (Files.exists(entries)) {
      throw new IOException(
          "'" + folder + "' holds the log of a run; go on with it, or name another folder");
    }
    return resume(folder, -1);
  }

  /**
   * The log of a run that goes on.
   *
   * @param lastStep step of the checkpoint it goes on from: entries of later steps are cut off; -1
   *     when there is none, and the log begins anew
   */
  public static RunLog resume(Path folder, long lastStep) throws IOException {
    Files.createDirectories(folder);
    Path entries = folder.resolve(ENTRIES);
    return of(
        JsonLines.open(entries, lastStep),
        CsvFiles.open(folder, lastStep),
        EventFile.open(folder, lastStep),
        Curves.open(folder, JsonLines.read(entries)));
  }

  @Override
  public void add(Entry entry) throws IOException {
    for (LogSink sink : sinks) {
      sink.add(entry);
    }
  }

  @Override
  public void image(String name, long step, Image image) throws IOException {
    for (LogSink sink : sinks) {
      sink.image(name, step, image);
    }
  }

  @Override
  public void text(String name, long step, String markdown) throws IOException {
    for (LogSink sink : sinks) {
      sink.text(name, step, markdown);
    }
  }

  /** Closes all sinks, also when one fails. */
  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (LogSink sink : sinks) {
      try {
        sink.close();
      } catch (IOException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
