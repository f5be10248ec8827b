package io.vitrail.imaging;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * The segments of a JPEG file (ITU-T T.81, annex B): what its header says, and a stream with
 * nothing but the picture in it.
 *
 * <p>Decoders stumble over odd metadata (wrong JFIF versions, broken profiles, double EXIF), so
 * they get a stream without it, with one marker in front that says which colours are stored.
 */
final class JpegSegments {
  /** How the samples of a pixel are to be understood. */
  enum Colours {
    GREY,
    YCC,
    RGB,
    CMYK,
    YCCK
  }

  private static final int SOI = 0xd8;
  private static final int EOI = 0xd9;
  private static final int SOS = 0xda;
  private static final int APP0 = 0xe0;
  private static final int APP1 = 0xe1;
  private static final int APP2 = 0xe2;
  private static final int APP14 = 0xee;
  private static final int APP15 = 0xef;
  private static final int COM = 0xfe;

  private final byte[] file;
  private final ByteArrayOutputStream picture;
  private final Map<Integer, byte[]> profileParts = new TreeMap<>();
  private int width;
  private int height;
  private int components;
  private String componentIds = "";
  private boolean jfif;
  private int adobeTransform = -1;
  private Orientation orientation = Orientation.UPRIGHT;
  private boolean complete;
  private boolean endsInSegment;
  private boolean progressive;

  private JpegSegments(byte[] file) {
    this.file = file;
    this.picture = new ByteArrayOutputStream(file.length);
  }

  static JpegSegments parse(byte[] file) throws ImageReadException {
    JpegSegments segments = new JpegSegments(file);
    segments.parse();
    if (segments.components == 0) {
      throw new ImageReadException("its header ends too early; it is truncated");
    }
    return segments;
  }

  Header header() {
    return Header.of(ImageFormat.JPEG, width, height, orientation, profile());
  }

  /** Whether the end marker is there; without it the file may be truncated. */
  boolean complete() {
    return complete;
  }

  /**
   * Whether it is truncated for sure: it ends inside of a segment, or is progressive and lacks the
   * end marker, so that later scans, which decoders do not miss, may be gone.
   */
  boolean truncated() {
    return endsInSegment || progressive && !complete;
  }

  Colours colours() {
    return switch (components) {
      case 1 -> Colours.GREY;
      case 3 -> {
        boolean rgb = adobeTransform >= 0 ? adobeTransform == 0 : componentIds.equals("RGB");
        yield rgb && !jfif ? Colours.RGB : Colours.YCC;
      }
      default -> adobeTransform == 2 ? Colours.YCCK : Colours.CMYK;
    };
  }

  /**
   * The stream to decode. Its first marker makes the decoder turn YCC into RGB, and leave the
   * samples of other colours as they are.
   */
  byte[] picture() {
    byte[] body = picture.toByteArray();
    byte[] marker =
        switch (colours()) {
          case GREY, YCC ->
              new byte[] {-1, (byte) APP0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 2, 0, 0, 1, 0, 1, 0, 0};
          default ->
              new byte[] {-1, (byte) APP14, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0};
        };
    return ByteBuffer.allocate(body.length + marker.length + 4)
        .put((byte) 0xff)
        .put((byte) SOI)
        .put(marker)
        .put(body)
        .put((byte) 0xff)
        .put((byte) EOI)
        .array();
  }

  private void parse() throws ImageReadException {
    int at = 2;
    boolean scanSeen = false;
    while (true) {
      // To the next marker; a run of ff is padding.
      while (at + 1 < file.length && !(file[at] == -1 && isMarker(file[at + 1]))) {
        at++;
      }
      if (at + 1 >= file.length) {
        return;
      }
      int marker = file[at + 1] & 0xff;
      at += 2;
      if (marker == EOI) {
        complete = scanSeen;
        return;
      }
      if (marker == SOI || marker == 0x01) {
        continue;
      }
      if (at + 2 > file.length) {
        endsInSegment = true;
        return;
      }
      int length = (file[at] & 0xff) << 8 | file[at + 1] & 0xff;
      int start = at + 2;
      int end = at + length;
      if (length < 2 || end > file.length) {
        endsInSegment = true;
        return;
      }
      readSegment(marker, start, end);
      if (!(marker >= APP0 && marker <= APP15) && marker != COM) {
        copy(at - 2, end);
      }
      at = end;
      if (marker == SOS) {
        scanSeen = true;
        int scanEnd = endOfScan(end);
        copy(end, scanEnd);
        at = scanEnd;
      }
    }
  }

  private static boolean isMarker(byte b) {
    return b != 0 && b != -1;
  }

  /** First marker after the coded data that begins at {@code from}. */
  private int endOfScan(int from) {
    for (int i = from; i + 1 < file.length; i++) {
      if (file[i] == -1) {
        int next = file[i + 1] & 0xff;
        boolean restart = next >= 0xd0 && next <= 0xd7;
        if (next != 0 && next != 0xff && !restart) {
          return i;
        }
      }
    }
    return file.length;
  }

  private void copy(int from, int to) {
    picture.write(file, from, to - from);
  }

  private void readSegment(int marker, int start, int end) throws ImageReadException {
    switch (marker) {
      case APP0 -> jfif |= Sniffer.startsWith(file, start, "JFIF\0");
      case APP1 -> {
        if (Sniffer.startsWith(file, start, "Exif\0")
            && start + 6 < end
            && orientation == Orientation.UPRIGHT) {
          orientation = TiffTags.orientation(file, start + 6, end);
        }
      }
      case APP2 -> {
        if (Sniffer.startsWith(file, start, "ICC_PROFILE\0") && start + 14 < end) {
          profileParts.put(file[start + 12] & 0xff, Arrays.copyOfRange(file, start + 14, end));
        }
      }
      case APP14 -> {
        if (Sniffer.startsWith(file, start, "Adobe") && end - start >= 12) {
          adobeTransform = file[start + 11] & 0xff;
        }
      }
      default -> {
        boolean frame =
            marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
        if (frame) {
          readFrame(marker, start, end);
        }
      }
    }
  }

  private void readFrame(int marker, int start, int end) throws ImageReadException {
    if (components != 0) {
      throw new ImageReadException("it has two frame headers; it is damaged");
    }
    if (end - start < 6 || end - start < 6 + 3 * (file[start + 5] & 0xff)) {
      throw new ImageReadException("its frame header is too short; it is damaged");
    }
    if (marker > 0xc2) {
      String kind = marker == 0xc3 ? "lossless" : marker >= 0xc9 ? "arithmetic-coded" : "layered";
      throw new ImageReadException(
          "it is a " + kind + " JPEG, only baseline and progressive ones can be read; convert it");
    }
    if (file[start] != 8) {
      throw new ImageReadException(
          "it is a JPEG of " + file[start] + " bits, only those of 8 can be read; convert it");
    }
    progressive = marker == 0xc2;
    height = (file[start + 1] & 0xff) << 8 | file[start + 2] & 0xff;
    width = (file[start + 3] & 0xff) << 8 | file[start + 4] & 0xff;
    components = file[start + 5] & 0xff;
    if (components != 1 && components != 3 && components != 4) {
      throw new ImageReadException(
          "it has " + components + " colour components, expected 1, 3 or 4");
    }
    StringBuilder ids = new StringBuilder();
    for (int i = 0; i < components; i++) {
      ids.append((char) (file[start + 6 + 3 * i] & 0xff));
    }
    componentIds = ids.toString();
  }

  private byte[] profile() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    profileParts.values().forEach(out::writeBytes);
    return out.toByteArray();
  }
}
