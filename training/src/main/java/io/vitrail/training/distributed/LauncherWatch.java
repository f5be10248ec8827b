package io.vitrail.training.distributed;

import java.io.IOException;
import java.io.InputStream;

/**
 * Ends a process when the {@link Launcher} that started it is gone, even killed: its standard
 * input, to which nobody writes, ends then. Without it, ranks would train on as orphans.
 */
final class LauncherWatch {
  private static final int EXIT = 143; // as if the launcher had passed its own end on

  private LauncherWatch() {}

  static void start(InputStream in) {
    Thread watch =
        new Thread(
            () -> {
              try {
                while (in.read() >= 0) {
                  // What comes is of no interest, only that there is an end.
                }
              } catch (IOException e) {
                // The pipe broke: that is the end, too.
              }
              System.exit(EXIT);
            },
            "watch for the launcher's end");
    watch.setDaemon(true);
    watch.start();
  }
}
