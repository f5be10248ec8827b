package io.vitrail.cli;

import io.vitrail.cli.Finding.Weight;
import io.vitrail.hub.Environment;
import io.vitrail.hub.Hub;
import io.vitrail.hub.HubException;
import io.vitrail.hub.ModelCard;
import io.vitrail.imaging.Image;
import io.vitrail.imaging.Images;
import io.vitrail.imaging.WriteOptions;
import io.vitrail.tensor.DType;
import io.vitrail.tensor.Engine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Looks at everything that has to be in order on this machine. Fetches nothing. */
final class Checkup {
  private static final long SMALL_DISK = 1_000_000_000;
  private static final long SMALL_MEMORY = 4_000_000_000L; // IS-Net at 1024 takes about 2 GB

  private final Environment environment;
  private final Hub hub;
  private final List<Finding> findings = new ArrayList<>();

  Checkup(Io io) {
    environment = io.environment();
    hub = io.hub();
  }

  List<Finding> run() throws HubException {
    java();
    memory();
    if (engine()) {
      speed();
    }
    images();
    temporaryFolder();
    cache();
    models();
    sources();
    return findings;
  }

  private void java() {
    findings.add(
        Finding.fine(
            "system",
            "%s %s, %s, %d cores"
                .formatted(
                    System.getProperty("os.name"),
                    System.getProperty("os.version"),
                    System.getProperty("os.arch"),
                    Runtime.getRuntime().availableProcessors())));
    findings.add(
        Finding.fine(
            "java",
            "%s, %s, %s"
                .formatted(
                    Runtime.version(),
                    System.getProperty("java.vm.name"),
                    System.getProperty("java.home"))));
  }

  private void memory() {
    long heap = Runtime.getRuntime().maxMemory();
    long total =
        ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
            .getTotalMemorySize();
    String text =
        "%s, of which Java may use %s".formatted(Amounts.bytes(total), Amounts.bytes(heap));
    findings.add(
        total >= SMALL_MEMORY
            ? Finding.fine("memory", text)
            : Finding.hint(
                "memory", text, "cutout takes about 2 GB: choose a smaller --size, such as 512"));
  }

  private boolean engine() {
    Engine.Info info;
    try {
      info = Engine.info();
    } catch (RuntimeException | LinkageError e) {
      findings.add(Finding.blocks("engine", "does not start", ErrorLine.of(e)));
      return false;
    }
    findings.add(
        Finding.fine("engine", "libtorch %s for %s".formatted(info.version(), info.platform())));
    findings.add(
        Finding.fine("natives", info.nativeCache() + ", " + used(Path.of(info.nativeCache()))));
    findings.add(
        Finding.fine(
            "processor",
            "%s, bfloat16: %s"
                .formatted(
                    info.instructions(),
                    info.cpuBf16() ? "yes" : "no (--precision auto takes f32)")));
    findings.add(
        Finding.fine(
            "devices",
            "cpu with %d threads%s"
                .formatted(info.threads(), info.gpus() > 0 ? ", GPUs: " + info.gpus() : "")));
    return true;
  }

  private void speed() {
    findings.add(speed("matmul", "1024 x 1024", Speed.matmul(DType.F32), Speed.matmul(DType.BF16)));
    findings.add(
        speed(
            "convolution",
            "3 x 3, 64 channels, 256 x 256",
            Speed.convolution(DType.F32),
            Speed.convolution(DType.BF16)));
  }

  private static Finding speed(String topic, String what, double f32, double bf16) {
    return Finding.fine(
        topic, String.format(Locale.ROOT, "%s: f32 %.0f, bf16 %.0f GFLOPS", what, f32, bf16));
  }

  /** PNG and JPEG are Java's; WebP has a native library of its own. */
  private void images() {
    try {
      Images.read(Images.encode(Image.blank(2, 2, 3), WriteOptions.webpLossless()));
      findings.add(Finding.fine("images", "PNG, JPEG, WebP; no display is needed"));
    } catch (IOException | RuntimeException | LinkageError e) {
      findings.add(
          Finding.hint(
              "images",
              "PNG, JPEG; WebP does not work (%s)".formatted(ErrorLine.of(e)),
              "make the temporary folder writable and executable, or do without WebP"));
    }
  }

  private void temporaryFolder() {
    Path folder = Path.of(System.getProperty("java.io.tmpdir"));
    String text = "%s, %s free".formatted(folder, Amounts.bytes(free(folder)));
    findings.add(
        Files.isWritable(folder)
            ? Finding.fine("temporary", text)
            : Finding.hint(
                "temporary",
                folder + " cannot be written",
                "choose another one with JAVA_TOOL_OPTIONS=-Djava.io.tmpdir=DIR"));
  }

  private void cache() {
    Path home = hub.home();
    try {
      Files.createDirectories(home);
      Path probe = Files.createTempFile(home, "doctor", ".tmp");
      Files.delete(probe);
    } catch (IOException e) {
      findings.add(
          Finding.hint(
              "cache",
              "%s cannot be written (%s)".formatted(home, ErrorLine.of(e)),
              "make it writable, or set VITRAIL_HOME to another folder; models cannot be fetched until then"));
      return;
    }
    String text = "%s, %s, %s free".formatted(home, used(home), Amounts.bytes(free(home)));
    findings.add(
        free(home) >= SMALL_DISK
            ? Finding.fine("cache", text)
            : Finding.hint("cache", text, "make room, or set VITRAIL_HOME to another disk"));
  }

  private void models() throws HubException {
    List<String> cached = new ArrayList<>();
    for (ModelCard card : hub.cards()) {
      if (hub.cached(card.name()).isPresent()) {
        cached.add(card.name());
      }
    }
    findings.add(
        Finding.fine("models", cached.isEmpty() ? "none fetched yet" : String.join(", ", cached)));
  }

  private void sources() {
    Optional<String> offline = environment.offlineBy();
    if (offline.isPresent()) {
      findings.add(
          Finding.hint(
              "network",
              "forbidden by " + offline.get(),
              "to fetch models, unset it; or bring files in with: vitrail models import"));
    }
    Optional<Path> npm = environment.program("npm");
    findings.add(
        npm.isPresent()
            ? Finding.fine("npm", npm.get().toString())
            : Finding.hint(
                "npm",
                "not found",
                "some models come in npm packages: install Node.js, or use another source"));
    Optional<Path> pip = environment.program("pip").or(() -> environment.program("pip3"));
    findings.add(
        pip.isPresent()
            ? Finding.fine("pip", pip.get().toString())
            : Finding.hint("pip", "not found", "some models come in Python packages: install pip"));
  }

  private static String used(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return Amounts.bytes(files.mapToLong(Checkup::size).sum());
    } catch (IOException | java.io.UncheckedIOException e) {
      return "size unknown";
    }
  }

  private static long size(Path file) {
    try {
      return Files.isRegularFile(file) ? Files.size(file) : 0;
    } catch (IOException e) {
      return 0; // gone in the meantime
    }
  }

  private static long free(Path folder) {
    try {
      return Files.getFileStore(folder).getUsableSpace();
    } catch (IOException e) {
      return 0;
    }
  }

  static boolean isUsable(List<Finding> findings) {
    return findings.stream().noneMatch(finding -> finding.weight() == Weight.BLOCKS);
  }
}
