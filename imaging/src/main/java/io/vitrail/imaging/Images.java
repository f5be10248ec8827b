package io.vitrail.imaging;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Reads and writes image files. Safe for use by many threads; keeps no state and no disk cache.
 *
 * <p>Reads PNG, JPEG, WebP, TIFF (first page), BMP and GIF (first frame), telling them by content.
 * Whatever is wrong with a file, one {@link ImageReadException} says it in one line.
 *
 * <p>16-bit samples keep their high byte, as Pillow does for RGB. Four-colour JPEG becomes RGB
 * through its profile, or by Pillow's formula when it has none. Grey stays one channel.
 */
public final class Images {
  private Images() {}

  /** Reads a file, upright and in sRGB, within the default limits. */
  public static Image read(Path file) throws IOException {
    return read(file, ReadOptions.DEFAULT);
  }

  /**
   * Reads a file.
   *
   * @throws ImageReadException if it is missing, too large, no image, or damaged
   */
  public static Image read(Path file, ReadOptions options) throws IOException {
    return decode(load(file, options.limits()), "'" + file + "'", options);
  }

  /** Reads an encoded image, upright and in sRGB, within the default limits. */
  public static Image read(byte[] encoded) throws IOException {
    return read(encoded, ReadOptions.DEFAULT);
  }

  /** Reads an encoded image; the array is not kept. */
  public static Image read(byte[] encoded, ReadOptions options) throws IOException {
    try {
      options.limits().checkFile(encoded.length);
    } catch (ImageReadException e) {
      throw named("input", e);
    }
    return decode(encoded, "input", options);
  }

  /** Reads a stream to its end, upright and in sRGB, within the default limits; leaves it open. */
  public static Image read(InputStream in) throws IOException {
    return read(in, ReadOptions.DEFAULT);
  }

  /** Reads a stream to its end; leaves it open. */
  public static Image read(InputStream in, ReadOptions options) throws IOException {
    long most = options.limits().maxFileBytes();
    byte[] bytes = in.readNBytes((int) Math.min(Integer.MAX_VALUE - 8L, most + 1));
    return read(bytes, options);
  }

  /** Reads only the header of a file: format, size as stored, orientation. */
  public static ImageInfo info(Path file) throws IOException {
    return info(load(file, ReadLimits.DEFAULT), "'" + file + "'");
  }

  /** Reads only the header of an encoded image. */
  public static ImageInfo info(byte[] encoded) throws IOException {
    return info(encoded, "input");
  }

  private static ImageInfo info(byte[] encoded, String name) throws ImageReadException {
    try {
      return header(encoded).info();
    } catch (ImageReadException e) {
      throw named(name, e);
    }
  }

  /** Writes a file in the format of its name: PNG, JPEG of quality 90 or lossless WebP. */
  public static void write(Image image, Path file) throws IOException {
    write(image, file, WriteOptions.forName(file));
  }

  /**
   * Writes a file: first under a temporary name in the same folder, which then takes the place of
   * {@code file}. When something fails, a file of that name is as it was before.
   *
   * @throws ImageWriteException if the folder is missing or not writable, the disk is full, or the
   *     format cannot hold the image
   */
  public static void write(Image image, Path file, WriteOptions options) throws IOException {
    AtomicFile.write(file, out -> encode(image, options, out));
  }

  /** Writes to a stream; leaves it open. */
  public static void write(Image image, OutputStream out, WriteOptions options) throws IOException {
    encode(image, options, out);
    out.flush();
  }

