package io.vitrail.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Damages small real files in many ways. Each one must still be read, or end in an IOException: no
 * other exception, no endless loop, and no more memory than the file can justify.
 */
class FuzzTest {
  private static final int ROUNDS = 1500;
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final long MEMORY_RATIO = 64;
  private static final long MEMORY_ALWAYS = 4 << 20;
  private static final long[] LENGTHS = {
    0, 1, -1, 127, 128, 255, 65535, 1 << 20, Integer.MAX_VALUE, 1L << 32, 1L << 60, Long.MIN_VALUE
  };

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "types.safetensors",
        "model.safetensors.index.json",
        "types.pth",
        "views.pth",
        "checkpoint.pth",
        "types-legacy.pth",
        "views-legacy.pth",
        "checkpoint-legacy.pth",
        "raw.onnx",
        "typed.onnx",
        "tfjs-model.json",
        "fortran.npy",
        "version2.npy",
        "arrays.npz",
        "arrays-compressed.npz"
      })
  void damaged_files_are_read_or_refused(String name) throws IOException {
    long seed = Long.getLong("tests.seed", 20261123L);
    byte[] original = Files.readAllBytes(Goldens.path(name));
    for (String part : new String[] {"model-1.safetensors", "model-2.safetensors"}) {
      Files.copy(Goldens.path(part), folder.resolve(part));
    }
    for (String part : new String[] {"tfjs-shard1.bin", "tfjs-shard2.bin"}) {
      Files.copy(Goldens.path(part), folder.resolve(part));
    }
    assertTimeoutPreemptively(
        LIMIT,
        () -> {
          openAndTouch(write(original)); // loads the classes, so that they are not counted
          int read = 0;
          for (int round = 0; round < ROUNDS; round++) {
            String about = name + " round " + round + ", -Dtests.seed=" + seed;
            read += survives(damaged(original, new Random(seed + round)), about) ? 1 : 0;
          }
          assertThat(read).as("some damage is harmless, some is not").isBetween(1, ROUNDS - 1);
        });
  }

  private boolean survives(byte[] bytes, String about) throws IOException {
    Path path = write(bytes);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    long before = threads.getThreadAllocatedBytes(thread);
    boolean read;
    try {
      openAndTouch(path);
      read = true;
    } catch (IOException e) {
      assertThat(e).as(about).isInstanceOf(MalformedWeightsException.class);
      assertThat(e.getMessage()).as(about).doesNotContain("\n").hasSizeLessThan(1000);
      read = false;
    } catch (RuntimeException | Error e) {
      throw new AssertionError(about, e);
    }
    long allocated = threads.getThreadAllocatedBytes(thread) - before;
    assertThat(allocated)
        .as("bytes allocated for %s", about)
        .isLessThan(MEMORY_ALWAYS + MEMORY_RATIO * bytes.length);
    return read;
  }

  private static void openAndTouch(Path path) throws IOException {
    try (Weights weights = Weights.open(path)) {
      for (StoredTensor tensor : weights.tensorList()) {
        assertThat(tensor.data().remaining()).isEqualTo((int) tensor.byteLength());
        if (tensor.type().isFloat()) {
          tensor.toFloats();
        } else {
          tensor.toLongs();
        }
      }
    }
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("damaged"), bytes);
  }

  /** One to three damages: flipped bits, a cut, bytes put in or taken out, an inflated length. */
  private static byte[] damaged(byte[] original, Random random) {
    byte[] bytes = original.clone();
    for (int times = 1 + random.nextInt(3); times > 0 && bytes.length > 8; times--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(6)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt(256);
        case 2 -> bytes = Arrays.copyOf(bytes, at);
        case 3 -> {
          byte[] more = new byte[1 + random.nextInt(16)];
          random.nextBytes(more);
          bytes = spliced(bytes, at, at, more);
        }
        case 4 -> bytes = spliced(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(16)));
        default -> {
          long length = LENGTHS[random.nextInt(LENGTHS.length)];
          for (int i = 0; i < (random.nextBoolean() ? 8 : 4) && at + i < bytes.length; i++) {
            bytes[at + i] = (byte) (length >>> 8 * i);
          }
        }
      }
    }
    return bytes;
  }

  /** The bytes with those from begin to end replaced. */
  private static byte[] spliced(byte[] bytes, int begin, int end, byte... replacement) {
    byte[] result = Arrays.copyOf(bytes, bytes.length - (end - begin) + replacement.length);
    System.arraycopy(replacement, 0, result, begin, replacement.length);
    System.arraycopy(bytes, end, result, begin + replacement.length, bytes.length - end);
    return result;
  }
}
