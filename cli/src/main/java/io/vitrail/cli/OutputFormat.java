package io.vitrail.cli;

import io.vitrail.imaging.ImageFormat;
import io.vitrail.imaging.WriteOptions;
import java.util.Locale;
import java.util.Optional;

/** What {@code --format} offers. */
enum OutputFormat {
  PNG(ImageFormat.PNG, WriteOptions.png()),
  JPG(ImageFormat.JPEG, WriteOptions.jpeg(90)),
  WEBP(ImageFormat.WEBP, WriteOptions.webpLossless());

  private final ImageFormat format;
  private final WriteOptions options;

  OutputFormat(ImageFormat format, WriteOptions options) {
    this.format = format;
    this.options = options;
  }

  static Optional<OutputFormat> of(ImageFormat format) {
    for (OutputFormat output : values()) {
      if (output.format == format) {
        return Optional.of(output);
      }
    }
    return Optional.empty();
  }

  WriteOptions options() {
    return options;
  }

  /** File name ending, without the dot. */
  String suffix() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return suffix();
  }
}
