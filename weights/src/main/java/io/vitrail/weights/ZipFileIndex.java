package io.vitrail.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The entries of a zip file and where their bytes are, so that stored entries can be mapped. {@link
 * java.util.zip.ZipFile} does not tell the offsets.
 *
 * <p>Reads the central directory, with zip64; does not read encrypted or split archives.
 */
final class ZipFileIndex {
  private static final int END = 0x06054b50;
  private static final int END64_LOCATOR = 0x07064b50;
  private static final int END64 = 0x06064b50;
  private static final int CENTRAL = 0x02014b50;
  private static final int LOCAL = 0x04034b50;
  private static final int END_LENGTH = 22;
  private static final int LONGEST_COMMENT = 0xffff;
  private static final long IN_ZIP64 = 0xffffffffL;
  private static final int STORED = 0;
  private static final int DEFLATED = 8;

  // Inflating may not take much more than the file: past this, ask for an uncompressed one.
  private static final int INFLATE_RATIO = 30;
  private static final long INFLATE_ALWAYS = 1 << 20;

  /** One entry. */
  record Entry(String name, int method, long compressed, long length, long localHeader) {}

  private final MappedFile file;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private long inflated;

  private ZipFileIndex(MappedFile file) {
    this.file = file;
  }

  static ZipFileIndex read(MappedFile file) throws IOException {
    ZipFileIndex index = new ZipFileIndex(file);
    index.readDirectory();
    return index;
  }

  /** The entries by name, in the order of the directory. */
  Map<String, Entry> entries() {
    return entries;
  }

  /** The bytes of a stored entry, mapped. */
  ByteBuffer stored(Entry entry) throws IOException {
    checkStored(entry);
    return raw(entry);
  }

  private void checkStored(Entry entry) throws IOException {
    if (entry.method != STORED) {
      throw file.malformed(
          "zip entry " + Text.quote(entry.name) + " stored as it is, as torch.save does",
          "a compressed one",
          "unpack the file and zip it again without compression (zip -0)");
    }
    if (entry.compressed != entry.length) {
      throw damaged("one length for stored entry " + Text.quote(entry.name), "two");
    }
  }

  /** Where in the file the bytes of a stored entry begin; it may be longer than a buffer. */
  long storedAt(Entry entry) throws IOException {
    checkStored(entry);
    return start(entry);
  }

  /** The bytes of a stored or deflated entry; the latter are inflated into memory. */
  ByteBuffer bytes(Entry entry) throws IOException {
    if (entry.method == STORED) {
      return stored(entry);
    }
    if (entry.method != DEFLATED) {
      throw file.malformed(
          "zip entry " + Text.quote(entry.name) + " stored or deflated",
          "compression method " + entry.method,
          "save it without compression");
    }
    inflated += entry.length;
    if (entry.length > Integer.MAX_VALUE
        || inflated < 0
        || inflated > INFLATE_ALWAYS + INFLATE_RATIO * file.size()) {
      throw file.malformed(
          "entries that inflate to at most " + INFLATE_RATIO + " times the file",
          Text.quote(entry.name) + " with " + Text.number(entry.length) + " bytes",
          "save it without compression (numpy.savez)");
    }
    return inflate(entry);
  }

