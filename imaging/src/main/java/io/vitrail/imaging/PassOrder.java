package io.vitrail.imaging;

/** Which passes a resize makes, in which order. */
enum PassOrder {
  HORIZONTAL_ONLY,
  VERTICAL_ONLY,
  HORIZONTAL_FIRST,
  VERTICAL_FIRST;

  /**
   * Pillow 13's choice; measured from its results, sizes of the whole image count, not the source.
   */
  static PassOrder of(int inWidth, int inHeight, int width, int height, Resize.Source source) {
    boolean horizontal = width != inWidth || source.left() != 0 || source.right() != width;
    boolean vertical = height != inHeight || source.top() != 0 || source.bottom() != height;
    if (!horizontal) {
      return VERTICAL_ONLY;
    }
    if (!vertical) {
      return HORIZONTAL_ONLY;
    }
    long narrower = Math.max(0, (long) inWidth - width);
    return (long) inHeight - height > 2 * narrower ? VERTICAL_FIRST : HORIZONTAL_FIRST;
  }
}
