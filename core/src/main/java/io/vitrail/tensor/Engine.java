package io.vitrail.tensor;

import java.io.IOException;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.global.torch;

/** What runs underneath, and its threads. */
public final class Engine {
  private Engine() {}

  /**
   * The engine of this process.
   *
   * @param version of the libtorch binding
   * @param platform such as {@code linux-x86_64}
   * @param instructions the vector instructions in use, such as {@code AVX2}
   * @param cpuBf16 whether the processor multiplies bfloat16 itself
   * @param threads threads an operator may use
   * @param gpus NVIDIA GPUs that can be used
   * @param nativeCache folder the native libraries are unpacked to
   */
  public record Info(
      String version,
      String platform,
      String instructions,
      boolean cpuBf16,
      int threads,
      int gpus,
      String nativeCache) {}

  /** Starts the engine if need be and describes it. */
  public static Info info() {
    NativeLibrary.load();
    return describe();
  }

  static Info describe() {
    return new Info(
        String.valueOf(version()),
        Loader.getPlatform(),
        torch.get_cpu_capability().getString(),
        NativeLibrary.cpuHasBf16(),
        torch.get_num_threads(),
        torch.cuda_is_available() ? torch.cuda_device_count() : 0,
        NativeLibrary.cacheFolder().toString());
  }

  /** Threads an operator may use from now on; at least 1. */
  public static void setThreads(int threads) {
    if (threads < 1) {
      throw new TensorException("threads must be at least 1, got " + threads);
    }
    NativeLibrary.load();
    NativeLibrary.setThreads(threads);
  }

  /** Live native objects of this process: flat over repeats if nothing leaks. */
  public static long livePointers() {
    NativeLibrary.load();
    return Pointer.totalCount();
  }

  /** Gives memory that the allocator holds on to back to the system. */
  public static void trimMemory() {
    NativeLibrary.load();
    Pointer.trimMemory();
  }

  private static String version() {
    try {
      return Loader.getVersion("org.bytedeco", "pytorch");
    } catch (IOException e) {
      return "unknown";
    }
  }
}
