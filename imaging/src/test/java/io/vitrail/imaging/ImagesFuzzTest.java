package io.vitrail.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged files give an image or an ImageReadException; never anything else, and never hang. */
class ImagesFuzzTest {
  private static final int ROUNDS = Integer.getInteger("tests.fuzz.rounds", 400);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rgb8.png",
        "palette4-trns.png",
        "rgba16-interlaced.png",
        "profile-swapped.png",
        "420.jpg",
        "progressive.jpg",
        "ycck.jpg",
        "turn6.jpg",
        "profile-swapped.jpg",
        "lossless-alpha.webp",
        "lossy-alpha.webp",
        "profile-swapped.webp",
        "rgb.bmp",
        "palette.bmp",
        "interlaced.gif",
        "animated.gif",
        "tiff_lzw.tif",
        "tiff_adobe_deflate.tif",
        "packbits.tif",
        "two.tif",
        "cmyk.tif"
      })
  void damaged_bytes_never_do_worse_than_a_clear_failure(String name) {
    long seed = Long.getLong("tests.seed", System.nanoTime());
    Random random = new Random(seed);
    byte[] whole = TestImages.resource("goldens/files/" + name);
    ReadOptions options =
        ReadOptions.DEFAULT.withLimits(ReadLimits.DEFAULT.withMaxPixels(4_000_000));
    for (int round = 0; round < ROUNDS; round++) {
      byte[] file = damaged(whole, random);
      String where = name + ", round " + round + " of -Dtests.seed=" + seed;
      assertTimeoutPreemptively(
          Duration.ofSeconds(20),
          () -> {
            try {
              assertThat(Images.read(file, options).width()).isPositive();
            } catch (ImageReadException e) {
              assertThat(e.getMessage()).as(where).startsWith("input ").doesNotContain("\n");
            } catch (IOException | RuntimeException | Error e) {
              throw new AssertionError(where, e);
            }
          },
          where);
    }
  }

  private static byte[] damaged(byte[] whole, Random random) {
    byte[] file = whole.clone();
    int changes = 1 + random.nextInt(8);
    for (int i = 0; i < changes; i++) {
      // Headers are where the harm is: half of the changes go there.
      int range = random.nextBoolean() ? Math.min(64, file.length) : file.length;
      int at = random.nextInt(range);
      switch (random.nextInt(4)) {
        case 0 -> file[at] = (byte) random.nextInt(256);
        case 1 -> file[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> file[at] = (byte) (random.nextBoolean() ? 0 : 255);
        default -> {
          int length = Math.min(file.length - at, 1 + random.nextInt(16));
          System.arraycopy(whole, random.nextInt(whole.length - length + 1), file, at, length);
        }
      }
    }
    return random.nextInt(5) == 0 ? Arrays.copyOf(file, random.nextInt(file.length) + 1) : file;
  }
}
