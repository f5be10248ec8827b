package io.vitrail.imaging;

import java.awt.Point;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorConvertOp;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.DataBufferUShort;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;

/** Converts between {@link Image} and AWT's {@link BufferedImage}; always copies the pixels. */
public final class BufferedImages {
  private BufferedImages() {}

  /**
   * The pixels of an AWT image: grey stays grey, opaque becomes RGB, others RGBA. Samples of sRGB
   * and grey images of 8 and 16 bits (high byte) are taken as stored; images in other colour spaces
   * are converted to sRGB.
   */
  public static Image toImage(BufferedImage image) {
    return toImage(image, ReadOptions.Colours.SRGB);
  }

  /** As {@link #toImage(BufferedImage)}, but RGB samples may be left in their own space. */
  static Image toImage(BufferedImage image, ReadOptions.Colours colours) {
    ColorModel model = image.getColorModel();
    ColorSpace space = model.getColorSpace();
    boolean stored =
        model instanceof ComponentColorModel
            && image.getSampleModel() instanceof ComponentSampleModel
            && !(model.hasAlpha() && model.isAlphaPremultiplied())
            && (space.isCS_sRGB()
                || space.getType() == ColorSpace.TYPE_GRAY
                || space.getType() == ColorSpace.TYPE_RGB
                    && colours == ReadOptions.Colours.AS_STORED)
            && (model.getTransferType() == DataBuffer.TYPE_BYTE
                || model.getTransferType() == DataBuffer.TYPE_USHORT)
            && bitsAreFull(model);
    if (stored) {
      return fromComponents(image.getRaster(), model.getNumComponents());
    }
    boolean managed = !space.isCS_sRGB() && model.getNumColorComponents() > 1;
    return fromArgb(managed ? toSrgb(image) : image);
  }

  private static boolean bitsAreFull(ColorModel model) {
    int full = model.getTransferType() == DataBuffer.TYPE_BYTE ? 8 : 16;
    for (int bits : model.getComponentSize()) {
      if (bits != full) {
        return false;
      }
    }
    return true;
  }

  private static BufferedImage toSrgb(BufferedImage image) {
    int type =
        image.getColorModel().hasAlpha() ? BufferedImage.TYPE_INT_ARGB : BufferedImage.TYPE_INT_RGB;
    BufferedImage out = new BufferedImage(image.getWidth(), image.getHeight(), type);
    return new ColorConvertOp(null).filter(image, out);
  }

  private static Image fromComponents(Raster raster, int components) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    int channels = components == 2 ? 4 : components;
    byte[] out = new byte[Image.sampleCount(width, height, channels)];
    ComponentSampleModel model = (ComponentSampleModel) raster.getSampleModel();
    DataBuffer data = raster.getDataBuffer();
    int corner =
        -raster.getSampleModelTranslateY() * model.getScanlineStride()
            - raster.getSampleModelTranslateX() * model.getPixelStride();
    for (int c = 0; c < channels; c++) {
      // Grey with alpha becomes RGBA: the grey band three times.
      int band = components == 2 ? c / 3 : c;
      int bank = model.getBankIndices()[band];
      int first =
          corner
              + raster.getMinX() * model.getPixelStride()
              + raster.getMinY() * model.getScanlineStride()
              + model.getBandOffsets()[band]
              + data.getOffsets()[bank];
      for (int y = 0; y < height; y++) {
        int i = first + y * model.getScanlineStride();
        int o = y * width * channels + c;
        copyBand(data, bank, i, model.getPixelStride(), out, o, channels, width);
      }
    }
    return Image.of(width, height, channels, out);
  }

  private static void copyBand(
      DataBuffer data, int bank, int i, int step, byte[] out, int o, int outStep, int count) {
    if (data instanceof DataBufferByte bytes) {
      byte[] in = bytes.getData(bank);
      for (int n = 0; n < count; n++, i += step, o += outStep) {
        out[o] = in[i];
      }
    } else {
      short[] in = ((DataBufferUShort) data).getData(bank);
      for (int n = 0; n < count; n++, i += step, o += outStep) {
        out[o] = (byte) (in[i] >> 8);
      }
    }
  }

  private static Image fromArgb(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    int channels = image.getColorModel().hasAlpha() ? 4 : 3;
    byte[] out = new byte[Image.sampleCount(width, height, channels)];
    boolean direct =
        image.getType() == BufferedImage.TYPE_INT_RGB
            || image.getType() == BufferedImage.TYPE_INT_ARGB;
    int[] row = new int[width];
    for (int y = 0, o = 0; y < height; y++) {
      if (direct) {
        image.getRaster().getDataElements(0, y, width, 1, row);
      } else {
        image.getRGB(0, y, width, 1, row, 0, width);
      }
      for (int x = 0; x < width; x++, o += channels) {
        int argb = row[x];
        out[o] = (byte) (argb >> 16);
        out[o + 1] = (byte) (argb >> 8);
        out[o + 2] = (byte) argb;
        if (channels == 4) {
          out[o + 3] = (byte) (argb >>> 24);
        }
      }
    }
    return Image.of(width, height, channels, out);
  }

  /** An AWT image of type BYTE_GRAY, 3BYTE_BGR or 4BYTE_ABGR with the same samples. */
  public static BufferedImage toBuffered(Image image) {
    int type =
        switch (image.channels()) {
          case 1 -> BufferedImage.TYPE_BYTE_GRAY;
          case 3 -> BufferedImage.TYPE_3BYTE_BGR;
          default -> BufferedImage.TYPE_4BYTE_ABGR;
        };
    BufferedImage out = new BufferedImage(image.width(), image.height(), type);
    byte[] to = ((DataBufferByte) out.getRaster().getDataBuffer()).getData();
    byte[] from = image.pixels();
    int channels = image.channels();
    if (channels == 1) {
      System.arraycopy(from, 0, to, 0, from.length);
    } else {
      for (int i = 0; i < from.length; i += channels) {
        for (int c = 0; c < channels; c++) {
          to[i + channels - 1 - c] = from[i + c];
        }
      }
    }
    return out;
  }

  /** A raster over interleaved bytes, sharing the array. */
  static WritableRaster raster(byte[] samples, int width, int height, int channels) {
    int[] offsets = new int[channels];
    for (int c = 0; c < channels; c++) {
      offsets[c] = c;
    }
    return Raster.createWritableRaster(
        new PixelInterleavedSampleModel(
            DataBuffer.TYPE_BYTE, width, height, channels, width * channels, offsets),
        new DataBufferByte(samples, samples.length),
        new Point());
  }
}
