package io.vitrail.training.log;

import io.vitrail.imaging.Image;
import io.vitrail.imaging.Images;
import io.vitrail.imaging.WriteOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;

/**
 * A file of TensorBoard's, {@code events.out.tfevents.*}: scalars called {@code PART/NAME},
 * pictures and texts.
 *
 * <p>The file is a row of records: the length as 8 bytes, a masked CRC-32C of these, the content,
 * and its masked CRC-32C, all little-endian. A content is a message {@code Event} of protocol
 * buffers; numbers in the code below are those of its fields.
 */
public final class EventFile implements LogSink {
  private static final AtomicInteger OPENED = new AtomicInteger();

  private final OutputStream out;
  private final InstantSource clock;

  private EventFile(OutputStream out, InstantSource clock) {
    this.out = out;
    this.clock = clock;
  }

  /**
   * Begins a file. Files of a run that goes on stay where they are; TensorBoard is told to drop
   * what they hold of later steps.
   *
   * @param lastStep step of the checkpoint the run goes on from, or -1
   */
  public static EventFile open(Path folder, long lastStep) throws IOException {
    return open(folder, lastStep, InstantSource.system());
  }

  static EventFile open(Path folder, long lastStep, InstantSource clock) throws IOException {
    String name =
        "events.out.tfevents.%010d.vitrail.%d.%d"
            .formatted(
                clock.instant().getEpochSecond(),
                ProcessHandle.current().pid(),
                OPENED.getAndIncrement());
    OutputStream out = Files.newOutputStream(folder.resolve(name), StandardOpenOption.CREATE_NEW);
    EventFile file = new EventFile(out, clock);
    file.write(new Proto().text(3, "brain.Event:2"), 0); // file_version
    file.write(
        new Proto().message(7, new Proto().number(1, 1)), lastStep + 1); // session_log: START
    return file;
  }

  @Override
  public void add(Entry entry) throws IOException {
    Proto summary = new Proto();
    for (Map.Entry<String, Double> number : entry.numbers().entrySet()) {
      Proto value =
          new Proto()
              .text(1, entry.part() + "/" + number.getKey()) // tag
              .float32(2, number.getValue().floatValue()); // simple_value
      summary.message(1, value);
    }
    write(new Proto().message(5, summary), entry.step());
  }

  @Override
  public void image(String name, long step, Image image) throws IOException {
    Proto picture =
        new Proto()
            .number(1, image.height())
            .number(2, image.width())
            .number(3, image.channels()) // colorspace: 1 grey, 3 RGB, 4 RGBA
            .bytes(4, Images.encode(image, WriteOptions.png()));
    write(summary(new Proto().text(1, name).message(4, picture)), step);
  }

  @Override
  public void text(String name, long step, String markdown) throws IOException {
    Proto plugin = new Proto().message(1, new Proto().text(1, "text")); // plugin_data.plugin_name
    Proto tensor =
        new Proto()
            .number(1, 7) // dtype: string
            .message(2, new Proto().message(2, new Proto().number(1, 1))) // tensor_shape: [1]
            .text(8, markdown); // string_val
    Proto value = new Proto().text(1, name).message(8, tensor).message(9, plugin);
    write(summary(value), step);
  }

  private static Proto summary(Proto value) {
    return new Proto().message(5, new Proto().message(1, value));
  }

  private void write(Proto what, long step) throws IOException {
    Instant now = clock.instant();
    Proto event = new Proto().float64(1, now.getEpochSecond() + now.getNano() / 1e9); // wall_time
    if (step != 0) {
      event.number(2, step);
    }
    out.write(record(event.append(what).toBytes())); // at once: nothing waits in a buffer
  }

  private static byte[] record(byte[] content) {
    ByteBuffer record =
        ByteBuffer.allocate(8 + 4 + content.length + 4).order(ByteOrder.LITTLE_ENDIAN);
    record.putLong(content.length).putInt(maskedCrc(record.array(), 8));
    return record.put(content).putInt(maskedCrc(content, content.length)).array();
  }

  private static int maskedCrc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
