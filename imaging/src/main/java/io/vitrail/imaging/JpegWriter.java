package io.vitrail.imaging;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import javax.imageio.IIOImage;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Writes baseline JPEG with the JDK's encoder (libjpeg). */
final class JpegWriter {
  private static final int MAX_SIDE = 65500;

  private JpegWriter() {}

  static void write(Image image, WriteOptions.Jpeg options, OutputStream out) throws IOException {
    if (image.hasAlpha() && options.background().isEmpty()) {
      throw new ImageWriteException(
          "JPEG cannot hold transparency and the image has alpha; write PNG or WebP, or give a"
              + " background with WriteOptions.jpeg(quality).onto(colour)");
    }
    if (Math.max(image.width(), image.height()) > MAX_SIDE) {
      throw new ImageWriteException(
          String.format(
              Locale.ROOT,
              "image is %d x %d, JPEG holds sides up to %d; write PNG or make it smaller",
              image.width(),
              image.height(),
              MAX_SIDE));
    }
    Image opaque = image.hasAlpha() ? Composite.over(options.background().get(), image) : image;
    ImageWriter writer = JdkImageIo.writer(ImageFormat.JPEG);
    try {
      ImageWriteParam param = writer.getDefaultWriteParam();
      param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      param.setCompressionQuality(options.quality() / 100f);
      MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(out);
      writer.setOutput(stream);
      writer.write(null, new IIOImage(BufferedImages.toBuffered(opaque), null, null), param);
      stream.flush();
    } finally {
      writer.dispose();
    }
  }
}
