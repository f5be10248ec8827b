package io.vitrail.imaging;

import java.nio.file.Path;
import java.util.Optional;

/** The format to write, with its settings. */
public sealed interface WriteOptions {
  /** The format these options are for. */
  ImageFormat format();

  /** PNG at a compression level that suits cutouts: small, and fast to write. */
  static Png png() {
    return new Png(2);
  }

  /** PNG with zlib's level 0 (none) to 9 (smallest, slow). */
  static Png png(int level) {
    return new Png(level);
  }

  /** JPEG of a quality of 1..100, 90 looking like the original to most; alpha is refused. */
  static Jpeg jpeg(int quality) {
    return new Jpeg(quality, Optional.empty());
  }

  /** WebP with losses, of a quality of 0..100; alpha is kept. */
  static Webp webp(int quality) {
    return new Webp(false, quality);
  }

  /** WebP without losses: every sample comes back, also the colour under transparent pixels. */
  static Webp webpLossless() {
    return new Webp(true, 100);
  }

  /**
   * The usual options for a file's name: PNG, JPEG of quality 90, lossless WebP.
   *
   * @throws IllegalArgumentException if the name does not end like one of these
   */
  static WriteOptions forName(Path file) {
    Optional<ImageFormat> format = ImageFormat.ofName(file);
    if (format.isPresent() && format.get().isWritable()) {
      return switch (format.get()) {
        case JPEG -> jpeg(90);
        case WEBP -> webpLossless();
        default -> png();
      };
    }
    throw new IllegalArgumentException(
        "cannot tell from the name '"
            + file
            + "' which format to write"
            + format.map(f -> " (" + f.label() + " can only be read)").orElse("")
            + "; end it in .png, .jpg or .webp");
  }

  /**
   * PNG.
   *
   * @param level 0 (no compression) to 9 (smallest)
   */
  record Png(int level) implements WriteOptions {
    public Png {
      Check.that(level >= 0 && level <= 9, "PNG level must be in 0..9, got %d", level);
    }

    @Override
    public ImageFormat format() {
      return ImageFormat.PNG;
    }
  }

  /**
   * JPEG.
   *
   * @param quality 1..100, libjpeg's scale; colour is stored at half resolution (4:2:0)
   * @param background what transparent parts are laid over; images with alpha are refused without
   *     it
   */
  record Jpeg(int quality, Optional<Colour> background) implements WriteOptions {
    public Jpeg {
      Check.that(quality >= 1 && quality <= 100, "JPEG quality must be in 1..100, got %d", quality);
    }

    /** The same, laying transparent parts over a colour. */
    public Jpeg onto(Colour background) {
      return new Jpeg(quality, Optional.of(background));
    }

    @Override
    public ImageFormat format() {
      return ImageFormat.JPEG;
    }
  }

  /**
   * WebP.
   *
   * @param lossless keep every sample
   * @param quality 0..100; has no effect when lossless
   */
  record Webp(boolean lossless, int quality) implements WriteOptions {
    public Webp {
      Check.that(quality >= 0 && quality <= 100, "WebP quality must be in 0..100, got %d", quality);
    }

    @Override
    public ImageFormat format() {
      return ImageFormat.WEBP;
    }
  }
}
