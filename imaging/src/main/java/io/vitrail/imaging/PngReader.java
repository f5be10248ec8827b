package io.vitrail.imaging;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Reads PNG (W3C recommendation, third edition): every depth, palette, transparency, interlacing.
 *
 * <p>16-bit samples keep their high byte and 1, 2 and 4 bits are spread over 0..255. Transparency
 * by {@code tRNS} becomes alpha, so such images come as RGBA, as do grey images with alpha. {@code
 * gAMA} is ignored, as Pillow and OpenCV do. Of an animated PNG the default image is read.
 *
 * <p>ImageIO's reader is not used since it takes damaged files without a word.
 */
final class PngReader {
  /** Deflate cannot shrink by more than this: a file that claims more pixels is truncated. */
  private static final int MAX_DEFLATE_RATIO = 1032;

  private static final int MAX_PROFILE = 1 << 24;

  /** First column, first row, column step, row step of the seven passes of interlacing. */
  private static final int[][] PASSES = {
    {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
  };

  private static final int[][] ONE_PASS = {{0, 0, 1, 1}};

  private final byte[] file;
  private final List<int[]> dataChunks = new ArrayList<>();
  private final Inflater inflater = new Inflater();
  private int nextChunk;
  private long dataBytes;
  private int width;
  private int height;
  private int depth;
  private int colourType;
  private boolean interlaced;
  private byte[] palette = {};
  private byte[] transparency = {};
  private byte[] profile = Header.NO_PROFILE;
  private Orientation orientation = Orientation.UPRIGHT;

  private PngReader(byte[] file) {
    this.file = file;
  }

  static Header header(byte[] file) throws ImageReadException {
    PngReader reader = new PngReader(file);
    try {
      reader.parse();
      return Header.of(
          ImageFormat.PNG, reader.width, reader.height, reader.orientation, reader.profile);
    } finally {
      reader.inflater.end();
    }
  }

  static Image decode(byte[] file) throws ImageReadException {
    PngReader reader = new PngReader(file);
    try {
      reader.parse();
      return reader.pixels();
    } catch (DataFormatException e) {
      throw new ImageReadException("its compressed data is damaged (" + e.getMessage() + ")", e);
    } finally {
      reader.inflater.end();
    }
  }

  private void parse() throws ImageReadException {
    ByteBuffer in = ByteBuffer.wrap(file);
    int at = 8;
    boolean first = true;
    while (at + 8 <= file.length) {
      long length = in.getInt(at) & 0xffffffffL;
      String type = new String(file, at + 4, 4, StandardCharsets.US_ASCII);
      int start = at + 8;
      if (first != type.equals("IHDR")) {
        throw new ImageReadException("its first chunk is '" + printable(type) + "', expected IHDR");
      }
      if (length > file.length - start - 4L) {
        if (type.equals("IDAT")) {
          addData(start, file.length - start);
        }
        break; // truncated: whether enough is there shows when the rows are read
      }
      int end = start + (int) length;
      if (isCritical(type)) {
        checkCrc(type, start - 4, end);
      }
      switch (type) {
        case "IHDR" -> parseHeader(start, end);
        case "PLTE" -> palette = Arrays.copyOfRange(file, start, end);
        case "tRNS" -> transparency = Arrays.copyOfRange(file, start, end);
        case "IDAT" -> addData(start, end - start);
        case "eXIf" -> orientation = TiffTags.orientation(file, start, end);
        case "iCCP" -> profile = inflateProfile(start, end);
        case "IEND" -> {
          return;
        }
        default -> {
          if (isCritical(type)) {
            throw new ImageReadException("it has an unknown chunk '" + printable(type) + "'");
          }
        }
      }
      first = false;
      at = end + 4;
    }
    if (first) {
      throw new ImageReadException("its header ends too early; it is truncated");
    }
  }

  private void addData(int start, int length) {
    dataChunks.add(new int[] {start, length});
    dataBytes += length;
  }

  private static boolean isCritical(String type) {
    return type.equals("IHDR") || type.equals("PLTE") || type.equals("IDAT") || type.equals("IEND");
  }

  private static String printable(String type) {
    return type.replaceAll("[^ -~]", "?");
  }

  private void checkCrc(String type, int from, int end) throws ImageReadException {
    CRC32 crc = new CRC32();
    crc.update(file, from, end - from);
    if ((int) crc.getValue() != ByteBuffer.wrap(file).getInt(end)) {
      throw new ImageReadException("its chunk " + type + " has a wrong checksum; it is damaged");
    }
  }

  private void parseHeader(int start, int end) throws ImageReadException {
    if (end - start != 13) {
      throw new ImageReadException("its header has " + (end - start) + " bytes, expected 13");
    }
    ByteBuffer in = ByteBuffer.wrap(file);
    width = in.getInt(start);
    height = in.getInt(start + 4);
    depth = file[start + 8];
    colourType = file[start + 9];
    int interlace = file[start + 12];
    boolean known =
        switch (colourType) {
          case 0 -> depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
          case 3 -> depth == 1 || depth == 2 || depth == 4 || depth == 8;
          case 2, 4, 6 -> depth == 8 || depth == 16;
          default -> false;
        };
    if (!known
        || file[start + 10] != 0
        || file[start + 11] != 0
        || interlace < 0
        || interlace > 1) {
      throw new ImageReadException(
          "its header has colour type "
              + colourType
              + ", depth "
              + depth
              + ", interlacing "
              + interlace
              + ", which PNG does not know; it is damaged");
    }
    interlaced = interlace == 1;
  }

  private byte[] inflateProfile(int start, int end) {
    int at = start;
    while (at < end && file[at] != 0) {
      at++;
    }
    if (at + 2 > end) {
      return Header.NO_PROFILE;
    }
    Inflater zip = new Inflater();
    try {
      zip.setInput(file, at + 2, end - at - 2);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] buffer = new byte[8192];
      int n;
      while ((n = zip.inflate(buffer)) > 0 && out.size() < MAX_PROFILE) {
        out.write(buffer, 0, n);
      }
      return zip.finished() ? out.toByteArray() : Header.NO_PROFILE;
    } catch (DataFormatException e) {
      return Header.NO_PROFILE; // a broken profile counts as none
    } finally {
      zip.end();
    }
  }

