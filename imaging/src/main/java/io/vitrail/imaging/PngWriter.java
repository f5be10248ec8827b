package io.vitrail.imaging;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Writes PNG (W3C recommendation, third edition): 8 bits, grey, RGB or RGBA, not interlaced.
 *
 * <p>Each row takes the filter (none, left, up or Paeth) whose differences are smallest on a sample
 * of the row. Looking at a sample costs little, and on photographs finds what the usual look at the
 * whole row finds.
 */
final class PngWriter {
  static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  private static final int NONE = 0;
  private static final int SUB = 1;
  private static final int UP = 2;
  private static final int PAETH = 4;

  private PngWriter() {}

  static void write(Image image, int level, OutputStream out) throws IOException {
    out.write(SIGNATURE);
    byte[] header = new byte[13];
    putInt(header, 0, image.width());
    putInt(header, 4, image.height());
    header[8] = 8;
    header[9] = (byte) (image.channels() == 1 ? 0 : image.channels() == 3 ? 2 : 6);
    chunk(out, "IHDR", header, header.length);
    writeRows(image, level, out);
    chunk(out, "IEND", new byte[0], 0);
  }

  private static void writeRows(Image image, int level, OutputStream out) throws IOException {
    int step = image.channels();
    int rowLength = image.width() * step;
    byte[] pixels = image.pixels();
    byte[] filtered = new byte[rowLength + 1];
    byte[] compressed = new byte[1 << 16];
    int filled = 0;
    byte[] zeros = new byte[rowLength];
    Deflater deflater = new Deflater(level);
    try {
      for (int y = 0; y <= image.height(); y++) {
        if (y == image.height()) {
          deflater.finish();
        } else {
          int row = y * rowLength;
          byte[] above = y == 0 ? zeros : pixels;
          int aboveRow = y == 0 ? 0 : row - rowLength;
          int filter =
              level == 0 ? NONE : bestFilter(pixels, row, above, aboveRow, rowLength, step);
          filter(filter, pixels, row, above, aboveRow, rowLength, step, filtered);
          deflater.setInput(filtered);
        }
        while (y == image.height() ? !deflater.finished() : !deflater.needsInput()) {
          filled += deflater.deflate(compressed, filled, compressed.length - filled);
          if (filled == compressed.length) {
            chunk(out, "IDAT", compressed, filled);
            filled = 0;
          }
        }
      }
      if (filled > 0) {
        chunk(out, "IDAT", compressed, filled);
      }
    } finally {
      deflater.end();
    }
  }

  /** The filter with the smallest sum of absolute differences over runs of 8 of each 32 samples. */
  private static int bestFilter(
      byte[] in, int row, byte[] above, int aboveRow, int length, int step) {
    long none = 0;
    long sub = 0;
    long up = 0;
    long paeth = 0;
    for (int start = step; start < length; start += 32) {
      int end = Math.min(start + 8, length);
      for (int i = start; i < end; i++) {
        int value = in[row + i];
        int left = in[row + i - step];
        int top = above[aboveRow + i];
        int corner = above[aboveRow + i - step];
        none += Math.abs(value);
        sub += Math.abs((byte) (value - left));
        up += Math.abs((byte) (value - top));
        paeth += Math.abs((byte) (value - paeth(left & 0xff, top & 0xff, corner & 0xff)));
      }
    }
    if (up <= sub && up <= paeth) {
      return up <= none ? UP : NONE;
    }
    if (sub <= paeth) {
      return sub <= none ? SUB : NONE;
    }
    return paeth <= none ? PAETH : NONE;
  }

  private static void filter(
      int filter,
      byte[] in,
      int row,
      byte[] above,
      int aboveRow,
      int length,
      int step,
      byte[] out) {
    out[0] = (byte) filter;
    int first = Math.min(step, length);
    switch (filter) {
      case NONE -> System.arraycopy(in, row, out, 1, length);
      case SUB -> {
        System.arraycopy(in, row, out, 1, first);
        for (int i = first; i < length; i++) {
          out[i + 1] = (byte) (in[row + i] - in[row + i - step]);
        }
      }
      case UP -> {
        for (int i = 0; i < length; i++) {
          out[i + 1] = (byte) (in[row + i] - above[aboveRow + i]);
        }
      }
      default -> {
        for (int i = 0; i < first; i++) {
          out[i + 1] = (byte) (in[row + i] - above[aboveRow + i]);
        }
        for (int i = first; i < length; i++) {
          int left = in[row + i - step] & 0xff;
          int top = above[aboveRow + i] & 0xff;
          int corner = above[aboveRow + i - step] & 0xff;
          out[i + 1] = (byte) (in[row + i] - paeth(left, top, corner));
        }
      }
    }
  }

  /** Paeth's predictor: whichever of the three is nearest to left + top - corner. */
  static int paeth(int left, int top, int corner) {
    int toLeft = Math.abs(top - corner);
    int toTop = Math.abs(left - corner);
    int toCorner = Math.abs(left + top - 2 * corner);
    if (toLeft <= toTop && toLeft <= toCorner) {
      return left;
    }
    return toTop <= toCorner ? top : corner;
  }

  private static void chunk(OutputStream out, String type, byte[] data, int length)
      throws IOException {
    byte[] start = new byte[8];
    putInt(start, 0, length);
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(name, 0, start, 4, 4);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(data, 0, length);
    byte[] end = new byte[4];
    putInt(end, 0, (int) crc.getValue());
    out.write(start);
    out.write(data, 0, length);
    out.write(end);
  }

  private static void putInt(byte[] out, int at, int value) {
    out[at] = (byte) (value >>> 24);
    out[at + 1] = (byte) (value >>> 16);
    out[at + 2] = (byte) (value >>> 8);
    out[at + 3] = (byte) value;
  }
}
