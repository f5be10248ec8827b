package io.vitrail.imaging;

import java.util.ArrayList;
import java.util.List;

/**
 * A sheet of pictures with captions: same cells, row by row, each picture made smaller to fit its
 * cell and centred. Transparent pictures lie on a checkerboard.
 */
public final class ContactSheet {
  private static final int GAP = 8;

  private record Entry(Image image, String caption) {}

  private final int columns;
  private final int cellWidth;
  private final int cellHeight;
  private final List<Entry> entries = new ArrayList<>();

  /**
   * An empty sheet.
   *
   * @param columns pictures in a row
   * @param cellWidth room for a picture, in pixels
   * @param cellHeight room for a picture without its caption, in pixels
   */
  public ContactSheet(int columns, int cellWidth, int cellHeight) {
    Check.that(columns >= 1, "columns must be at least 1, got %d", columns);
    Image.sampleCount(cellWidth, cellHeight, 3);
    this.columns = columns;
    this.cellWidth = cellWidth;
    this.cellHeight = cellHeight;
  }

  /** Adds a picture without words. */
  public ContactSheet add(Image image) {
    return add(image, "");
  }

  /** Adds a picture with a line of text below it; text needs fonts, see {@link Drawing#label}. */
  public ContactSheet add(Image image, String caption) {
    entries.add(new Entry(fitted(image), caption));
    return this;
  }

  /**
   * Draws the sheet on white.
   *
   * @throws IllegalStateException if it is empty
   */
  public Image image() {
    if (entries.isEmpty()) {
      throw new IllegalStateException("the contact sheet is empty; add pictures first");
    }
    int textSize = Math.max(10, cellWidth / 16);
    boolean captions = entries.stream().anyMatch(e -> !e.caption().isEmpty());
    int captionHeight = captions ? textSize * 3 / 2 : 0;
    int usedColumns = Math.min(columns, entries.size());
    int rows = (entries.size() + columns - 1) / columns;
    int stepX = cellWidth + GAP;
    int stepY = cellHeight + captionHeight + GAP;
    Image sheet = Image.filled(GAP + usedColumns * stepX, GAP + rows * stepY, Colour.WHITE);
    for (int i = 0; i < entries.size(); i++) {
      Image picture = entries.get(i).image();
      int x = GAP + i % columns * stepX + (cellWidth - picture.width()) / 2;
      int y = GAP + i / columns * stepY + (cellHeight - picture.height()) / 2;
      sheet = sheet.paste(picture, x, y);
    }
    Drawing drawing = Drawing.on(sheet);
    for (int i = 0; i < entries.size(); i++) {
      String caption = entries.get(i).caption();
      if (!caption.isEmpty()) {
        int left = GAP + i % columns * stepX;
        int top = GAP + i / columns * stepY + cellHeight;
        drawing.centredText(left, left + cellWidth, top, caption, textSize, Colour.BLACK);
      }
    }
    return drawing.image();
  }

  private Image fitted(Image image) {
    double scale =
        Math.min(
            1, Math.min(cellWidth / (double) image.width(), cellHeight / (double) image.height()));
    Image small =
        Resize.to(
            image,
            Math.max(1, (int) (image.width() * scale + 0.5)),
            Math.max(1, (int) (image.height() * scale + 0.5)),
            ResizeFilter.LANCZOS);
    return small.hasAlpha()
        ? Composite.over(Drawing.checkerboard(small.width(), small.height(), 8), small)
        : small.toRgb();
  }
}
