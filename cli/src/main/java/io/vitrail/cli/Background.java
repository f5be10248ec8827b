package io.vitrail.cli;

import io.vitrail.imaging.Colour;
import io.vitrail.imaging.Composite;
import io.vitrail.imaging.Image;
import io.vitrail.imaging.Images;
import io.vitrail.imaging.Resize;
import io.vitrail.imaging.ResizeFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a cutout is laid over. */
sealed interface Background {
  /** The cutout over this background, in the cutout's size. */
  Image under(Image cutout);

  /** Whether no transparency is left. */
  boolean isOpaque();

  /** A colour as {@link Colour#parse} reads it, or else an image file. */
  static Background parse(String text) throws IOException {
    Path file = Path.of(text);
    if (Files.exists(file)) {
      return new Picture(Images.read(file));
    }
    try {
      return new Plain(Colour.parse(text));
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "--background: there is no file '%s', and %s".formatted(text, e.getMessage()), e);
    }
  }

  /** One colour. */
  record Plain(Colour colour) implements Background {
    @Override
    public Image under(Image cutout) {
      return Composite.over(colour, cutout);
    }

    @Override
    public boolean isOpaque() {
      return colour.isOpaque();
    }
  }

  /** A picture, scaled so that it fills the cutout's size, and cropped around its centre. */
  record Picture(Image image) implements Background {
    @Override
    public Image under(Image cutout) {
      return Composite.over(covering(image, cutout.width(), cutout.height()), cutout);
    }

    @Override
    public boolean isOpaque() {
      return !image.hasAlpha();
    }

    private static Image covering(Image image, int width, int height) {
      double scale = // background pixels to a cutout pixel
          Math.min((double) image.width() / width, (double) image.height() / height);
      float left = (float) Math.max(0, (image.width() - width * scale) / 2);
      float top = (float) Math.max(0, (image.height() - height * scale) / 2);
      return Resize.to(
          image,
          width,
          height,
          ResizeFilter.LANCZOS,
          new Resize.Source(left, top, image.width() - left, image.height() - top));
    }
  }
}
