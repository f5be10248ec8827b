package io.vitrail.imaging;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Where the first frame of a GIF lies on its screen (GIF89a, sections 18 and 20). */
record GifFrame(int screenWidth, int screenHeight, int left, int top, int width, int height) {
  private static final int EXTENSION = 0x21;
  private static final int IMAGE = 0x2c;

  static GifFrame first(byte[] file) throws ImageReadException {
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int at = 13 + tableBytes(in.get(10));
    while (true) {
      int block = in.get(at) & 0xff;
      if (block == IMAGE) {
        return new GifFrame(
            in.getShort(6) & 0xffff,
            in.getShort(8) & 0xffff,
            in.getShort(at + 1) & 0xffff,
            in.getShort(at + 3) & 0xffff,
            in.getShort(at + 5) & 0xffff,
            in.getShort(at + 7) & 0xffff);
      }
      if (block != EXTENSION) {
        throw new ImageReadException("it has no frame; it is damaged");
      }
      at += 2;
      for (int length = in.get(at) & 0xff; length > 0; length = in.get(at) & 0xff) {
        at += 1 + length;
      }
      at++;
    }
  }

  private static int tableBytes(byte flags) {
    return (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
  }
}
