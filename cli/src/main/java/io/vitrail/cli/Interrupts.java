package io.vitrail.cli;

import java.util.ArrayList;
import java.util.List;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * What asks a process to end while this is open, Ctrl-C or a scheduler's SIGTERM: at first it runs
 * what it was told to; a second Ctrl-C ends the process at once.
 */
final class Interrupts implements AutoCloseable {
  /** 128 + SIGINT, as shells have it. */
  static final int EXIT = 130;

  private static final Signal SIGINT = new Signal("INT");
  private static final Signal SIGTERM = new Signal("TERM");

  private final Runnable first;
  private final List<Runnable> restore = new ArrayList<>();
  private boolean asked;
  private boolean interrupted;

  private Interrupts(Runnable first) {
    this.first = first;
  }

  static Interrupts firstRuns(Runnable first) {
    Interrupts interrupts = new Interrupts(first);
    interrupts.handle(SIGINT);
    interrupts.handle(SIGTERM);
    return interrupts;
  }

  private void handle(Signal signal) {
    try {
      SignalHandler before = Signal.handle(signal, this::react);
      restore.add(() -> Signal.handle(signal, before));
    } catch (IllegalArgumentException e) {
      // With java -Xrs signals are the system's, and end the process.
    }
  }

  private synchronized void react(Signal signal) {
    if (signal.equals(SIGINT) && interrupted) {
      Runtime.getRuntime().halt(EXIT);
    }
    interrupted |= signal.equals(SIGINT);
    if (!asked) {
      asked = true;
      first.run();
    }
  }

  /** Whether anything asked so far. */
  synchronized boolean asked() {
    return asked;
  }

  @Override
  public void close() {
    restore.forEach(Runnable::run);
  }
}
