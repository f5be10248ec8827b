package io.vitrail.tensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.presets.openblas_nolapack;
import org.bytedeco.pytorch.global.torch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads libtorch safely, once, and sets its threads. Every public door of this package calls it.
 */
final class NativeLibrary {
  private static final Logger LOG = LoggerFactory.getLogger(NativeLibrary.class);

  /** Threads an operator may use; default: the cores of this machine. */
  static final String THREADS_PROPERTY = "vitrail.threads";

  private NativeLibrary() {}

  static void load() {
    Holder.touch();
  }

  /** The class initialiser is the lock: it runs once, and others wait for it. */
  private static final class Holder {
    static {
      start();
    }

    static void touch() {}
  }

  private static void start() {
    // Read once by JavaCPP: its default cap, four times the Java heap, counts live weights too and
    // would end a process with a small heap and a large model.
    setDefault("org.bytedeco.javacpp.maxPhysicalBytes", "0");
    String platform = Loader.getPlatform();
    try {
      // Unpack everything first. JavaCPP unpacks and loads library by library, so on a first start
      // libtorch.so would find no libtorch_cpu.so beside it and take a system one: SIGSEGV.
      Loader.cacheResources("/org/bytedeco/pytorch/" + platform + "/");
      Loader.cacheResources("/org/bytedeco/pytorch/" + platform + "-gpu/");
      Loader.load(torch.class);
    } catch (IOException e) {
      throw new IllegalStateException(
          "could not unpack libtorch to "
              + cacheFolder()
              + "; make it writable, or choose another with -Dorg.bytedeco.javacpp.cachedir=DIR",
          e);
    } catch (UnsatisfiedLinkError | NoClassDefFoundError e) {
      throw new IllegalStateException(
          "libtorch for "
              + platform
              + " could not be loaded ("
              + firstLine(e)
              + "); the class path"
              + " needs javacpp, openblas and pytorch of org.bytedeco with classifier "
              + platform,
          e);
    }
    int threads = Integer.getInteger(THREADS_PROPERTY, Runtime.getRuntime().availableProcessors());
    setThreads(threads);
    LOG.debug("{}", Engine.describe());
  }

  /**
   * One pool computes. OpenBLAS has threads of its own which spin for a while after each product
   * and starve the next OpenMP operator (an add waits 8 ms instead of 0.02), so it gets a single
   * thread, and large products go to oneDNN, which uses the OpenMP pool ({@link Gemm}). A build
   * without oneDNN leaves OpenBLAS its threads.
   */
  static void setThreads(int threads) {
    torch.set_num_threads(threads);
    openblas_nolapack.blas_set_num_threads(torch.hasMKLDNN() ? 1 : threads);
  }

  static Path cacheFolder() {
    try {
      return Loader.getCacheDir().toPath();
    } catch (IOException e) {
      return Path.of(System.getProperty("user.home"), ".javacpp", "cache");
    }
  }

  private static void setDefault(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  private static String firstLine(Throwable e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  /** Whether the processor multiplies bfloat16 itself; emulated, it is slower than float32. */
  static boolean cpuHasBf16() {
    return cpuHas("avx512_bf16|amx_bf16|bf16");
  }

  /** Whether the processor has one of these flags of Linux; elsewhere false. */
  static boolean cpuHas(String flags) {
    Path cpuinfo = Path.of("/proc/cpuinfo");
    if (!Files.isReadable(cpuinfo)) {
      return false;
    }
    try (var lines = Files.lines(cpuinfo)) {
      return lines
          .filter(line -> line.startsWith("flags") || line.startsWith("Features"))
          .findFirst()
          .map(line -> (line + " ").matches(".* (" + flags + ") .*"))
          .orElse(false);
    } catch (IOException e) {
      return false;
    }
  }
}
