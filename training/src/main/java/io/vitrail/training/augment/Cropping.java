package io.vitrail.training.augment;

/** Which part of an image training sees. */
public enum Cropping {
  /** A part of random area and aspect, resized: {@link RandomResizedCrop}. */
  RESIZED,
  /** The short side resized, then a random square with 4 reflected pixels around (DeiT's "src"). */
  SIMPLE,
  /**
   * No resizing: {@code padding} black pixels around, then a random square. Shifts small images by
   * up to {@code padding} pixels.
   */
  PADDED,
  /** What evaluation sees: short side resized, centre cropped. */
  CENTRE
}
