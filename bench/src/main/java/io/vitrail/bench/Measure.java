package io.vitrail.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/** Times work and prints {@code name<TAB>value} lines, which {@link Compare} reads. */
final class Measure {
  /** Work to be timed. */
  @FunctionalInterface
  interface Work {
    void run() throws IOException;
  }

  private Measure() {}

  /** Median of {@code repeats} runs, in seconds. */
  static double median(int repeats, Work work) throws IOException {
    double[] times = new double[repeats];
    for (int i = 0; i < repeats; i++) {
      long begin = System.nanoTime();
      work.run();
      times[i] = (System.nanoTime() - begin) / 1e9;
    }
    return median(times);
  }

  /** Fastest of {@code repeats} runs, in seconds: what the machine can do. */
  static double best(int repeats, Work work) throws IOException {
    double best = Double.POSITIVE_INFINITY;
    for (int i = 0; i < repeats; i++) {
      best = Math.min(best, median(1, work));
    }
    return best;
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** Seconds since this process was started. */
  static double sinceStart() {
    long started = ProcessHandle.current().info().startInstant().orElseThrow().toEpochMilli();
    return (System.currentTimeMillis() - started) / 1e3;
  }

  /** The most physical memory this process ever had, in MiB. */
  static double peakMemory() {
    try (var lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
          .findFirst()
          .orElse(Double.NaN);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void report(String name, double value) {
    System.out.printf(Locale.ROOT, "%s\t%.4f%n", name, value);
  }
}
