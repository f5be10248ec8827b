package io.vitrail.imaging;

import com.luciad.imageio.webp.CompressionType;
import com.luciad.imageio.webp.WebPImageReaderSpi;
import com.luciad.imageio.webp.WebPImageWriterSpi;
import com.luciad.imageio.webp.WebPWriteParam;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;
import javax.imageio.IIOImage;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Reads and writes WebP through libwebp, which {@code webp-imageio} brings for Linux, macOS and
 * Windows. Decoding is libwebp's own, so equal to what Pillow and browsers give.
 */
final class WebpCodec {
  static final int MAX_SIDE = 16383;
  private static final int ANIMATION_FLAG = 0x02;

  private WebpCodec() {}

  static Header header(byte[] file) throws ImageReadException {
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int width = 0;
    int height = 0;
    Orientation orientation = Orientation.UPRIGHT;
    byte[] profile = Header.NO_PROFILE;
    int at = 12;
    while (at + 8 <= file.length) {
      long size = in.getInt(at + 4) & 0xffffffffL;
      int start = at + 8;
      long end = start + size;
      if (end > file.length) {
        throw new ImageReadException(
            "it is truncated: a part of " + size + " bytes is missing its end; get the whole file");
      }
      if (Sniffer.startsWith(file, at, "VP8X")) {
        if ((file[start] & ANIMATION_FLAG) != 0) {
          throw new ImageReadException(
              "it is an animated WebP, only still ones can be read; save one frame of it");
        }
        width = 1 + (in.getInt(start + 4) & 0xffffff);
        height = 1 + (in.getInt(start + 6) >>> 8);
      } else if (Sniffer.startsWith(file, at, "VP8L") && width == 0) {
        int bits = in.getInt(start + 1);
        width = 1 + (bits & 0x3fff);
        height = 1 + (bits >> 14 & 0x3fff);
      } else if (Sniffer.startsWith(file, at, "VP8 ") && width == 0) {
        width = in.getShort(start + 6) & 0x3fff;
        height = in.getShort(start + 8) & 0x3fff;
      } else if (Sniffer.startsWith(file, at, "ICCP")) {
        profile = Arrays.copyOfRange(file, start, (int) end);
      } else if (Sniffer.startsWith(file, at, "EXIF")) {
        // Some writers keep JPEG's prefix in front of the TIFF structure.
        int skip = Sniffer.startsWith(file, start, "Exif\0\0") ? 6 : 0;
        orientation = TiffTags.orientation(file, start + skip, (int) end);
      }
      at = (int) Math.min(file.length, end + (size & 1));
    }
    return Header.of(ImageFormat.WEBP, width, height, orientation, profile);
  }

  static Image decode(byte[] file, Header header) throws IOException {
    ImageReader reader = null;
    try {
      reader = new WebPImageReaderSpi().createReaderInstance();
      reader.setInput(new ArrayImageInput(file), true, true);
      Image image = BufferedImages.toImage(reader.read(0));
      if (image.width() != header.width() || image.height() != header.height()) {
        throw new ImageReadException("its parts disagree about its size; it is damaged");
      }
      return image;
    } catch (LinkageError e) {
      throw new ImageReadException(noLibrary(), e);
    } finally {
      if (reader != null) {
        reader.dispose();
      }
    }
  }

  static void write(Image image, WriteOptions.Webp options, OutputStream out) throws IOException {
    if (Math.max(image.width(), image.height()) > MAX_SIDE) {
      throw new ImageWriteException(
          String.format(
              Locale.ROOT,
              "image is %d x %d, WebP holds sides up to %d; write PNG or make it smaller",
              image.width(),
              image.height(),
              MAX_SIDE));
    }
    ImageWriter writer = null;
    try {
      writer = new WebPImageWriterSpi().createWriterInstance();
      WebPWriteParam param = (WebPWriteParam) writer.getDefaultWriteParam();
      if (options.lossless()) {
        param.setCompressionType(CompressionType.Lossless);
        param.setExact(true);
      } else {
        param.setCompressionType(CompressionType.Lossy);
        param.setCompressionQuality(options.quality() / 100f);
      }
      MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(out);
      writer.setOutput(stream);
      Image colour = image.isGrey() ? image.toRgb() : image;
      writer.write(null, new IIOImage(BufferedImages.toBuffered(colour), null, null), param);
      stream.flush();
    } catch (LinkageError e) {
      throw new ImageWriteException(noLibrary() + "; write PNG instead", e);
    } finally {
      if (writer != null) {
        writer.dispose();
      }
    }
  }

  private static String noLibrary() {
    return "WebP needs the native library of webp-imageio, which does not load on "
        + System.getProperty("os.name")
        + " "
        + System.getProperty("os.arch");
  }
}
