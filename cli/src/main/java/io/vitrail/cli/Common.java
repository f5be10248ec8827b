package io.vitrail.cli;

import picocli.CommandLine.Option;

/** The options that every command has. */
final class Common {
  private boolean debug;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  @Option(names = "--debug", description = "Show stack traces, and log what happens.")
  private void setDebug(boolean value) {
    if (value) { // before or after the command's name
      debug = true;
      System.setProperty("org.slf4j.simpleLogger.log.io.vitrail", "debug"); // for loggers to come
    }
  }

  boolean debug() {
    return debug;
  }
}
