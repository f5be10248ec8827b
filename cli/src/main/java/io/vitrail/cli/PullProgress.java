package io.vitrail.cli;

import io.vitrail.hub.CachedFile;
import io.vitrail.hub.FetchEvents;
import io.vitrail.hub.HubException;
import io.vitrail.hub.ModelCard;
import io.vitrail.hub.Source;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/** Shows a download: the licence first, then how far it is. */
final class PullProgress implements FetchEvents {
  private static final String ERASE = "\r\u001b[K";
  private static final long REDRAW_NANOS = 200_000_000;

  private final Io io;
  private final boolean quiet;
  private final LongSupplier nanoTime;
  private long start;
  private long firstDone;
  private long lastDrawn;
  private String licenceShown = "";

  PullProgress(Io io, boolean quiet, LongSupplier nanoTime) {
    this.io = io;
    this.quiet = quiet;
    this.nanoTime = nanoTime;
  }

  @Override
  public void waiting(ModelCard card) {
    say("waiting: another process fetches " + card.name());
  }

  @Override
  public void starting(ModelCard card, Source source) {
    if (!licenceShown.equals(card.name())) {
      licenceShown = card.name();
      // Shown even when quiet: whoever downloads it has to know.
      io.say("%s (%s), licence of the weights: %s", card.name(), card.title(), card.licence());
      if (!card.licenceNote().isEmpty()) {
        io.say("  %s", card.licenceNote());
      }
    }
    String size =
        source.file().size().isPresent()
            ? ", " + Amounts.bytes(source.file().size().getAsLong())
            : "";
    say("fetching " + source.file().name() + size + " from " + source.describe() + " ...");
    start = 0;
  }

  @Override
  public void progress(long done, OptionalLong total) {
    if (quiet || !io.errIsTerminal()) {
      return;
    }
    long now = nanoTime.getAsLong();
    if (start == 0) {
      start = now;
      firstDone = done;
    } else if (now - lastDrawn < REDRAW_NANOS) {
      return;
    }
    lastDrawn = now;
    io.err().print(ERASE + line(done, total, (now - start) / 1e9));
    io.err().flush();
  }

  private String line(long done, OptionalLong total, double seconds) {
    StringBuilder line = new StringBuilder("  ").append(Amounts.bytes(done));
    if (total.isPresent() && total.getAsLong() > 0) {
      line.append(" of ").append(Amounts.bytes(total.getAsLong()));
      line.append(String.format(Locale.ROOT, " (%d %%)", 100 * done / total.getAsLong()));
    }
    double rate = seconds > 0 ? (done - firstDone) / seconds : 0; // bytes a second
    if (rate > 0) {
      line.append(", ").append(Amounts.bytes((long) rate)).append("/s");
      if (total.isPresent()) {
        line.append(", ").append(Amounts.seconds((total.getAsLong() - done) / rate));
        line.append(" left");
      }
    }
    return line.toString();
  }

  @Override
  public void failed(ModelCard card, Source source, HubException reason) {
    erase();
    say("  " + source.describe() + ": " + reason.getMessage());
  }

  @Override
  public void finished(CachedFile file) {
    erase();
    say("verified and stored: " + file.path());
  }

  private void erase() {
    if (!quiet && io.errIsTerminal()) {
      io.err().print(ERASE);
    }
  }

  private void say(String line) {
    if (!quiet) {
      io.say("%s", line);
    }
  }
}
