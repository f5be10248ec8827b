package io.vitrail.imaging;

import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.IOException;
import javax.imageio.ImageReader;

/**
 * Reads JPEG with the JDK's decoder (libjpeg): baseline and progressive; grey, YCbCr, RGB, CMYK and
 * YCCK. Four-colour files are taken as inverted, as Adobe writes them and Pillow reads them.
 */
final class JpegReader {
  /** A block of 8 x 8 pixels takes at least one bit of coded data. */
  private static final int MAX_PIXELS_PER_BYTE = 8 * 64;

  private JpegReader() {}

  static Header header(byte[] file) throws ImageReadException {
    return JpegSegments.parse(file).header();
  }

  static Image decode(byte[] file, ReadOptions.Colours colours) throws IOException {
    JpegSegments segments = JpegSegments.parse(file);
    Header header = segments.header();
    byte[] picture = segments.picture();
    boolean tooShort =
        (long) header.width() * header.height() > (long) picture.length * MAX_PIXELS_PER_BYTE;
    if (tooShort || segments.truncated()) {
      throw truncated();
    }
    boolean[] endsEarly = {false};
    ImageReader reader = JdkImageIo.reader(ImageFormat.JPEG);
    try {
      reader.addIIOReadWarningListener(
          (source, warning) ->
              endsEarly[0] |= !segments.complete() || warning.contains("premature end"));
      reader.setInput(new ArrayImageInput(picture), true, true);
      Image image =
          switch (segments.colours()) {
            case CMYK, YCCK -> fourColours(reader.readRaster(0, null), segments, colours);
            // The profile was taken out, so grey or RGB come as they are stored.
            default -> BufferedImages.toImage(reader.read(0));
          };
      if (endsEarly[0]) {
        throw truncated();
      }
      return image;
    } finally {
      reader.dispose();
    }
  }

  private static ImageReadException truncated() {
    return new ImageReadException(
        "it is truncated: the coded data ends before the last row; get the whole file again");
  }

  private static Image fourColours(
      Raster raster, JpegSegments segments, ReadOptions.Colours colours) {
    byte[] ink = ((DataBufferByte) raster.getDataBuffer()).getData();
    if (segments.colours() == JpegSegments.Colours.YCCK) {
      yccToInvertedInk(ink);
    }
    for (int i = 0; i < ink.length; i++) {
      ink[i] = (byte) ~ink[i];
    }
    byte[] profile =
        colours == ReadOptions.Colours.SRGB ? segments.header().profile() : Header.NO_PROFILE;
    return Cmyk.toRgb(ink, raster.getWidth(), raster.getHeight(), profile);
  }

  /**
   * JFIF's conversion to RGB in 16-bit fixed point, on the first three of each four samples. Adobe
   * stores inverted inks as if they were inks, so that RGB is the ink, and 255 - RGB its inverse.
   */
  private static void yccToInvertedInk(byte[] samples) {
    int half = 1 << 15;
    for (int i = 0; i < samples.length; i += 4) {
      int y = samples[i] & 0xff;
      int cb = (samples[i + 1] & 0xff) - 128;
      int cr = (samples[i + 2] & 0xff) - 128;
      samples[i] = inverted(y + ((91881 * cr + half) >> 16));
      samples[i + 1] = inverted(y + ((-22554 * cb - 46802 * cr + half) >> 16));
      samples[i + 2] = inverted(y + ((116130 * cb + half) >> 16));
    }
  }

  private static byte inverted(int value) {
    return (byte) (255 - Math.max(0, Math.min(255, value)));
  }
}