  private int samplesPerPixel() {
    return switch (colourType) {
      case 2 -> 3;
      case 4 -> 2;
      case 6 -> 4;
      default -> 1;
    };
  }

  private Image pixels() throws ImageReadException, DataFormatException {
    if (colourType == 3 && palette.length < 3) {
      throw new ImageReadException("it is a palette image without a palette; it is damaged");
    }
    int bits = samplesPerPixel() * depth;
    int[][] passes = interlaced ? PASSES : ONE_PASS;
    long expected = 0;
    for (int[] pass : passes) {
      long columns = passSize(width, pass[0], pass[2]);
      long rows = passSize(height, pass[1], pass[3]);
      expected += columns == 0 ? 0 : rows * (1 + (columns * bits + 7) / 8);
    }
    if (expected > dataBytes * MAX_DEFLATE_RATIO) {
      throw truncated(0);
    }
    RowExpander expander = new RowExpander(depth, colourType, palette, transparency);
    int channels = expander.channels();
    byte[] out = new byte[Image.sampleCount(width, height, channels)];
    int step = Math.max(1, bits / 8);
    for (int[] pass : passes) {
      int columns = passSize(width, pass[0], pass[2]);
      int rows = columns == 0 ? 0 : passSize(height, pass[1], pass[3]);
      int rowLength = (int) (((long) columns * bits + 7) / 8);
      byte[] row = new byte[rowLength + 1];
      byte[] above = new byte[rowLength + 1];
      for (int y = 0; y < rows; y++) {
        int outRow = pass[1] + y * pass[3];
        if (!fill(row)) {
          throw truncated(interlaced ? 0 : outRow);
        }
        unfilter(row, above, step);
        int at = (outRow * width + pass[0]) * channels;
        expander.expand(row, columns, out, at, pass[2] * channels);
        byte[] swap = above;
        above = row;
        row = swap;
      }
    }
    return Image.of(width, height, channels, out);
  }

  private ImageReadException truncated(int row) {
    return new ImageReadException(
        "it is truncated: "
            + (row > 0 ? "only " + row + " of " + height + " rows are there" : "pixels are missing")
            + "; get the whole file again");
  }

  private static int passSize(int size, int first, int step) {
    return size <= first ? 0 : (size - first + step - 1) / step;
  }

  /** Inflates the next bytes; false when the data ends before the array is full. */
  private boolean fill(byte[] row) throws DataFormatException {
    int got = 0;
    while (got < row.length) {
      int n = inflater.inflate(row, got, row.length - got);
      got += n;
      if (n == 0) {
        if (inflater.finished() || inflater.needsDictionary() || nextChunk == dataChunks.size()) {
          return false;
        }
        int[] chunk = dataChunks.get(nextChunk++);
        inflater.setInput(file, chunk[0], chunk[1]);
      }
    }
    return true;
  }

