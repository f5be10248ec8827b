package io.vitrail.nn;

import io.vitrail.tensor.F;
import io.vitrail.tensor.Tensor;
import java.util.List;

/**
 * Multi-head self-attention with one projection for queries, keys and values, as timm's vision
 * transformers have it: [B, N, D] gives [B, N, D]. Its weights start truncated normal with
 * deviation 0.02, its biases at 0.
 */
public final class MultiHeadAttention extends UnaryLayer {
  private final int heads;
  private final Slot qkv;
  private final Slot proj;
  private final Dropout projDrop;

  /** Without dropout. */
  public MultiHeadAttention(long width, int heads) {
    this(width, heads, 0);
  }

  /**
   * @param dropout probability of an element of the result to become 0 in training
   */
  public MultiHeadAttention(long width, int heads, double dropout) {
    if (width % heads != 0) {
      throw new IllegalArgumentException(
          "width %d is not divisible by %d heads".formatted(width, heads));
    }
    this.heads = heads;
    qkv = slot("qkv", new Linear(width, 3 * width).startTruncNormal(0.02));
    proj = slot("proj", new Linear(width, width).startTruncNormal(0.02));
    projDrop = child("proj_drop", new Dropout(dropout));
  }

  public int heads() {
    return heads;
  }

  @Override
  public Tensor forward(Tensor x) { // [B, N, D]
    long b = x.size(0);
    long n = x.size(1);
    long width = x.size(2);
    long d = width / heads;
    List<Tensor> parts =
        qkv.forward(x).reshape(b, n, 3, heads, d).permute(2, 0, 3, 1, 4).unbind(0); // [B, h, N, d]
    Tensor y = F.attention(parts.get(0), parts.get(1), parts.get(2), null, 1 / Math.sqrt(d));
    return projDrop.forward(proj.forward(y.transpose(1, 2).reshape(b, n, width))); // [B, N, D]
  }
}
