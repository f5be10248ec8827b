package io.vitrail.training.log;

import io.vitrail.imaging.Image;
import java.io.IOException;

/**
 * Takes what a run logs. What {@link #add} was given is on its way to the disk when it returns, so
 * that a killed process loses nothing.
 */
public interface LogSink extends AutoCloseable {
  void add(Entry entry) throws IOException;

  /** A picture, such as a batch as the network sees it. Sinks without pictures leave it. */
  default void image(String name, long step, Image image) throws IOException {}

  /** A text in Markdown, such as the run's settings. Sinks without texts leave it. */
  default void text(String name, long step, String markdown) throws IOException {}

  @Override
  void close() throws IOException;
}