  private ByteBuffer inflate(Entry entry) throws IOException {
    byte[] bytes = new byte[(int) entry.length];
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(raw(entry));
      int position = 0;
      int count;
      do {
        count = inflater.inflate(bytes, position, bytes.length - position);
        position += count;
      } while (count > 0);
      // A full array may still wait for the end mark; more than that would be a longer entry.
      boolean ended = inflater.finished() || inflater.inflate(new byte[1]) == 0;
      if (position != bytes.length || !ended || !inflater.finished()) {
        throw damaged(
            Text.number(bytes.length) + " inflated bytes in " + Text.quote(entry.name),
            ended ? Text.number(position) : "more");
      }
      return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    } catch (DataFormatException e) {
      throw damaged("deflated bytes in " + Text.quote(entry.name), "others");
    } finally {
      inflater.end();
    }
  }

  private ByteBuffer raw(Entry entry) throws IOException {
    return file.slice("zip entry " + Text.quote(entry.name), start(entry), entry.compressed);
  }

  /** Steps over the local header, whose name and extra field may differ from the directory's. */
  private long start(Entry entry) throws IOException {
    String what = "zip entry " + Text.quote(entry.name);
    ByteBuffer local = file.slice(what, entry.localHeader, 30);
    if (local.getInt(0) != LOCAL) {
      throw damaged("a local header for " + what, "other bytes");
    }
    return entry.localHeader + 30 + (local.getShort(26) & 0xffff) + (local.getShort(28) & 0xffff);
  }

  private void readDirectory() throws IOException {
    long tailStart = Math.max(0, file.size() - END_LENGTH - LONGEST_COMMENT);
    ByteBuffer tail = file.slice("the zip directory", tailStart, file.size() - tailStart);
    int end = tail.remaining() - END_LENGTH;
    while (end >= 0 && tail.getInt(end) != END) {
      end--;
    }
    if (end < 0) {
      throw damaged("a zip directory at the end of the file", "none");
    }
    long count = tail.getShort(end + 10) & 0xffff;
    long length = tail.getInt(end + 12) & IN_ZIP64;
    long offset = tail.getInt(end + 16) & IN_ZIP64;
    if (end >= 20 && tail.getInt(end - 20) == END64_LOCATOR) {
      ByteBuffer end64 = file.slice("the zip64 directory", tail.getLong(end - 12), 56);
      if (end64.getInt(0) != END64) {
        throw damaged("a zip64 directory", "other bytes");
      }
      count = end64.getLong(32);
      length = end64.getLong(40);
      offset = end64.getLong(48);
    }
    ByteBuffer directory = file.slice("the zip directory", offset, length);
    for (long i = 0; i < count; i++) {
      Entry entry = readEntry(directory);
      if (entries.putIfAbsent(entry.name, entry) != null) {
        throw damaged("one zip entry to a name", "two called " + Text.quote(entry.name));
      }
    }
  }

  private Entry readEntry(ByteBuffer in) throws IOException {
    int start = in.position();
    if (in.remaining() < 46 || in.getInt(start) != CENTRAL) {
      throw damaged("another zip directory entry", "other bytes");
    }
    int nameLength = in.getShort(start + 28) & 0xffff;
    int extraLength = in.getShort(start + 30) & 0xffff;
    int commentLength = in.getShort(start + 32) & 0xffff;
    if (in.remaining() < 46 + nameLength + extraLength + commentLength) {
      throw damaged("a whole zip directory entry", "a part");
    }
    if ((in.getShort(start + 8) & 1) != 0) {
      throw file.malformed("a plain zip file", "an encrypted one", "decrypt it first");
    }
    byte[] name = new byte[nameLength];
    in.get(start + 46, name);
    long compressed = in.getInt(start + 20) & IN_ZIP64;
    long length = in.getInt(start + 24) & IN_ZIP64;
    long header = in.getInt(start + 42) & IN_ZIP64;
    ByteBuffer wide =
        zip64Field(in.slice(start + 46 + nameLength, extraLength).order(ByteOrder.LITTLE_ENDIAN));
    // The zip64 field has only those numbers that did not fit, in this order.
    length = length == IN_ZIP64 && wide.remaining() >= 8 ? wide.getLong() : length;
    compressed = compressed == IN_ZIP64 && wide.remaining() >= 8 ? wide.getLong() : compressed;
    header = header == IN_ZIP64 && wide.remaining() >= 8 ? wide.getLong() : header;
    if (length < 0 || compressed < 0) {
      throw damaged("the length of a zip entry", "a negative one");
    }
    in.position(start + 46 + nameLength + extraLength + commentLength);
    int method = in.getShort(start + 10) & 0xffff;
    return new Entry(new String(name, StandardCharsets.UTF_8), method, compressed, length, header);
  }

  private static ByteBuffer zip64Field(ByteBuffer extra) {
    while (extra.remaining() >= 4) {
      int id = extra.getShort();
      int length = extra.getShort() & 0xffff;
      if (length > extra.remaining()) {
        break;
      }
      if (id == 1) {
        return extra.slice(extra.position(), length).order(ByteOrder.LITTLE_ENDIAN);
      }
      extra.position(extra.position() + length);
    }
    return ByteBuffer.allocate(0);
  }

  private MalformedWeightsException damaged(String expected, String got) {
    return file.malformed(expected, got, MappedFile.FETCH_AGAIN);
  }
}
