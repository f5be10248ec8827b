package io.vitrail.cli;

import io.vitrail.cutout.CutoutSession;
import io.vitrail.imaging.Image;

/** What is made of a photo. */
sealed interface Finish {
  /** The picture to write. */
  Image make(CutoutSession session, Image photo);

  /** Whether no transparency is left. */
  boolean isOpaque();

  /** The cutout as it is: RGBA. */
  record Transparent() implements Finish {
    @Override
    public Image make(CutoutSession session, Image photo) {
      return session.remove(photo).image();
    }

    @Override
    public boolean isOpaque() {
      return false;
    }
  }

  /** Its opacity alone: one channel. */
  record Mask() implements Finish {
    @Override
    public Image make(CutoutSession session, Image photo) {
      return session.alpha(photo);
    }

    @Override
    public boolean isOpaque() {
      return true;
    }
  }

  /** The cutout over a background. */
  record Over(Background background) implements Finish {
    @Override
    public Image make(CutoutSession session, Image photo) {
      return background.under(session.remove(photo).image());
    }

    @Override
    public boolean isOpaque() {
      return background.isOpaque();
    }
  }
}
