package io.vitrail.imaging;

/** Float planes: {@code width * height} values, row-major. */
final class Planes {
  private Planes() {}

  static void checkLength(String name, float[] plane, int width, int height) {
    int expected = Image.sampleCount(width, height, 1);
    Check.that(
        plane.length == expected,
        "%s of %d x %d needs %d values, got %d",
        name,
        width,
        height,
        expected,
        plane.length);
  }

  /** One channel of an image as values in 0..1. */
  static float[] of(Image image, int channel) {
    byte[] pixels = image.pixels();
    int channels = image.channels();
    float[] plane = new float[image.width() * image.height()];
    for (int i = 0, p = channel; i < plane.length; i++, p += channels) {
      plane[i] = (pixels[p] & 0xff) / 255f;
    }
    return plane;
  }
}
