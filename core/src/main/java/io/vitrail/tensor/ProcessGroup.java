package io.vitrail.tensor;

import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.AllreduceOptions;
import org.bytedeco.pytorch.Backend;
import org.bytedeco.pytorch.BarrierOptions;
import org.bytedeco.pytorch.BroadcastOptions;
import org.bytedeco.pytorch.FileStore;
import org.bytedeco.pytorch.GlooDeviceVector;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.ReduceOp;
import org.bytedeco.pytorch.Store;
import org.bytedeco.pytorch.TCPStore;
import org.bytedeco.pytorch.TCPStoreOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.Work;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.nccl.ProcessGroupNCCL;

/**
 * Processes, on one machine or several, that work on tensors together. Each has a number, its rank,
 * from 0. All must make the same calls in the same order; a call returns when its result is there.
 *
 * <p>Where a process is gone, or does not come within the timeout, the calls of all others end in a
 * {@link ProcessGroupException}, and so does every later call: close the group then.
 *
 * <pre>{@code
 * var place = new ProcessGroup.Tcp("10.0.0.1", 29500);
 * try (var group = ProcessGroup.join(Transport.GLOO, place, rank, 2, Duration.ofMinutes(10))) {
 *   group.allReduce(tensor, ProcessGroup.Reduction.MEAN);
 * }
 * }</pre>
 */
public final class ProcessGroup implements AutoCloseable {
  /** Where in the library's source a message is from. */
  private static final Pattern SOURCE = Pattern.compile("\\[[^]]*\\.cc:\\d+] ");

  private final Backend nat;
  private final Store store; // the group needs it to the end
  private final int rank;
  private final int world;
  private boolean closed;

  private ProcessGroup(Backend nat, Store store, int rank, int world) {
    this.nat = nat;
    this.store = store;
    this.rank = rank;
    this.world = world;
  }

  /** What carries the numbers. */
  public enum Transport {
    /** TCP sockets, for tensors on the CPU. */
    GLOO,
    /** NVIDIA's library, for tensors on GPUs. */
    NCCL
  }

  /** Where processes find each other. */
  public sealed interface Meeting permits Tcp, SharedFile {}

  /**
   * At rank 0, which listens on {@code port}, on all its addresses: use it in a network that you
   * trust. The others may come first.
   *
   * @param host an address of rank 0 that all can reach
   */
  public record Tcp(String host, int port) implements Meeting {
    public Tcp {
      if (host.isBlank() || port < 1 || port > 65535) {
        throw new TensorException(
            "a meeting point is host:port with a port of 1 to 65535, got '%s:%d'"
                .formatted(host, port));
      }
    }
  }

  /**
   * In a file, which must not exist before; for processes of one machine, which then speak over its
   * loopback address only.
   */
  public record SharedFile(Path file) implements Meeting {}

  /** How numbers of all ranks become one. */
  public enum Reduction {
    SUM,
    MEAN
  }

  /**
   * Meets the others; returns when all {@code world} are there.
   *
   * @param rank 0 to {@code world - 1}, each once
   * @param timeout for the meeting and for every call
   * @throws ProcessGroupException if somebody does not come in time
   * @throws TensorException if the transport cannot be had here
   */
  public static ProcessGroup join(
      Transport transport, Meeting meeting, int rank, int world, Duration timeout) {
    if (rank < 0 || rank >= world) {
      throw new TensorException(
          "rank must be 0 to %d in a group of %d, got %d".formatted(world - 1, world, rank));
    }
    NativeLibrary.load();
    if (transport == Transport.NCCL && !torch.cuda_is_available()) {
      throw new TensorException(
          "nccl joins GPUs, and there is none: no NVIDIA GPU is visible, or the natives with"
              + " classifier '-gpu' are not on the class path; use gloo");
    }
    String what = "rank %d of %d meets at %s".formatted(rank, world, describe(meeting));
    try (Scope scope = Scope.open()) {
      Milliseconds limit = new Milliseconds(timeout.toMillis());
      Store store = Tensor.unscoped(() -> call(what, () -> store(meeting, rank, world, limit)));
      Backend nat =
          Tensor.unscoped(
              () ->
                  call(
                      what,
                      () ->
                          transport == Transport.GLOO
                              ? gloo(store, meeting, rank, world, limit)
                              : new ProcessGroupNCCL(store, rank, world)));
      ProcessGroup group = new ProcessGroup(nat, store, rank, world);
      group.barrier(); // whoever left now would take the others' connections with it
      return group;
    }
  }

