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
    if ((long) header.width() * header.height() > (long) picture.length * MAX_PIXELS_PER_BYTE) {
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
    int width = raster.getWidth();
    int height = raster.getHeight();
    byte[] samples = ((DataBufferByte) raster.getDataBuffer()).getData();
    if (segments.colours() == JpegSegments.Colours.YCCK) {
      yccToInvertedInk(samples);
    }
    // From here on the samples are 255 - ink.
    byte[] profile = segments.header().profile();
    if (colours == ReadOptions.Colours.SRGB && profile.length > 0) {
      byte[] ink = samples.clone();
      for (int i = 0; i < ink.length; i++) {
        ink[i] = (byte) ~ink[i];
      }
      Image converted = ColourProfiles.cmykToSrgb(ink, width, height, profile);
      if (converted != null) {
        return converted;
      }
    }
    byte[] out = new byte[Image.sampleCount(width, height, 3)];
    for (int i = 0, o = 0; o < out.length; i += 4, o += 3) {
      int white = samples[i + 3] & 0xff;
      for (int c = 0; c < 3; c++) {
        int ink = 255 - (samples[i + c] & 0xff);
        int v = ink * white + 128;
        out[o + c] = (byte) Math.max(0, white - ((v + (v >> 8)) >> 8));
      }
    }
    return Image.of(width, height, 3, out);
  }

  /**
   * JFIF's conversion to RGB in 16-bit fixed point, on the first three of each four samples. Adobe
   * stores inverted inks as if they were inks, so that RGB is the ink, and 255 - RGB what we keep.
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