  /** Undoes the row filter in place; index 0 of both rows is the filter byte. */
  private static void unfilter(byte[] row, byte[] above, int step) throws ImageReadException {
    int length = row.length;
    int firstEnd = Math.min(length, 1 + step);
    switch (row[0]) {
      case 0 -> {}
      case 1 -> {
        for (int i = firstEnd; i < length; i++) {
          row[i] += row[i - step];
        }
      }
      case 2 -> {
        for (int i = 1; i < length; i++) {
          row[i] += above[i];
        }
      }
      case 3 -> {
        for (int i = 1; i < firstEnd; i++) {
          row[i] += (byte) ((above[i] & 0xff) >> 1);
        }
        for (int i = firstEnd; i < length; i++) {
          row[i] += (byte) (((row[i - step] & 0xff) + (above[i] & 0xff)) >> 1);
        }
      }
      case 4 -> {
        for (int i = 1; i < firstEnd; i++) {
          row[i] += above[i];
        }
        for (int i = firstEnd; i < length; i++) {
          row[i] +=
              (byte) PngWriter.paeth(row[i - step] & 0xff, above[i] & 0xff, above[i - step] & 0xff);
        }
      }
      default ->
          throw new ImageReadException(
              "a row has filter " + (row[0] & 0xff) + ", expected 0..4; it is damaged");
    }
  }

  /** Turns the samples of a row, whatever their depth, into 8-bit grey, RGB or RGBA. */
  private static final class RowExpander {
    private final int depth;
    private final int colourType;
    private final byte[] palette;
    private final byte[] transparency;
    private final boolean keyed;
    private final int[] key = new int[3];

    RowExpander(int depth, int colourType, byte[] palette, byte[] transparency) {
      this.depth = depth;
      this.colourType = colourType;
      this.palette = palette;
      this.transparency = transparency;
      this.keyed =
          colourType == 0 && transparency.length >= 2
              || colourType == 2 && transparency.length >= 6;
      for (int i = 0; keyed && i < (colourType == 0 ? 1 : 3); i++) {
        key[i] = (transparency[2 * i] & 0xff) << 8 | transparency[2 * i + 1] & 0xff;
      }
    }

    int channels() {
      return switch (colourType) {
        case 0 -> keyed ? 4 : 1;
        case 2 -> keyed ? 4 : 3;
        case 3 -> transparency.length > 0 ? 4 : 3;
        default -> 4;
      };
    }

    /** Writes pixel i to {@code out[at + i * stride]}. */
    void expand(byte[] row, int columns, byte[] out, int at, int stride) {
      int channels = channels();
      boolean plain = depth == 8 && !keyed && colourType != 3 && colourType != 4;
      if (plain && stride == channels) {
        System.arraycopy(row, 1, out, at, columns * channels);
        return;
      }
      for (int x = 0, o = at; x < columns; x++, o += stride) {
        switch (colourType) {
          case 0 -> {
            int value = sample(row, x);
            byte grey = toByte(value);
            out[o] = grey;
            if (keyed) {
              out[o + 1] = grey;
              out[o + 2] = grey;
              out[o + 3] = (byte) (value == key[0] ? 0 : 255);
            }
          }
          case 3 -> {
            int index = sample(row, x);
            for (int c = 0; c < 3; c++) {
              int p = index * 3 + c;
              out[o + c] = p < palette.length ? palette[p] : 0;
            }
            if (channels == 4) {
              out[o + 3] = index < transparency.length ? transparency[index] : (byte) 255;
            }
          }
          case 4 -> {
            byte grey = toByte(sample(row, 2 * x));
            out[o] = grey;
            out[o + 1] = grey;
            out[o + 2] = grey;
            out[o + 3] = toByte(sample(row, 2 * x + 1));
          }
          default -> {
            int samples = colourType == 2 ? 3 : 4;
            boolean isKey = keyed;
            for (int c = 0; c < samples; c++) {
              int value = sample(row, x * samples + c);
              out[o + c] = toByte(value);
              isKey &= value == key[Math.min(c, 2)];
            }
            if (keyed) {
              out[o + 3] = (byte) (isKey ? 0 : 255);
            }
          }
        }
      }
    }

    private int sample(byte[] row, int index) {
      if (depth == 8) {
        return row[1 + index] & 0xff;
      }
      if (depth == 16) {
        return (row[1 + 2 * index] & 0xff) << 8 | row[2 + 2 * index] & 0xff;
      }
      int bit = index * depth;
      return (row[1 + bit / 8] & 0xff) >> (8 - depth - bit % 8) & ((1 << depth) - 1);
    }

    private byte toByte(int value) {
      return (byte)
          switch (depth) {
            case 16 -> value >> 8;
            case 8 -> value;
            default -> value * 255 / ((1 << depth) - 1);
          };
    }
  }
}
