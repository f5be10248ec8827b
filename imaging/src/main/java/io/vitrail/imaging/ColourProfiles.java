package io.vitrail.imaging;

import java.awt.color.CMMException;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.ColorConvertOp;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Brings samples in the space of an embedded ICC profile to sRGB. */
final class ColourProfiles {
  /** A profile within this of sRGB on all test colours is sRGB, whatever its name. */
  private static final float NEAR = 2 / 255f;

  private static final float[][] TEST_COLOURS = {
    {1, 0, 0},
    {0, 1, 0},
    {0, 0, 1},
    {1, 1, 1},
    {0.5f, 0.5f, 0.5f},
    {0.8f, 0.4f, 0.2f},
    {0.2f, 0.2f, 0.2f},
    {0.1f, 0.6f, 0.9f}
  };

  private ColourProfiles() {}

  /** The image in sRGB; unchanged when the profile is sRGB, broken, or not of its kind. */
  static Image toSrgb(Image image, byte[] profile) {
    if (image.isGrey() || profile.length == 0) {
      return image;
    }
    Optional<ICC_ColorSpace> space = open(profile, ColorSpace.TYPE_RGB);
    if (space.isEmpty()) {
      return image;
    }
    try {
      if (isSrgb(space.get())) {
        return image;
      }
      Image rgb = convert(image.toRgb().pixels(), image.width(), image.height(), space.get());
      return image.hasAlpha() ? rgb.withAlpha(image.channel(3)) : rgb;
    } catch (CMMException | IllegalArgumentException e) {
      return image;
    }
  }

  /** RGB from inks (255 is full ink), or null when the profile is broken or not for CMYK. */
  static @Nullable Image cmykToSrgb(byte[] ink, int width, int height, byte[] profile) {
    Optional<ICC_ColorSpace> space = open(profile, ColorSpace.TYPE_CMYK);
    if (space.isEmpty()) {
      return null;
    }
    try {
      return convert(ink, width, height, space.get());
    } catch (CMMException | IllegalArgumentException e) {
      return null;
    }
  }

  private static Optional<ICC_ColorSpace> open(byte[] profile, int type) {
    try {
      ICC_ColorSpace space = new ICC_ColorSpace(ICC_Profile.getInstance(profile));
      return space.getType() == type ? Optional.of(space) : Optional.empty();
    } catch (IllegalArgumentException | CMMException e) {
      return Optional.empty();
    }
  }

  private static boolean isSrgb(ColorSpace space) {
    for (float[] colour : TEST_COLOURS) {
      float[] srgb = space.toRGB(colour);
      for (int c = 0; c < 3; c++) {
        if (Math.abs(srgb[c] - colour[c]) > NEAR) {
          return false;
        }
      }
    }
    return true;
  }

  private static Image convert(byte[] samples, int width, int height, ICC_ColorSpace from) {
    byte[] out = new byte[Image.sampleCount(width, height, 3)];
    ColorSpace srgb = ColorSpace.getInstance(ColorSpace.CS_sRGB);
    new ColorConvertOp(from, srgb, null)
        .filter(
            BufferedImages.raster(samples, width, height, from.getNumComponents()),
            BufferedImages.raster(out, width, height, 3));
    return Image.of(width, height, 3, out);
  }
}
