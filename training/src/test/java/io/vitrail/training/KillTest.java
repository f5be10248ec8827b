package io.vitrail.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.vitrail.testkit.Seeds;
import io.vitrail.training.recipe.Recipe;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training in a virtual machine that dies without a warning, again and again. */
class KillTest {
  private static final int KILLS = 3;

  /** Half of the time goes into checkpoints and validations, so that kills hit them too. */
  private static final Recipe RECIPE =
      TinyTraining.recipe(
          "epochs=12",
          "model.dropPath=0.1",
          "mixing.mixup=0.8",
          "ema.decay=0.9",
          "masksub.mode=masking",
          "checkpoints.steps=3",
          "checkpoints.best=2");

  @TempDir Path dir;

  /** What the new virtual machine runs; a line for whatever happens. */
  static final class Main {
    private Main() {}

    public static void main(String[] args) throws IOException {
      TinyTraining.run(
          RECIPE,
          Path.of(args[0]),
          new TrainingListener() {
            @Override
            public void step(Step step) {
              System.out.println("step");
            }

            @Override
            public void validating(int done) {
              System.out.println("validation");
            }

            @Override
            public void saved(Path folder) {
              System.out.println("checkpoint");
            }
          });
      System.out.println("finished");
    }
  }

  private static Process start(Path folder) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(List.of("-Dvitrail.threads=1", "-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Main.class.getName(), folder.toString()));
    try {
      return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Kills the process a moment after it wrote so many lines; tells whether it had finished. */
  private static boolean killAfter(Process process, int lines, long nanos) throws Exception {
    boolean finished = false;
    try (BufferedReader out = process.inputReader()) {
      String line = out.readLine();
      for (int i = 1; i < lines && line != null; i++) {
        finished |= line.equals("finished");
        line = out.readLine();
      }
      long until = System.nanoTime() + nanos;
      while (System.nanoTime() < until) {
        Thread.onSpinWait();
      }
    }
    process.destroyForcibly().waitFor();
    return finished;
  }

  @Test
  void killed_again_and_again_training_ends_with_the_same_bits() throws Exception {
    SplittableRandom random = new SplittableRandom(Seeds.next());
    Path whole = dir.resolve("whole");
    Process run = start(whole);
    String output = new String(run.getInputStream().readAllBytes());
    assertThat(run.waitFor()).as(output).isZero();
    int lines = (int) output.lines().count();

    Path killed = dir.resolve("killed");
    for (int i = 0; i < KILLS; i++) {
      int after = random.nextInt(1, lines / KILLS);
      boolean finished = killAfter(start(killed), after, random.nextLong(5_000_000));
      assertThat(finished).isFalse();
    }
    Process last = start(killed);
    String rest = new String(last.getInputStream().readAllBytes());
    assertThat(last.waitFor()).as(rest).isZero();
    assertThat(rest.lines().count()).isLessThan(lines); // it went on instead of beginning anew
    TinyTraining.assertSameFiles(whole, killed);
  }
}