  /** The bytes of a file. */
  public static byte[] encode(Image image, WriteOptions options) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    encode(image, options, out);
    return out.toByteArray();
  }

  private static void encode(Image image, WriteOptions options, OutputStream out)
      throws IOException {
    if (options instanceof WriteOptions.Png png) {
      PngWriter.write(image, png.level(), out);
    } else if (options instanceof WriteOptions.Jpeg jpeg) {
      JpegWriter.write(image, jpeg, out);
    } else if (options instanceof WriteOptions.Webp webp) {
      WebpCodec.write(image, webp, out);
    }
  }

  private static byte[] load(Path file, ReadLimits limits) throws ImageReadException {
    String name = "'" + file + "'";
    try {
      if (Files.isDirectory(file)) {
        throw new ImageReadException("is a folder, expected an image file; name a file in it");
      }
      if (Files.isRegularFile(file)) {
        limits.checkFile(Files.size(file)); // a device or pipe has no size
      }
      try (InputStream in = Files.newInputStream(file)) {
        byte[] bytes =
            in.readNBytes((int) Math.min(Integer.MAX_VALUE - 8L, limits.maxFileBytes() + 1));
        limits.checkFile(bytes.length);
        return bytes;
      }
    } catch (ImageReadException e) {
      throw named(name, e);
    } catch (NoSuchFileException e) {
      throw new ImageReadException(
          name + " does not exist (looked for " + file.toAbsolutePath() + "); check the path", e);
    } catch (IOException e) {
      throw new ImageReadException(name + " cannot be read: " + reason(e), e);
    }
  }

  private static Header header(byte[] file) throws ImageReadException {
    if (file.length == 0) {
      throw new ImageReadException("is empty (0 bytes); " + Sniffer.EXPECTED);
    }
    ImageFormat format =
        Sniffer.format(file).orElseThrow(() -> new ImageReadException(Sniffer.unknown(file)));
    try {
      return switch (format) {
        case PNG -> PngReader.header(file);
        case JPEG -> JpegReader.header(file);
        case WEBP -> WebpCodec.header(file);
        case TIFF -> ImageIoReader.tiffHeader(file);
        case BMP -> ImageIoReader.bmpHeader(file);
        case GIF -> ImageIoReader.gifHeader(file);
      };
    } catch (ImageReadException e) {
      throw new ImageReadException(asA(format) + e.getMessage(), e);
    } catch (RuntimeException e) { // reading beyond the end of the array
      throw new ImageReadException(asA(format) + "its header ends too early; it is truncated", e);
    }
  }

  private static String asA(ImageFormat format) {
    return "cannot be read as " + format.label() + ": ";
  }

  private static Image decode(byte[] file, String name, ReadOptions options)
      throws ImageReadException {
    try {
      Header header = header(file);
      options.limits().checkSize(header.width(), header.height());
      Image image = decode(file, header, options);
      if (options.colours() == ReadOptions.Colours.SRGB
          && !(header.info().format() == ImageFormat.JPEG && image.isGrey())) {
        image = ColourProfiles.toSrgb(image, header.profile());
      }
      return options.turn() == ReadOptions.Turn.UPRIGHT
          ? image.turned(header.info().orientation())
          : image;
    } catch (ImageReadException e) {
      throw named(name, e);
    }
  }

  private static Image decode(byte[] file, Header header, ReadOptions options)
      throws ImageReadException {
    ImageFormat format = header.info().format();
    try {
      Image image =
          switch (format) {
            case PNG -> PngReader.decode(file);
            case JPEG -> JpegReader.decode(file, options.colours());
            case WEBP -> WebpCodec.decode(file, header);
            case TIFF, BMP, GIF -> ImageIoReader.decode(file, header, options.colours());
          };
      if (image.width() != header.width() || image.height() != header.height()) {
        throw new ImageReadException("its header and its pixels disagree about the size");
      }
      return image;
    } catch (ImageReadException e) {
      throw new ImageReadException(asA(format) + e.getMessage(), e);
    } catch (IOException | RuntimeException e) {
      // The JDK's decoders throw what comes along when a file is damaged.
      throw new ImageReadException(asA(format) + "it is damaged (" + reason(e) + ")", e);
    } catch (OutOfMemoryError e) {
      throw new ImageReadException(
          String.format(
              Locale.ROOT,
              "%d x %d pixels do not fit into the memory of this Java process (%d MB); raise -Xmx"
                  + " or lower ReadLimits.maxPixels",
              header.width(),
              header.height(),
              Runtime.getRuntime().maxMemory() >> 20),
          e);
    }
  }

  private static ImageReadException named(String name, ImageReadException e) {
    return new ImageReadException(name + " " + e.getMessage(), e);
  }

  /** One line about a foreign exception. */
  private static String reason(Exception e) {
    String message = e.getMessage();
    return message == null || message.isBlank()
        ? e.getClass().getSimpleName()
        : message.lines().findFirst().orElse("").strip();
  }
}
