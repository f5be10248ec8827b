package io.vitrail.cli;

import io.vitrail.hub.Environment;
import io.vitrail.hub.Hub;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * What the commands talk to: injected, so that tests run them inside their own process.
 *
 * @param in images for {@code -}
 * @param out results: images for {@code -}, tables, paths
 * @param err everything for people's eyes: progress, warnings, errors
 * @param errIsTerminal whether a line on {@code err} can be overwritten
 * @param environment variables and folders
 * @param hubs where models come from; made when a command needs it
 */
record Io(
    InputStream in,
    PrintStream out,
    PrintStream err,
    boolean errIsTerminal,
    Environment environment,
    Supplier<Hub> hubs) {

  /** This process. */
  static Io system() {
    return new Io(
        System.in, System.out, System.err, isTerminal(), Environment.system(), Hub::standard);
  }

  /** The launcher knows; Java itself cannot ask about a single stream. */
  private static boolean isTerminal() {
    return Boolean.getBoolean("vitrail.terminal");
  }

  Hub hub() {
    return hubs.get();
  }

  /** A line for people. */
  void say(String format, Object... values) {
    err.println(String.format(Locale.ROOT, format, values));
  }
}
