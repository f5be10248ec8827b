package io.vitrail.training.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.vitrail.imaging.Image;
import io.vitrail.imaging.Images;
import io.vitrail.testkit.Goldens;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFileTest {
  /** The clock of tools/goldens/events/events.py. */
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.ofEpochMilli(1_700_000_000_250L));

  @TempDir Path folder;

  private Path written() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.findFirst().orElseThrow();
    }
  }

  /** The records of a file, checked against their sums. */
  private static List<byte[]> records(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    List<byte[]> records = new ArrayList<>();
    while (bytes.hasRemaining()) {
      int start = bytes.position();
      byte[] content = new byte[(int) bytes.getLong()];
      assertThat(bytes.getInt())
          .isEqualTo(masked(Arrays.copyOfRange(bytes.array(), start, start + 8)));
      bytes.get(content);
      assertThat(bytes.getInt()).isEqualTo(masked(content));
      records.add(content);
    }
    return records;
  }

  private static int masked(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    int sum = (int) crc.getValue();
    return (sum >>> 15 | sum << 17) + 0xa282ead8;
  }

  @Test
  void scalars_are_byte_for_byte_what_pytorch_writes() throws IOException {
    try (EventFile file = EventFile.open(folder, 200, CLOCK)) {
      file.add(new Entry("train", 250, 1, Map.of("loss", 0.6931472)));
      file.add(new Entry("val", 100_000, 2, Map.of("top1", 71.25)));
      file.add(new Entry("train", 3_000_000_000L, 3, Map.of("lr", Double.NaN)));
    }
    byte[] golden = Files.readAllBytes(Goldens.path("goldens/scalars.tfevents"));
    List<byte[]> expected = records(Goldens.path("goldens/scalars.tfevents"));
    List<byte[]> ours = records(written());
    // PyTorch notes its name in the version's record, and the version a second time
    assertThat(text(ours.get(0))).contains("brain.Event:2");
    assertThat(ours.subList(1, 5)).usingRecursiveComparison().isEqualTo(expected.subList(2, 6));
    byte[] file = Files.readAllBytes(written());
    int tail = file.length - (16 + ours.get(0).length);
    assertThat(Arrays.copyOfRange(file, file.length - tail, file.length))
        .isEqualTo(Arrays.copyOfRange(golden, golden.length - tail, golden.length));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Test
  void pictures_are_png_files_and_texts_markdown() throws IOException {
    Image picture = Image.of(2, 1, 3, new byte[] {1, 2, 3, 4, 5, 6});
    try (EventFile file = EventFile.open(folder, -1, CLOCK)) {
      file.image("batch", 7, picture);
      file.text("recipe", 0, "**lr** 0.1");
    }
    List<byte[]> records = records(written());
    byte[] image = records.get(2);
    int png = text(image).indexOf("\u0089PNG");
    Image read = Images.read(Arrays.copyOfRange(image, png, image.length));
    assertThat(read.pixels()).isEqualTo(picture.pixels());
    assertThat(text(records.get(3))).contains("recipe").contains("text").contains("**lr** 0.1");
  }

  @Test
  void what_was_added_is_in_the_file_before_it_is_closed() throws IOException {
    try (EventFile file = EventFile.open(folder, -1, CLOCK)) {
      for (int step = 1; step < 5; step++) {
        file.add(new Entry("train", step, 0, Map.of("loss", 1.0)));
        assertThat(records(written())).hasSize(2 + step);
      }
    }
  }

  @Test
  void files_opened_in_the_same_second_have_names_of_their_own() throws IOException {
    EventFile.open(folder, -1, CLOCK).close();
    EventFile.open(folder, -1, CLOCK).close();
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .hasSize(2)
          .allMatch(name -> name.startsWith("events.out.tfevents.1700000000."));
    }
  }
}
