package io.vitrail.imaging;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import javax.imageio.ImageReader;

/** Reads BMP, GIF (the first frame) and TIFF (the first page) with the JDK's decoders. */
final class ImageIoReader {
  private ImageIoReader() {}

  static Header bmpHeader(byte[] file) {
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    boolean old = in.getInt(14) == 12;
    int width = old ? in.getShort(18) & 0xffff : in.getInt(18);
    int height = old ? in.getShort(20) & 0xffff : in.getInt(22);
    // A negative height means rows from top to bottom.
    return Header.of(
        ImageFormat.BMP, width, Math.abs(height), Orientation.UPRIGHT, Header.NO_PROFILE);
  }

  static Header tiffHeader(byte[] file) throws ImageReadException {
    TiffTags tags = TiffTags.read(file, 0, file.length);
    long width = tags.number(TiffTags.WIDTH, 0);
    long height = tags.number(TiffTags.HEIGHT, 0);
    return Header.of(
        ImageFormat.TIFF,
        (int) Math.min(width, Integer.MAX_VALUE),
        (int) Math.min(height, Integer.MAX_VALUE),
        Orientation.ofExif((int) tags.number(TiffTags.ORIENTATION, 1)),
        tags.bytes(TiffTags.ICC_PROFILE));
  }

  static Header gifHeader(byte[] file) throws ImageReadException {
    GifFrame frame = GifFrame.first(file);
    return Header.of(
        ImageFormat.GIF,
        Math.max(frame.screenWidth(), frame.left() + frame.width()),
        Math.max(frame.screenHeight(), frame.top() + frame.height()),
        Orientation.UPRIGHT,
        Header.NO_PROFILE);
  }

  static Image decode(byte[] file, Header header, ReadOptions.Colours colours) throws IOException {
    ImageReader reader = JdkImageIo.reader(header.info().format());
    boolean[] damaged = {false};
    try {
      reader.addIIOReadWarningListener((source, warning) -> damaged[0] = true);
      reader.setInput(new ArrayImageInput(file), true, true);
      BufferedImage decoded = reader.read(0);
      if (damaged[0]) {
        throw new ImageReadException("it is damaged or truncated; get the whole file again");
      }
      if (isCmyk(decoded)) {
        byte[] profile = colours == ReadOptions.Colours.SRGB ? header.profile() : Header.NO_PROFILE;
        return Cmyk.toRgb(
            inks(decoded.getRaster()), decoded.getWidth(), decoded.getHeight(), profile);
      }
      Image image = BufferedImages.toImage(decoded, ReadOptions.Colours.AS_STORED);
      return header.info().format() == ImageFormat.GIF ? onScreen(image, file, header) : image;
    } finally {
      reader.dispose();
    }
  }

  private static boolean isCmyk(BufferedImage image) {
    return image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_CMYK
        && image.getRaster().getNumBands() == 4
        && image.getRaster().getTransferType() == DataBuffer.TYPE_BYTE;
  }

  private static byte[] inks(Raster raster) {
    return (byte[]) raster.getDataElements(0, 0, raster.getWidth(), raster.getHeight(), null);
  }

  /** A GIF frame on its screen, which is transparent where the frame does not reach. */
  private static Image onScreen(Image frame, byte[] file, Header header) throws ImageReadException {
    if (frame.width() == header.width() && frame.height() == header.height()) {
      return frame;
    }
    GifFrame place = GifFrame.first(file);
    return Image.blank(header.width(), header.height(), 4)
        .paste(frame.toRgba(), place.left(), place.top());
  }
}
