package io.vitrail.imaging;

/**
 * What a decoder found before decoding.
 *
 * @param info format, size and orientation
 * @param profile embedded ICC profile, empty when there is none
 */
record Header(ImageInfo info, byte[] profile) {
  static final byte[] NO_PROFILE = {};

  static Header of(
      ImageFormat format, int width, int height, Orientation orientation, byte[] profile) {
    return new Header(new ImageInfo(format, width, height, orientation), profile);
  }

  int width() {
    return info.width();
  }

  int height() {
    return info.height();
  }
}
