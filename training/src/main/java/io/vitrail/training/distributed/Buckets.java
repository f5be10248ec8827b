package io.vitrail.training.distributed;

import io.vitrail.tensor.DType;
import io.vitrail.tensor.F;
import io.vitrail.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Few large messages instead of many small ones. */
final class Buckets {
  static final long BYTES = 25L << 20;

  private Buckets() {}

  /**
   * Neighbours of one type, up to {@link #BYTES} together; a larger tensor is alone. The same on
   * every rank, since it depends on shapes only.
   */
  static List<List<Tensor>> of(List<Tensor> tensors) {
    List<List<Tensor>> buckets = new ArrayList<>();
    long bytes = 0;
    DType dtype = null;
    for (Tensor tensor : tensors) {
      if (buckets.isEmpty() || tensor.dtype() != dtype || bytes + tensor.byteSize() > BYTES) {
        buckets.add(new ArrayList<>());
        bytes = 0;
        dtype = tensor.dtype();
      }
      buckets.get(buckets.size() - 1).add(tensor);
      bytes += tensor.byteSize();
    }
    return buckets;
  }

  /** All elements of a bucket, row-major, one tensor after the other. */
  static Tensor flatten(List<Tensor> bucket) {
    return F.cat(0, bucket.stream().map(t -> t.reshape(-1)).toList());
  }

  static void copyBack(Tensor flat, List<Tensor> bucket) {
    long start = 0;
    for (Tensor tensor : bucket) {
      tensor.copyInPlace(flat.narrow(0, start, tensor.count()).reshape(tensor.shape()));
      start += tensor.count();
    }
  }
}
