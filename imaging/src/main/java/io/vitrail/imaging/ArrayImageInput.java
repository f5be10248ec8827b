package io.vitrail.imaging;

import javax.imageio.stream.ImageInputStreamImpl;

/** Feeds an array to ImageIO, without its caches in memory or on disk. */
final class ArrayImageInput extends ImageInputStreamImpl {
  private final byte[] data;

  ArrayImageInput(byte[] data) {
    this.data = data;
  }

  @Override
  public int read() {
    bitOffset = 0;
    return streamPos < data.length ? data[(int) streamPos++] & 0xff : -1;
  }

  @Override
  public int read(byte[] into, int offset, int length) {
    bitOffset = 0;
    if (streamPos >= data.length) {
      return -1;
    }
    int n = (int) Math.min(length, data.length - streamPos);
    System.arraycopy(data, (int) streamPos, into, offset, n);
    streamPos += n;
    return n;
  }

  @Override
  public long length() {
    return data.length;
  }
}
