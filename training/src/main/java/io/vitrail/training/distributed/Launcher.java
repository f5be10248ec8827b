package io.vitrail.training.distributed;

import io.vitrail.tensor.ProcessGroup.SharedFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Starts a program several times on this machine, as the ranks of one training.
 *
 * <p>Every process runs the same class with the same arguments, class path and options of the
 * virtual machine, and finds its rank by {@link Rendezvous#given()}. They speak over the loopback
 * address only. What rank 0 prints is seen; of the others, the last line if they fail. Where one
 * ends with a failure, all others are ended. Processors are shared out evenly, unless {@code
 * -Dvitrail.threads} says otherwise.
 */
public final class Launcher {
  private static final String THREADS = "vitrail.threads";
  private static final Duration GRACE = Duration.ofSeconds(20);
  private static final Duration READ = Duration.ofSeconds(1);

  private final Duration timeout;
  private final PrintStream err;
  private final List<Rank> ranks = new ArrayList<>();
  private final BlockingQueue<Rank> ended = new LinkedBlockingQueue<>();

  private Launcher(Duration timeout, PrintStream err) {
    this.timeout = timeout;
    this.err = err;
  }

  /** A process, and the last line it printed. */
  private static final class Rank {
    final int number;
    final Process process;
    private final Thread reader;
    private volatile String lastLine = "";

    Rank(int number, Process process) {
      this.number = number;
      this.process = process;
      reader = new Thread(this::read, "output of rank " + number);
      reader.setDaemon(true);
      reader.start();
    }

    /** Rank 0's output goes past this process: here it is empty. */
    private void read() {
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        lines.lines().filter(Rank::matters).forEach(line -> lastLine = line);
      } catch (IOException | UncheckedIOException e) {
        // The process has ended, and its output with it.
      }
    }

    /** Not what the transport notes about itself. */
    private static boolean matters(String line) {
      return !line.isBlank() && !line.startsWith("[Gloo]");
    }

    boolean wasKilled() {
      return process.exitValue() > 128;
    }

    String failure() throws InterruptedException {
      reader.join(READ.toMillis());
      int exit = process.exitValue();
      if (wasKilled()) {
        return "rank " + number + " was killed by signal " + (exit - 128);
      }
      String last = lastLine.isEmpty() ? "" : " (\"" + lastLine.strip() + "\")";
      return "rank " + number + " ended with exit code " + exit + last;
    }
  }

  /**
   * Runs {@code main} in {@code processes} processes until all have ended.
   *
   * @param processes at least 1
   * @param main a class with a main method
   * @param timeout of calls between the ranks, see {@link Rendezvous}
   * @return 0, or the exit code of the process that failed first; a line on standard error tells
   *     which
   */
  public static int run(int processes, Class<?> main, List<String> arguments, Duration timeout) {
    if (processes < 1) {
      throw new DistributedException("processes must be at least 1, got " + processes);
    }
    Launcher launcher = new Launcher(timeout, System.err);
    Thread hook = new Thread(launcher::endAll, "end of all ranks");
    try {
      Path folder = Files.createTempDirectory("vitrail-ranks-"); // nobody else may read it
      try {
        Runtime.getRuntime().addShutdownHook(hook);
        launcher.start(processes, main, arguments, folder.resolve("meeting"));
        int exit = launcher.await();
        Runtime.getRuntime().removeShutdownHook(hook);
        return exit;
      } finally {
        Files.deleteIfExists(folder.resolve("meeting"));
        Files.deleteIfExists(folder);
      }
    } catch (IOException e) {
      launcher.endAll();
      throw new DistributedException("the processes could not be started: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      launcher.endAll();
      Thread.currentThread().interrupt();
      throw new DistributedException("interrupted; all processes were ended", e);
    }
  }

  private void start(int processes, Class<?> main, List<String> arguments, Path meeting)
      throws IOException {
    List<String> command = command(processes, main, arguments);
    for (int i = 0; i < processes; i++) {
      Rendezvous place = new Rendezvous(new SharedFile(meeting), i, processes, timeout);
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().putAll(place.environment());
      // Standard input is a pipe that nobody writes to: its end tells that this process is gone.
      if (i == 0) {
        builder.redirectOutput(ProcessBuilder.Redirect.INHERIT);
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
      } else {
        builder.redirectErrorStream(true);
      }
      Rank rank = new Rank(i, builder.start());
      ranks.add(rank);
      rank.process.onExit().thenRun(() -> ended.add(rank));
    }
  }

  private static List<String> command(int processes, Class<?> main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (System.getProperty(THREADS) == null) {
      int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / processes);
      command.add("-D" + THREADS + "=" + threads);
    }
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> !option.startsWith("-agent") && !option.startsWith("-javaagent"))
        .forEach(command::add);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(arguments);
    return command;
  }

  private int await() throws InterruptedException {
    for (int left = ranks.size(); left > 0; left--) {
      Rank rank = ended.take();
      if (rank.process.exitValue() != 0) {
        Rank cause = cause(rank);
        endAll();
        err.println(
            cause.failure()
                + "; all ranks were ended; the same command resumes from the last checkpoint");
        return cause.process.exitValue();
      }
    }
    return 0;
  }

  /** The others fail soon after the first, and may be seen before it: who was killed did not. */
  private Rank cause(Rank seen) throws InterruptedException {
    if (seen.wasKilled()) {
      return seen;
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
    for (Rank rank : ranks) {
      if (rank.process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)
          && rank.wasKilled()) {
        return rank;
      }
    }
    return seen;
  }

  /** Asks all to end, and ends those that do not. */
  private void endAll() {
    ranks.forEach(rank -> rank.process.destroy());
    long deadline = System.nanoTime() + GRACE.toNanos();
    for (Rank rank : ranks) {
      try {
        if (!rank.process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          rank.process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        rank.process.destroyForcibly();
      }
    }
  }
}
