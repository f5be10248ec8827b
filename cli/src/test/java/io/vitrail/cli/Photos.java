package io.vitrail.cli;

import io.vitrail.imaging.Colour;
import io.vitrail.imaging.Image;
import io.vitrail.imaging.Images;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** Files to cut out. */
final class Photos {
  private Photos() {}

  /** A grey ground with a red square, in the format of the file's name. */
  static Path square(Path file) throws IOException {
    return square(file, 48, 32);
  }

  static Path square(Path file, int width, int height) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Image square =
        Image.filled(Math.max(1, width / 2), Math.max(1, height / 2), new Colour(255, 0, 0));
    Images.write(
        Image.filled(width, height, new Colour(90, 90, 90)).paste(square, width / 4, height / 4),
        file);
    return file;
  }

  static Path grey16(Path file) throws IOException {
    BufferedImage image = new BufferedImage(20, 10, BufferedImage.TYPE_USHORT_GRAY);
    for (int x = 0; x < 20; x++) {
      image.getRaster().setSample(x, 5, 0, x * 3000);
    }
    ImageIO.write(image, "png", file.toFile());
    return file;
  }

  static Path cmykJpeg(Path file) throws IOException {
    WritableRaster raster = Raster.createInterleavedRaster(0, 16, 16, 4, null);
    for (int i = 0; i < 256; i++) {
      raster.setPixel(i % 16, i / 16, new int[] {i, 255 - i, 128, 10});
    }
    write(
        "jpeg", file, (writer, out) -> writer.write(null, new IIOImage(raster, null, null), null));
    return file;
  }

  static Path animatedGif(Path file) throws IOException {
    write(
        "gif",
        file,
        (writer, out) -> {
          writer.prepareWriteSequence(null);
          for (int frame = 0; frame < 3; frame++) {
            BufferedImage image = new BufferedImage(24, 24, BufferedImage.TYPE_BYTE_INDEXED);
            image.setRGB(frame, frame, 0xffffff);
            writer.writeToSequence(new IIOImage(image, null, null), null);
          }
          writer.endWriteSequence();
        });
    return file;
  }

  private interface Content {
    void write(ImageWriter writer, ImageOutputStream out) throws IOException;
  }

  private static void write(String format, Path file, Content content) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
      writer.setOutput(out);
      content.write(writer, out);
    } finally {
      writer.dispose();
    }
  }

  /** The first half of a file. */
  static Path halfOf(Path file, Path half) throws IOException {
    byte[] all = Files.readAllBytes(file);
    Files.write(half, java.util.Arrays.copyOf(all, all.length / 2));
    return half;
  }
}