  private static String describe(Meeting meeting) {
    return meeting instanceof Tcp tcp
        ? tcp.host + ":" + tcp.port
        : ((SharedFile) meeting).file.toString();
  }

  private static Store store(Meeting meeting, int rank, int world, Milliseconds limit) {
    if (meeting instanceof SharedFile shared) {
      Store store = new FileStore(shared.file.toString(), world);
      store.setTimeout(limit);
      return store;
    }
    Tcp tcp = (Tcp) meeting;
    TCPStoreOptions options = new TCPStoreOptions();
    options.port((short) tcp.port);
    options.isServer(rank == 0);
    options.waitWorkers(false);
    options.timeout(limit);
    return new TCPStore(tcp.host, options);
  }

  private static Backend gloo(
      Store store, Meeting meeting, int rank, int world, Milliseconds limit) {
    ProcessGroupGloo.Options options = ProcessGroupGloo.Options.create(limit);
    options.devices(
        new GlooDeviceVector(ProcessGroupGloo.createDeviceForHostname(ownAddress(meeting))));
    return new ProcessGroupGloo(store, rank, world, options);
  }

  /** The one address of this machine that leads to the meeting point: nothing else is opened. */
  private static String ownAddress(Meeting meeting) {
    if (meeting instanceof SharedFile) {
      return "127.0.0.1";
    }
    Tcp tcp = (Tcp) meeting;
    try (DatagramSocket probe = new DatagramSocket()) {
      probe.connect(new InetSocketAddress(tcp.host, tcp.port)); // sends nothing
      return probe.getLocalAddress().getHostAddress();
    } catch (SocketException | RuntimeException e) {
      throw new TensorException(
          "no way from here to the meeting point %s:%d: %s"
              .formatted(tcp.host, tcp.port, e.getMessage()));
    }
  }

  public int rank() {
    return rank;
  }

  /** How many processes there are. */
  public int world() {
    return world;
  }

  /** Gives every rank the sum or mean of all their {@code tensor}s, in place; the same bits. */
  public void allReduce(Tensor tensor, Reduction reduction) {
    try (Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      AllreduceOptions options = new AllreduceOptions();
      options.reduceOp(new ReduceOp(ReduceOp.RedOpType.SUM));
      run("all-reduce", tensor, () -> nat.allreduce(new TensorVector(tensor.nat()), options));
      if (reduction == Reduction.MEAN) {
        tensor.divInPlace(world);
      }
    }
  }

  /** Gives every rank the numbers that {@code root} has, in place. */
  public void broadcast(Tensor tensor, int root) {
    try (Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      BroadcastOptions options = new BroadcastOptions();
      options.rootRank(root);
      run("broadcast", tensor, () -> nat.broadcast(new TensorVector(tensor.nat()), options));
    }
  }

  /** Returns when all ranks have come here. */
  public void barrier() {
    try (Scope scope = Scope.open()) {
      wait("barrier", () -> nat.barrier(new BarrierOptions()));
    }
  }

  private void run(String op, Tensor tensor, Supplier<Work> work) {
    if (!tensor.isContiguous()) {
      throw new TensorException(op + ": needs a contiguous tensor, got " + tensor.describe());
    }
    wait(op, work);
  }

  private void wait(String op, Supplier<Work> work) {
    if (closed) {
      throw new IllegalStateException("the process group was closed");
    }
    call("%s of rank %d of %d".formatted(op, rank, world), () -> work.get()._wait());
  }

  private static <T> T call(String what, Supplier<T> body) {
    try {
      return body.get();
    } catch (TensorException | IllegalStateException e) {
      throw e;
    } catch (RuntimeException | LinkageError e) {
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new ProcessGroupException(what + ": " + SOURCE.matcher(reason).replaceAll(""), e);
    }
  }

  /** Leaves the others; calls of theirs that need this process fail then. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      nat.deallocate();
      store.deallocate();
    }
  }
}
