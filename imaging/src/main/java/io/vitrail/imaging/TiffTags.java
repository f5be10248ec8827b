package io.vitrail.imaging;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The first directory of a TIFF structure (TIFF 6.0, section 2), which is both the header of TIFF
 * files and the form of EXIF blocks. Keeps the position of each entry; reads none that it is not
 * asked for.
 */
final class TiffTags {
  static final int WIDTH = 256;
  static final int HEIGHT = 257;
  static final int ORIENTATION = 274;
  static final int ICC_PROFILE = 34675;

  private final ByteBuffer data;
  private final Map<Integer, Integer> entries = new HashMap<>();

  private TiffTags(ByteBuffer data) {
    this.data = data;
  }

  /**
   * Reads the directory of a structure at {@code from..to-1}.
   *
   * @throws ImageReadException if it is no TIFF structure or ends too early
   */
  static TiffTags read(byte[] file, int from, int to) throws ImageReadException {
    ByteBuffer data = ByteBuffer.wrap(file, from, to - from).slice();
    TiffTags tags = new TiffTags(data);
    try {
      data.order(data.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
      int directory = data.getInt(4);
      int count = data.getShort(directory) & 0xffff;
      for (int i = 0; i < count; i++) {
        int entry = directory + 2 + 12 * i;
        tags.entries.putIfAbsent(data.getShort(entry) & 0xffff, entry);
        data.get(entry + 11);
      }
    } catch (IndexOutOfBoundsException e) {
      throw new ImageReadException("its TIFF directory ends too early; it is truncated", e);
    }
    return tags;
  }

  /** Orientation stated by an EXIF block; upright when the block is broken or silent. */
  static Orientation orientation(byte[] file, int from, int to) {
    try {
      return Orientation.ofExif((int) read(file, from, to).number(ORIENTATION, 1));
    } catch (ImageReadException e) {
      return Orientation.UPRIGHT;
    }
  }

  /** The first number of an entry of type BYTE, SHORT or LONG. */
  long number(int tag, long otherwise) {
    Integer entry = entries.get(tag);
    if (entry == null) {
      return otherwise;
    }
    return switch (data.getShort(entry + 2)) {
      case 1 -> data.get(entry + 8) & 0xff;
      case 3 -> data.getShort(entry + 8) & 0xffff;
      case 4 -> data.getInt(entry + 8) & 0xffffffffL;
      default -> otherwise;
    };
  }

  /** The bytes of an entry of type BYTE or UNDEFINED; none when absent or broken. */
  byte[] bytes(int tag) {
    Integer entry = entries.get(tag);
    if (entry == null) {
      return Header.NO_PROFILE;
    }
    long count = data.getInt(entry + 4) & 0xffffffffL;
    long at = data.getInt(entry + 8) & 0xffffffffL;
    if (count <= 4 || at + count > data.limit()) {
      return Header.NO_PROFILE;
    }
    int start = data.arrayOffset() + (int) at;
    return Arrays.copyOfRange(data.array(), start, start + (int) count);
  }
}
