package io.vitrail.hub;

import java.util.OptionalLong;

/** Told what a fetch does, on the thread that fetches. All methods do nothing unless overridden. */
public interface FetchEvents {
  /** Listens to nothing. */
  FetchEvents NONE = new FetchEvents() {};

  /** Another process or thread fetches this model; this one waits for it. */
  default void waiting(ModelCard card) {}

  /** A source is about to be tried: the moment to show the licence. */
  default void starting(ModelCard card, Source source) {}

  /**
   * Bytes have arrived or been unpacked.
   *
   * @param done bytes so far, of the file itself; starts above 0 when a download is resumed
   * @param total bytes in the end; empty while it is not known
   */
  default void progress(long done, OptionalLong total) {}

  /** A source gave nothing; the next one is tried. */
  default void failed(ModelCard card, Source source, HubException reason) {}

  /** The file is in the cache and verified. */
  default void finished(CachedFile file) {}
}
