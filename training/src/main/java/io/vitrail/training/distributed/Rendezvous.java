package io.vitrail.training.distributed;

import io.vitrail.tensor.ProcessGroup.Meeting;
import io.vitrail.tensor.ProcessGroup.SharedFile;
import io.vitrail.tensor.ProcessGroup.Tcp;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * How a process finds the others.
 *
 * @param meeting the place, the same for all
 * @param rank this process, from 0, each once
 * @param world how many processes there are
 * @param timeout how long to wait for the others, at the start and in every call
 */
public record Rendezvous(Meeting meeting, int rank, int world, Duration timeout) {
  /** Longer than any pause of a process that is well, such as rank 0's for writing a checkpoint. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(10);

  static final String RANK = "VITRAIL_RANK";
  static final String WORLD = "VITRAIL_WORLD";
  static final String FILE = "VITRAIL_MEETING_FILE";
  static final String TIMEOUT = "VITRAIL_TIMEOUT_SECONDS";

  public Rendezvous {
    if (world < 1 || rank < 0 || rank >= world) {
      throw new DistributedException(
          "rank %d of %d processes: ranks are 0 to %d".formatted(rank, world, world - 1));
    }
    if (timeout.isNegative() || timeout.isZero()) {
      throw new DistributedException("a timeout is above 0 seconds, got " + timeout.toSeconds());
    }
  }

  /**
   * Across machines: rank 0 listens on the port, on all addresses of its machine, so the network
   * must be one to trust.
   *
   * @param place {@code host:port}, an address of rank 0 that all can reach
   */
  public static Rendezvous at(String place, int rank, int world) {
    int colon = place.lastIndexOf(':');
    try {
      Tcp tcp =
          new Tcp(
              place.substring(0, Math.max(colon, 0)), Integer.parseInt(place.substring(colon + 1)));
      return new Rendezvous(tcp, rank, world, DEFAULT_TIMEOUT);
    } catch (IllegalArgumentException e) {
      throw new DistributedException(
          "a rendezvous is host:port, such as 10.0.0.1:29500, got '" + place + "'", e);
    }
  }

  /**
   * What {@link Launcher} told this process; empty if it was not started by one. From now on this
   * process ends when the launcher is gone.
   */
  public static Optional<Rendezvous> given() {
    Optional<Rendezvous> given = from(System.getenv());
    given.ifPresent(place -> LauncherWatch.start(System.in));
    return given;
  }

  static Optional<Rendezvous> from(Map<String, String> environment) {
    if (!environment.containsKey(RANK)) {
      return Optional.empty();
    }
    return Optional.of(
        new Rendezvous(
            new SharedFile(Path.of(environment.get(FILE))),
            Integer.parseInt(environment.get(RANK)),
            Integer.parseInt(environment.get(WORLD)),
            Duration.ofSeconds(Long.parseLong(environment.get(TIMEOUT)))));
  }

  Map<String, String> environment() {
    return Map.of(
        RANK, String.valueOf(rank),
        WORLD, String.valueOf(world),
        FILE, ((SharedFile) meeting).file().toString(),
        TIMEOUT, String.valueOf(timeout.toSeconds()));
  }

  public Rendezvous withTimeout(Duration value) {
    return new Rendezvous(meeting, rank, world, value);
  }
}
