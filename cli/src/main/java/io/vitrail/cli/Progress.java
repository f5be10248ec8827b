package io.vitrail.cli;

import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * How far a batch is. On a terminal one line is written over and over; elsewhere each finished file
 * has a line, which reads well in a log. Failures have lines in both.
 */
final class Progress {
  private static final String ERASE = "\r\u001b[K";

  private final Io io;
  private final boolean quiet;
  private final int total;
  private final LongSupplier nanoTime;
  private final long start;
  private int done;

  Progress(Io io, boolean quiet, int total, LongSupplier nanoTime) {
    this.io = io;
    this.quiet = quiet;
    this.total = total;
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
  }

  /** The network begins with a photo. */
  synchronized void starting(Task task) {
    if (showsLine()) {
      io.err().print(ERASE + "[%d/%d] %s%s".formatted(done, total, task.input(), rate()));
      io.err().flush();
    }
  }

  /** A result is on the disk. */
  synchronized void finished(Task task) {
    done++;
    if (quiet || task.writesStdout()) {
      return;
    }
    if (total == 1) {
      erase();
      io.say("%s -> %s (%s)", task.input(), task.output(), Amounts.seconds(seconds()));
    } else if (!io.errIsTerminal()) {
      io.say("[%d/%d] %s -> %s%s", done, total, task.input(), task.output(), rate());
    }
  }

  /** A file gave nothing. */
  synchronized void failed(Failure failure) {
    done++;
    erase();
    if (total > 1) {
      io.say("[%d/%d] failed: %s", done, total, failure);
    }
  }

  /** Leaves a clean line. */
  synchronized void end() {
    erase();
  }

  double seconds() {
    return (nanoTime.getAsLong() - start) / 1e9;
  }

  private void erase() {
    if (showsLine()) {
      io.err().print(ERASE);
      io.err().flush();
    }
  }

  private boolean showsLine() {
    return io.errIsTerminal() && !quiet;
  }

  private String rate() {
    double seconds = seconds();
    if (done == 0 || seconds <= 0) {
      return "";
    }
    double left = seconds / done * (total - done);
    String rate = String.format(Locale.ROOT, "  %.2f images/s", done / seconds);
    return done == total ? rate : rate + ", " + Amounts.seconds(left) + " left";
  }
}
