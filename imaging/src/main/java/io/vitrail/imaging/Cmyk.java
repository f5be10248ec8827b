package io.vitrail.imaging;

/** Turns four inks, 255 being full ink, into RGB. */
final class Cmyk {
  private Cmyk() {}

  /** Through the profile if there is one that works, else by Pillow's formula. */
  static Image toRgb(byte[] ink, int width, int height, byte[] profile) {
    if (profile.length > 0) {
      Image converted = ColourProfiles.cmykToSrgb(ink, width, height, profile);
      if (converted != null) {
        return converted;
      }
    }
    byte[] out = new byte[Image.sampleCount(width, height, 3)];
    for (int i = 0, o = 0; o < out.length; i += 4, o += 3) {
      int white = 255 - (ink[i + 3] & 0xff);
      for (int c = 0; c < 3; c++) {
        int v = (ink[i + c] & 0xff) * white + 128;
        out[o + c] = (byte) Math.max(0, white - ((v + (v >> 8)) >> 8));
      }
    }
    return Image.of(width, height, 3, out);
  }
}
