package io.vitrail.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.vitrail.tensor.Tensor;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** First starts, in a virtual machine of their own. */
class StartUpTest {
  /** What the new virtual machine runs: one operator. */
  static final class Main {
    private Main() {}

    public static void main(String[] args) {
      System.out.println("sum " + Tensor.ones(2, 3).sum().item());
    }
  }

  private record Run(int exit, String output) {}

  private static final String CLASS_PATH = System.getProperty("java.class.path");

  private static Run run(String classPath, Path cache, String... options) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx256m");
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.add("-Dorg.bytedeco.javacpp.cachedir=" + cache);
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", classPath, Main.class.getName()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    return new Run(process.exitValue(), output);
  }

  @Test
  void the_first_start_unpacks_and_computes(@TempDir Path cache) throws Exception {
    Run run = run(CLASS_PATH, cache);
    assertThat(run.output).contains("sum 6.0");
    assertThat(run.exit).isZero();
    try (var files = Files.list(cache)) {
      assertThat(files).isNotEmpty();
    }
  }

  @Test
  void without_natives_it_says_what_the_class_path_needs(@TempDir Path cache) throws Exception {
    String without =
        Arrays.stream(CLASS_PATH.split(File.pathSeparator))
            .filter(entry -> !entry.matches(".*pytorch-.*-(linux|windows|macosx)-.*\\.jar"))
            .collect(Collectors.joining(File.pathSeparator));
    Run run = run(without, cache);
    assertThat(run.exit).isEqualTo(1);
    assertThat(run.output)
        .containsPattern("libtorch for [a-z0-9-_]+ could not be loaded \\(")
        .contains(
            "the class path needs javacpp, openblas and pytorch of org.bytedeco with classifier");
  }

  @Test
  void where_no_cache_can_be_written_it_says_how_to_choose_one(@TempDir Path folder)
      throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "no folder");
    Run run = run(CLASS_PATH, file, "-Duser.home=" + file, "-Djava.io.tmpdir=" + file);
    assertThat(run.exit).isEqualTo(1);
    assertThat(run.output)
        .contains("could not unpack libtorch to " + file)
        .contains("make it writable, or choose another with -Dorg.bytedeco.javacpp.cachedir=DIR");
  }
}
