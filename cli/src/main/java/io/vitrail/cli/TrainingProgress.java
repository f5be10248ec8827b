package io.vitrail.cli;

import io.vitrail.training.Scores;
import io.vitrail.training.TrainingListener;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * How far a training is. On a terminal one line is written over and over; elsewhere long epochs
 * have a line a minute. Finished epochs have lines in both.
 */
final class TrainingProgress implements TrainingListener {
  private static final String ERASE = "\r\u001b[K";
  private static final long REDRAW_NANOS = 200_000_000;
  private static final long LOG_NANOS = 60_000_000_000L;

  private final Io io;
  private final boolean quiet;
  private final LongSupplier nanoTime;
  private long start;
  private long lastShown;
  private long images;
  private long steps; // in this process
  private double rate;

  TrainingProgress(Io io, boolean quiet, LongSupplier nanoTime) {
    this.io = io;
    this.quiet = quiet;
    this.nanoTime = nanoTime;
  }

  @Override
  public void started(int epoch, int step) {
    start = nanoTime.getAsLong();
    lastShown = start;
    if (!quiet && (epoch > 0 || step > 0)) {
      io.say("resumed after epoch %d, step %d", epoch, step);
    }
  }

  @Override
  public void step(Step step) {
    steps++;
    images += step.images();
    long now = nanoTime.getAsLong();
    rate = images / ((now - start) / 1e9);
    long every = io.errIsTerminal() ? REDRAW_NANOS : LOG_NANOS;
    if (quiet || now - lastShown < every) {
      return;
    }
    lastShown = now;
    show(
        String.format(
            Locale.ROOT,
            "epoch %d/%d  step %d/%d  loss %.4f  lr %.3g  %s",
            step.epoch() + 1,
            step.epochs(),
            step.step(),
            step.stepsPerEpoch(),
            step.loss(),
            step.learningRate(),
            pace(step, now)));
  }

  /** Time left counts validations and checkpoints as they came so far. */
  private String pace(Step step, long now) {
    long done = (long) step.epoch() * step.stepsPerEpoch() + step.step();
    long left = (long) step.epochs() * step.stepsPerEpoch() - done;
    double seconds = (now - start) / 1e9 / steps * left;
    return String.format(Locale.ROOT, "%.1f images/s, %s left", rate, Amounts.seconds(seconds));
  }

  @Override
  public void validating(int done) {
    long now = nanoTime.getAsLong();
    if (!quiet && io.errIsTerminal() && now - lastShown >= REDRAW_NANOS) {
      lastShown = now;
      show("validating: %d images".formatted(done));
    }
  }

  private void show(String line) {
    if (io.errIsTerminal()) {
      io.err().print(ERASE + line);
      io.err().flush();
    } else {
      io.say("%s", line);
    }
  }

  @Override
  public void epoch(Epoch epoch) {
    if (quiet) {
      return;
    }
    erase();
    String scores = epoch.scores().map(s -> ", " + of(s)).orElse("");
    io.say(
        "epoch %d/%d: loss %.4f%s%s, %.1f images/s",
        epoch.epoch() + 1,
        epoch.epochs(),
        epoch.train().get("loss"),
        scores,
        epoch.isBest() ? " (best)" : "",
        rate);
  }

  /** {@code top-1 81.20 %, top-5 95.10 %, loss 0.7310 on 1000 images}. */
  static String of(Scores scores) {
    return String.format(
        Locale.ROOT,
        "top-1 %.2f %%, top-5 %.2f %%, loss %.4f on %d images",
        100 * scores.top1(),
        100 * scores.top5(),
        scores.loss(),
        scores.images());
  }

  /** Leaves a clean line. */
  void erase() {
    if (!quiet && io.errIsTerminal()) {
      io.err().print(ERASE);
      io.err().flush();
    }
  }
}
