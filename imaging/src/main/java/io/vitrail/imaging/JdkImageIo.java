package io.vitrail.imaging;

import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriter;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.spi.ImageReaderWriterSpi;
import javax.imageio.spi.ImageWriterSpi;

/**
 * The JDK's own ImageIO plug-ins. Others on the class path are passed over, so that results do not
 * depend on what else an application has; nothing is registered or changed.
 */
final class JdkImageIo {
  private JdkImageIo() {}

  static ImageReader reader(ImageFormat format) throws ImageReadException {
    try {
      return find(ImageReaderSpi.class, format).createReaderInstance();
    } catch (IOException e) {
      throw new ImageReadException("the Java runtime cannot start its " + format + " reader", e);
    }
  }

  static ImageWriter writer(ImageFormat format) throws ImageWriteException {
    try {
      return find(ImageWriterSpi.class, format).createWriterInstance();
    } catch (IOException e) {
      throw new ImageWriteException("the Java runtime cannot start its " + format + " writer", e);
    }
  }

  private static <T extends ImageReaderWriterSpi> T find(Class<T> kind, ImageFormat format) {
    Iterator<T> all = IIORegistry.getDefaultInstance().getServiceProviders(kind, true);
    while (all.hasNext()) {
      T spi = all.next();
      if (spi.getClass().getName().startsWith("com.sun.imageio.")) {
        for (String suffix : spi.getFileSuffixes()) {
          if (format.suffixes().contains(suffix)) {
            return spi;
          }
        }
      }
    }
    throw new IllegalStateException("this Java runtime has no plug-in for " + format.label());
  }
}
