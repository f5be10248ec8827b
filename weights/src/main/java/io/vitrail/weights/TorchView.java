package io.vitrail.weights;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The bytes from a tensor's first to its last element, cut out when the storage is located. */
final class TorchView {
  private final TorchStorage storage;
  private final long offset;
  private final long length;
  private ByteBuffer bytes = ByteBuffer.allocate(0);

  TorchView(TorchStorage storage, long offset, long length) {
    this.storage = storage;
    this.offset = offset;
    this.length = length;
  }

  void resolve(MappedFile file) throws IOException {
    String what = "storage " + Text.quote(storage.key());
    bytes = file.slice(what, storage.start(file) + offset, length);
  }

  ByteBuffer bytes() {
    return bytes;
  }
}
