package io.vitrail.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptionalList;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * An n-dimensional array of the engine, with the everyday operators; those of networks are in
 * {@link F}.
 *
 * <p>Operators give a new tensor and leave their inputs alone; names that end in {@code InPlace}
 * change the tensor itself. Shapes broadcast as in NumPy; negative dimensions count from the end.
 * What an operator cannot do ends in a {@link TensorException} with all shapes in it. A tensor dies
 * with its {@link Scope}.
 */
public final class Tensor implements AutoCloseable {
  /** Values in {@link #toString}. */
  private static final int SHOWN = 6;

  private final org.bytedeco.pytorch.Tensor handle;
  private final String madeBy;
  private final @Nullable Scope scope;

  private Tensor(org.bytedeco.pytorch.Tensor handle, String madeBy, @Nullable Scope scope) {
    this.handle = handle;
    this.madeBy = madeBy;
    this.scope = scope;
  }

  // ---- making tensors

  /** A float32 tensor with the numbers of {@code values} in row-major order. */
  public static Tensor of(float[] values, long... shape) {
    return Elements.filled(
        "of", DType.F32, values.length, bytes -> bytes.asFloatBuffer().put(values), shape);
  }

  /** A float64 tensor with the numbers of {@code values} in row-major order. */
  public static Tensor of(double[] values, long... shape) {
    return Elements.filled(
        "of", DType.F64, values.length, bytes -> bytes.asDoubleBuffer().put(values), shape);
  }

  /** An int64 tensor with the numbers of {@code values} in row-major order. */
  public static Tensor of(long[] values, long... shape) {
    return Elements.filled(
        "of", DType.I64, values.length, bytes -> bytes.asLongBuffer().put(values), shape);
  }

  /** An int32 tensor with the numbers of {@code values} in row-major order. */
  public static Tensor of(int[] values, long... shape) {
    return Elements.filled(
        "of", DType.I32, values.length, bytes -> bytes.asIntBuffer().put(values), shape);
  }

  /** A uint8 tensor with the bytes of {@code values}, read as 0 to 255, in row-major order. */
  public static Tensor of(byte[] values, long... shape) {
    return Elements.filled("of", DType.U8, values.length, bytes -> bytes.put(values), shape);
  }

  /** A bool tensor with {@code values} in row-major order. */
  public static Tensor of(boolean[] values, long... shape) {
    return Elements.filled(
        "of",
        DType.BOOL,
        values.length,
        bytes -> {
          for (boolean value : values) {
            bytes.put((byte) (value ? 1 : 0));
          }
        },
        shape);
  }

  /**
   * A copy of raw little-endian elements.
   *
   * @param data as many bytes as {@code shape} and {@code dtype} need; its position does not move
   */
  public static Tensor copyOf(ByteBuffer data, DType dtype, long... shape) {
    Elements.checkBytes("copyOf", data, dtype, shape);
    Tensor tensor = empty(dtype, shape);
    Elements.bytes(tensor).put(data.duplicate());
    return tensor;
  }

  /**
   * A tensor over the memory of {@code data}, which is not copied and stays reachable as long as
   * the engine needs it. Changes of one are seen in the other. A tensor over a read-only buffer,
   * such as a mapped file, must never be changed in place: that ends the process.
   *
   * @param data a direct buffer of as many bytes as {@code shape} and {@code dtype} need,
   *     little-endian
   */
  public static Tensor view(ByteBuffer data, DType dtype, long... shape) {
    Elements.checkBytes("view", data, dtype, shape);
    if (!data.isDirect()) {
      throw new TensorException("view: needs a direct buffer; copy an array by Tensor.of");
    }
    NativeLibrary.load();
    return data.hasRemaining()
        ? run("view", () -> Elements.view(data, dtype, shape))
        : empty(dtype, shape);
  }

  /** A 0-dimensional float32 tensor. */
  public static Tensor scalar(double value) {
    return full(value, DType.F32);
  }

  /** Uninitialised memory of the given shape, on the CPU. */
  public static Tensor empty(DType dtype, long... shape) {
    NativeLibrary.load();
    return run("empty", () -> torch.empty(shape, options(dtype), new MemoryFormatOptional()));
  }

  /** Float32 zeros. */
  public static Tensor zeros(long... shape) {
    return full(0, DType.F32, shape);
  }

  /** Float32 ones. */
  public static Tensor ones(long... shape) {
    return full(1, DType.F32, shape);
  }

  /** A tensor filled with one value. */
  public static Tensor full(double value, DType dtype, long... shape) {
    NativeLibrary.load();
    return run("full", () -> torch.full(shape, new Scalar(value), options(dtype)));
  }

  /** The int64 numbers {@code 0 .. end - 1}. */
  public static Tensor arange(long end) {
    NativeLibrary.load();
    return run("arange", () -> torch.arange(new Scalar(end), options(DType.I64)));
  }

  /** {@code steps} float32 numbers from {@code start} to {@code end}, both included. */
  public static Tensor linspace(double start, double end, long steps) {
    NativeLibrary.load();
    return run(
        "linspace",
        () -> torch.linspace(new Scalar(start), new Scalar(end), steps, options(DType.F32)));
  }

  /** Zeros of this tensor's shape, type and device. */
  public Tensor zerosLike() {
    return run("zerosLike", () -> torch.zeros_like(nat()), this);
  }

  // ---- what it is

  /** Sizes of the dimensions. */
  public long[] shape() {
    long[] shape = new long[dim()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = nat().size(i);
    }
    return shape;
  }

  /** Size of one dimension; negative ones count from the end. */
  public long size(int dim) {
    int dims = dim();
    if (dim < -dims || dim >= dims) {
      throw new TensorException("size: no dimension " + dim + " in " + describe());
    }
    return nat().size(dim);
  }

  /** Number of dimensions. */
  public int dim() {
    return (int) nat().dim();
  }

  /** Number of elements. */
  public long count() {
    return nat().numel();
  }

  /** Bytes of all elements. */
  public long byteSize() {
    return count() * dtype().bytes();
  }

  public DType dtype() {
    return DType.of(nat().scalar_type());
  }

  public Device device() {
    return Device.of(nat().device());
  }

  /** Whether elements lie in row-major order without gaps. */
  public boolean isContiguous() {
    return nat().is_contiguous();
  }

  /** Whether the memory order is B, H, W, C, as convolutions like it. */
  public boolean isChannelsLast() {
    return dim() == 4 && nat().is_contiguous(torch.MemoryFormat.ChannelsLast);
  }

  // ---- numbers out

  /** The value of a tensor with one element. */
  public double item() {
    if (count() != 1) {
      throw new TensorException("item: a tensor with one element is needed, got " + describe());
    }
    return nat().item_double();
  }

  /** All elements as float32, row-major. Copies. */
  public float[] toFloats() {
    try (Scope inner = Scope.open()) {
      float[] values = new float[Elements.arrayLength(this)];
      Elements.read(this, DType.F32).asFloatBuffer().get(values);
      return values;
    }
  }

  /** All elements as float64, row-major. Copies. */
  public double[] toDoubles() {
    try (Scope inner = Scope.open()) {
      double[] values = new double[Elements.arrayLength(this)];
      Elements.read(this, DType.F64).asDoubleBuffer().get(values);
      return values;
    }
  }

  /** All elements as int64, row-major. Copies. */
  public long[] toLongs() {
    try (Scope inner = Scope.open()) {
      long[] values = new long[Elements.arrayLength(this)];
      Elements.read(this, DType.I64).asLongBuffer().get(values);
      return values;
    }
  }

  /** All elements as bytes, row-major; type must be uint8, int8 or bool. Copies. */
  public byte[] toBytes() {
    if (dtype().bytes() != 1) {
      throw new TensorException("toBytes: needs uint8, int8 or bool, got " + describe());
    }
    try (Scope inner = Scope.open()) {
      byte[] values = new byte[Elements.arrayLength(this)];
      Elements.read(this, dtype()).get(values);
      return values;
    }
  }

  /** The raw elements, little-endian, row-major, in a buffer of their own. */
  public ByteBuffer toByteBuffer() {
    try (Scope inner = Scope.open()) {
      ByteBuffer source = Elements.read(this, dtype());
      ByteBuffer copy = ByteBuffer.allocateDirect(source.remaining());
      return copy.put(source).flip().order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  // ---- arithmetic

  public Tensor add(Tensor other) {
    return run("add", () -> nat().add(other.nat()), this, other);
  }

  public Tensor add(double value) {
    return run("add", () -> nat().add(new Scalar(value)), this);
  }

  /** {@code this + times * other}. */
  public Tensor add(Tensor other, double times) {
    return run("add", () -> nat().add(other.nat(), new Scalar(times)), this, other);
  }

  public Tensor sub(Tensor other) {
    return run("sub", () -> nat().sub(other.nat()), this, other);
  }

  public Tensor sub(double value) {
    return run("sub", () -> nat().sub(new Scalar(value)), this);
  }

  /** {@code value - this}. */
  public Tensor subFrom(double value) {
    return run("subFrom", () -> torch.rsub(nat(), new Scalar(value)), this);
  }

  public Tensor mul(Tensor other) {
    return run("mul", () -> nat().mul(other.nat()), this, other);
  }

  public Tensor mul(double value) {
    return run("mul", () -> nat().mul(new Scalar(value)), this);
  }

  public Tensor div(Tensor other) {
    return run("div", () -> nat().div(other.nat()), this, other);
  }

  public Tensor div(double value) {
    return run("div", () -> nat().div(new Scalar(value)), this);
  }

  /** {@code 1 / this}. */
  public Tensor reciprocal() {
    return run("reciprocal", () -> nat().reciprocal(), this);
  }

  /** The larger of both, element by element. */
  public Tensor maximum(Tensor other) {
    return run("maximum", () -> nat().maximum(other.nat()), this, other);
  }

  /** The smaller of both, element by element. */
  public Tensor minimum(Tensor other) {
    return run("minimum", () -> nat().minimum(other.nat()), this, other);
  }

  public Tensor pow(double exponent) {
    return run("pow", () -> nat().pow(new Scalar(exponent)), this);
  }

  public Tensor neg() {
    return run("neg", () -> nat().neg(), this);
  }

  public Tensor abs() {
    return run("abs", () -> nat().abs(), this);
  }

  public Tensor exp() {
    return run("exp", () -> nat().exp(), this);
  }

  public Tensor log() {
    return run("log", () -> nat().log(), this);
  }

  public Tensor sqrt() {
    return run("sqrt", () -> nat().sqrt(), this);
  }

  public Tensor rsqrt() {
    return run("rsqrt", () -> nat().rsqrt(), this);
  }

  public Tensor sin() {
    return run("sin", () -> nat().sin(), this);
  }

  public Tensor cos() {
    return run("cos", () -> nat().cos(), this);
  }

  public Tensor tanh() {
    return run("tanh", () -> nat().tanh(), this);
  }

  /** The error function. */
  public Tensor erf() {
    return run("erf", () -> nat().erf(), this);
  }

  /** The inverse of {@link #erf}. */
  public Tensor erfInv() {
    return run("erfInv", () -> nat().erfinv(), this);
  }

  public Tensor floor() {
    return run("floor", () -> nat().floor(), this);
  }

  public Tensor ceil() {
    return run("ceil", () -> nat().ceil(), this);
  }

  /** -1, 0 or 1. */
  public Tensor sign() {
    return run("sign", () -> nat().sign(), this);
  }

  /** Rounds to the nearest integer, halves to even. */
  public Tensor round() {
    return run("round", () -> nat().round(), this);
  }

  public Tensor clamp(double min, double max) {
    return run(
        "clamp",
        () -> nat().clamp(new ScalarOptional(new Scalar(min)), new ScalarOptional(new Scalar(max))),
        this);
  }

  public Tensor clampMin(double min) {
    return run("clampMin", () -> nat().clamp_min(new Scalar(min)), this);
  }

  public Tensor clampMax(double max) {
    return run("clampMax", () -> nat().clamp_max(new Scalar(max)), this);
  }

  /**
   * Matrix product over the last two dimensions, batched over the others; also vectors, as in
   * {@code torch.matmul}.
   */
  public Tensor matmul(Tensor other) {
    return Gemm.matmul(this, other);
  }

  // ---- comparisons (bool tensors) and choice

  public Tensor eq(Tensor other) {
    return run("eq", () -> nat().eq(other.nat()), this, other);
  }

  public Tensor eq(double value) {
    return run("eq", () -> nat().eq(new Scalar(value)), this);
  }

  public Tensor ne(Tensor other) {
    return run("ne", () -> nat().ne(other.nat()), this, other);
  }

  public Tensor ne(double value) {
    return run("ne", () -> nat().ne(new Scalar(value)), this);
  }

  public Tensor gt(Tensor other) {
    return run("gt", () -> nat().gt(other.nat()), this, other);
  }

  public Tensor gt(double value) {
    return run("gt", () -> nat().gt(new Scalar(value)), this);
  }

  public Tensor ge(Tensor other) {
    return run("ge", () -> nat().ge(other.nat()), this, other);
  }

  public Tensor ge(double value) {
    return run("ge", () -> nat().ge(new Scalar(value)), this);
  }

  public Tensor lt(double value) {
    return run("lt", () -> nat().lt(new Scalar(value)), this);
  }

  public Tensor lt(Tensor other) {
    return run("lt", () -> nat().lt(other.nat()), this, other);
  }

  public Tensor le(Tensor other) {
    return run("le", () -> nat().le(other.nat()), this, other);
  }

  public Tensor le(double value) {
    return run("le", () -> nat().le(new Scalar(value)), this);
  }

  public Tensor not() {
    return run("not", () -> nat().logical_not(), this);
  }

  public Tensor and(Tensor other) {
    return run("and", () -> nat().logical_and(other.nat()), this, other);
  }

  public Tensor or(Tensor other) {
    return run("or", () -> nat().logical_or(other.nat()), this, other);
  }

  public Tensor isFinite() {
    return run("isFinite", () -> nat().isfinite(), this);
  }

  /** Whether no element is zero. */
  public boolean all() {
    try (Scope inner = Scope.open()) {
      return run("all", () -> nat().all(), this).item() != 0;
    }
  }

  /** Whether some element is not zero. */
  public boolean any() {
    try (Scope inner = Scope.open()) {
      return run("any", () -> nat().any(), this).item() != 0;
    }
  }

  /** Whether no element is zero over {@code dims}; bool. */
  public Tensor all(boolean keepDim, long... dims) {
    return run("all", () -> nat().all(dims, keepDim), this);
  }

  /** Whether some element is not zero over {@code dims}; bool. */
  public Tensor any(boolean keepDim, long... dims) {
    return run("any", () -> nat().any(dims, keepDim), this);
  }

  /** Puts {@code value} where {@code mask} (bool) is true. */
  public Tensor maskedFill(Tensor mask, double value) {
    return run("maskedFill", () -> nat().masked_fill(mask.nat(), new Scalar(value)), this, mask);
  }

  /** Elements of this where {@code condition} (bool) is true, else those of {@code other}. */
  public Tensor where(Tensor condition, Tensor other) {
    return run(
        "where", () -> torch.where(condition.nat(), nat(), other.nat()), condition, this, other);
  }

  /** The elements where {@code mask} (bool) is true, in one dimension. */
  public Tensor maskedSelect(Tensor mask) {
    return run("maskedSelect", () -> nat().masked_select(mask.nat()), this, mask);
  }

  /** Indices of the elements that are not zero: int64 [how many, dimensions]. */
  public Tensor nonzero() {
    return run("nonzero", () -> nat().nonzero(), this);
  }

  // ---- reductions

  /** Sum of all elements, 0-dimensional. */
  public Tensor sum() {
    return run("sum", () -> nat().sum(), this);
  }

  /** Sum over {@code dims}; these keep size 1 if {@code keepDim}. */
  public Tensor sum(boolean keepDim, long... dims) {
    return run("sum", () -> nat().sum(dims, keepDim, new ScalarTypeOptional()), this);
  }

  /** Mean of all elements, 0-dimensional. */
  public Tensor mean() {
    return run("mean", () -> nat().mean(), this);
  }

  /** Mean over {@code dims}; these keep size 1 if {@code keepDim}. */
  public Tensor mean(boolean keepDim, long... dims) {
    return run("mean", () -> nat().mean(dims, keepDim, new ScalarTypeOptional()), this);
  }

  /** Population variance over {@code dims} (divides by N). */
  public Tensor variance(boolean keepDim, long... dims) {
    return run("variance", () -> nat().var(dims, false, keepDim), this);
  }

  /** Euclidean length over {@code dims}. */
  public Tensor norm(boolean keepDim, long... dims) {
    return run("norm", () -> nat().norm(new ScalarOptional(new Scalar(2.0)), dims, keepDim), this);
  }

  /** Euclidean length of all elements, 0-dimensional. */
  public Tensor norm() {
    return run("norm", () -> nat().norm(), this);
  }

  /** Population standard deviation over {@code dims} (divides by N). */
  public Tensor std(boolean keepDim, long... dims) {
    return run("std", () -> nat().std(dims, false, keepDim), this);
  }

  /** Product along {@code dim}. */
  public Tensor prod(int dim) {
    return run("prod", () -> nat().prod(dim), this);
  }

  /** Largest element, 0-dimensional. */
  public Tensor max() {
    return run("max", () -> nat().max(), this);
  }

  /** Largest elements over {@code dims}. */
  public Tensor max(boolean keepDim, long... dims) {
    return run("max", () -> nat().amax(dims, keepDim), this);
  }

  /** Smallest element, 0-dimensional. */
  public Tensor min() {
    return run("min", () -> nat().min(), this);
  }

  /** Smallest elements over {@code dims}. */
  public Tensor min(boolean keepDim, long... dims) {
    return run("min", () -> nat().amin(dims, keepDim), this);
  }

  /** Index of the largest element along {@code dim}, int64. */
  public Tensor argmax(int dim) {
    return run("argmax", () -> nat().argmax(new LongOptional(dim), false), this);
  }

  /** Index of the smallest element along {@code dim}, int64. */
  public Tensor argmin(int dim) {
    return run("argmin", () -> nat().argmin(new LongOptional(dim), false), this);
  }

  /** Sorts along {@code dim}, equal elements in their old order. */
  public Sorted sort(int dim, Order order) {
    return call(
        "sort",
        () -> {
          var pair = nat().sort(new BoolOptional(true), dim, order == Order.DESCENDING);
          return new Sorted(wrapCopy(pair.get0(), "sort"), wrapCopy(pair.get1(), "sort"));
        },
        this);
  }

  /** Which elements come first. */
  public enum Order {
    ASCENDING,
    DESCENDING
  }

  /** Sorted elements, and where (int64) they were before. */
  public record Sorted(Tensor values, Tensor indices) {}

  /** Running sum along {@code dim}. */
  public Tensor cumsum(int dim) {
    return run("cumsum", () -> nat().cumsum(dim), this);
  }

  // ---- shape

  /** Same elements in another shape; one size may be -1. A view where the layout allows it. */
  public Tensor reshape(long... shape) {
    return run("reshape", () -> nat().reshape(shape), this);
  }

  public Tensor flatten(int firstDim, int lastDim) {
    return run("flatten", () -> nat().flatten(firstDim, lastDim), this);
  }

  public Tensor permute(long... dims) {
    return run("permute", () -> nat().permute(dims), this);
  }

  public Tensor transpose(int a, int b) {
    return run("transpose", () -> nat().transpose(a, b), this);
  }

  /** Transpose of a matrix. */
  public Tensor t() {
    return run("t", () -> nat().t(), this);
  }

  public Tensor unsqueeze(int dim) {
    return run("unsqueeze", () -> nat().unsqueeze(dim), this);
  }

  /** Drops dimension {@code dim} if its size is 1. */
  public Tensor squeeze(int dim) {
    return run("squeeze", () -> nat().squeeze((long) dim), this);
  }

  /** Repeats dimensions of size 1 without copying; -1 keeps a size. */
  public Tensor expand(long... shape) {
    return run("expand", () -> nat().expand(shape), this);
  }

  /** Repeats each element along {@code dim}: a, a, b, b. Copies. */
  public Tensor repeatInterleave(long times, int dim) {
    return run(
        "repeatInterleave",
        () -> nat().repeat_interleave(times, new LongOptional(dim), new LongOptional()),
        this);
  }

  /** Tiles the tensor {@code times[i]} times along dimension i. Copies. */
  public Tensor repeat(long... times) {
    return run("repeat", () -> nat().repeat(times), this);
  }

  /** {@code length} slices along {@code dim} from {@code start}. A view. */
  public Tensor narrow(int dim, long start, long length) {
    return run("narrow", () -> nat().narrow(dim, start, length), this);
  }

  /** The slice at {@code index} along {@code dim}, which goes away. A view. */
  public Tensor select(int dim, long index) {
    return run("select", () -> nat().select(dim, index), this);
  }

  /** The slices at {@code indices} (int64) along {@code dim}. Copies. */
  public Tensor indexSelect(int dim, Tensor indices) {
    return run("indexSelect", () -> nat().index_select(dim, indices.nat()), this, indices);
  }

  /** Elements at {@code indices} (int64, same dimensions) along {@code dim}. */
  public Tensor gather(int dim, Tensor indices) {
    return run("gather", () -> nat().gather(dim, indices.nat()), this, indices);
  }

  /** A copy with {@code source} written at {@code indices} (int64, same dimensions). */
  public Tensor scatter(int dim, Tensor indices, Tensor source) {
    return run(
        "scatter", () -> nat().scatter(dim, indices.nat(), source.nat()), this, indices, source);
  }

  /** A copy with {@code source} added at {@code indices} (int64, same dimensions). */
  public Tensor scatterAdd(int dim, Tensor indices, Tensor source) {
    return run(
        "scatterAdd",
        () -> nat().scatter_add(dim, indices.nat(), source.nat()),
        this,
        indices,
        source);
  }

  /**
   * A copy with {@code values} written at the positions that {@code indices} (int64) name: the i-th
   * tensor indexes dimension i; later dimensions are whole.
   */
  public Tensor indexPut(Tensor values, Tensor... indices) {
    return run(
        "indexPut",
        () -> {
          TensorOptionalList list = new TensorOptionalList();
          for (Tensor index : indices) {
            list.push_back(new TensorOptional(index.nat()));
          }
          return nat().index_put(list, values.nat());
        },
        this,
        values);
  }

  /** The lower triangle of the last two dimensions, up to {@code diagonal} above the main one. */
  public Tensor tril(int diagonal) {
    return run("tril", () -> nat().tril(diagonal), this);
  }

  /** The upper triangle of the last two dimensions, from {@code diagonal} above the main one. */
  public Tensor triu(int diagonal) {
    return run("triu", () -> nat().triu(diagonal), this);
  }

  /** {@code parts} equal pieces along {@code dim}. Views. */
  public List<Tensor> chunk(int parts, int dim) {
    return runAll("chunk", () -> nat().chunk(parts, dim), this);
  }

  /** Pieces of the given sizes along {@code dim}. Views. */
  public List<Tensor> split(int dim, long... sizes) {
    return runAll("split", () -> nat().split(sizes, dim), this);
  }

  /** The slices along {@code dim}. Views. */
  public List<Tensor> unbind(int dim) {
    return runAll("unbind", () -> nat().unbind(dim), this);
  }

  public Tensor flip(long... dims) {
    return run("flip", () -> nat().flip(dims), this);
  }

  /** Rolls elements by {@code shifts[i]} along {@code dims[i]}; what leaves comes in again. */
  public Tensor roll(long[] shifts, long... dims) {
    return run("roll", () -> nat().roll(shifts, dims), this);
  }

  // ---- memory

  /** Row-major and without gaps; itself if it already is. */
  public Tensor contiguous() {
    return run("contiguous", () -> nat().contiguous(), this);
  }

  /** A [B, C, H, W] tensor in the memory order B, H, W, C, which convolutions like. */
  public Tensor channelsLast() {
    return run("channelsLast", () -> nat().contiguous(torch.MemoryFormat.ChannelsLast), this);
  }

  /** A copy of its own. */
  public Tensor copy() {
    return run("copy", () -> nat().clone(), this);
  }

  /** Itself in another element type; itself if it already has it. */
  public Tensor to(DType dtype) {
    return run("to", () -> nat().to(dtype.nat), this);
  }

  /** Itself on another device; itself if it already is there. */
  public Tensor to(Device device) {
    return run("to", () -> nat().to(device.nat(), nat().scalar_type()), this);
  }

  public Tensor addInPlace(Tensor other) {
    run("addInPlace", () -> nat().add_(other.nat()), this, other);
    return this;
  }

  /** {@code this += times * other}. */
  public Tensor addInPlace(Tensor other, double times) {
    run("addInPlace", () -> nat().add_(other.nat(), new Scalar(times)), this, other);
    return this;
  }

  public Tensor addInPlace(double value) {
    run("addInPlace", () -> nat().add_(new Scalar(value)), this);
    return this;
  }

  /** {@code this += times * a * b}. */
  public Tensor addcmulInPlace(Tensor a, Tensor b, double times) {
    run("addcmulInPlace", () -> nat().addcmul_(a.nat(), b.nat(), new Scalar(times)), this, a, b);
    return this;
  }

  /** {@code this += times * a / b}. */
  public Tensor addcdivInPlace(Tensor a, Tensor b, double times) {
    run("addcdivInPlace", () -> nat().addcdiv_(a.nat(), b.nat(), new Scalar(times)), this, a, b);
    return this;
  }

  public Tensor subInPlace(Tensor other) {
    run("subInPlace", () -> nat().sub_(other.nat()), this, other);
    return this;
  }

  public Tensor mulInPlace(Tensor other) {
    run("mulInPlace", () -> nat().mul_(other.nat()), this, other);
    return this;
  }

  public Tensor mulInPlace(double value) {
    run("mulInPlace", () -> nat().mul_(new Scalar(value)), this);
    return this;
  }

  public Tensor divInPlace(double value) {
    run("divInPlace", () -> nat().div_(new Scalar(value)), this);
    return this;
  }

  public Tensor clampInPlace(double min, double max) {
    run(
        "clampInPlace",
        () ->
            nat().clamp_(new ScalarOptional(new Scalar(min)), new ScalarOptional(new Scalar(max))),
        this);
    return this;
  }

  /** {@code this += weight * (other - this)}: the update of a moving average. */
  public Tensor lerpInPlace(Tensor other, double weight) {
    run("lerpInPlace", () -> nat().lerp_(other.nat(), new Scalar(weight)), this, other);
    return this;
  }

  public Tensor fillInPlace(double value) {
    run("fillInPlace", () -> nat().fill_(new Scalar(value)), this);
    return this;
  }

  /** Overwrites the elements with those of {@code source}, converted and broadcast. */
  public Tensor copyInPlace(Tensor source) {
    run("copyInPlace", () -> nat().copy_(source.nat()), this, source);
    return this;
  }

  // ---- gradients

  /** Whether operators on this tensor are recorded. */
  public boolean requiresGrad() {
    return nat().requires_grad();
  }

  /** Makes this leaf record, or not. */
  public Tensor requiresGrad(boolean requires) {
    if (requires && !dtype().isFloating()) {
      throw new TensorException(
          "requiresGrad: only real numbers have gradients, not " + describe());
    }
    nat().requires_grad_(requires);
    return this;
  }

  /** Adds the gradient of this one-element tensor to {@link #grad()} of every leaf before it. */
  public void backward() {
    if (count() != 1) {
      throw new TensorException(
          "backward: starts at a tensor with one element (a loss), got " + describe());
    }
    backward(null);
  }

  /** As {@link #backward()}, from the gradient {@code outer} of the same shape. */
  public void backward(@Nullable Tensor outer) {
    Tensor[] inputs = outer == null ? new Tensor[] {this} : new Tensor[] {this, outer};
    var gradient = outer == null ? new org.bytedeco.pytorch.Tensor() : outer.nat();
    call(
        "backward",
        () -> {
          nat().backward(gradient, new BoolOptional(), false, new TensorArrayRefOptional());
          return true;
        },
        inputs);
  }

  /** The gradient gathered so far, or null. */
  public @Nullable Tensor grad() {
    var gradient = nat().grad();
    return gradient.defined() ? wrapCopy(gradient, "grad") : null;
  }

  /** Forgets the gradient. */
  public void clearGrad() {
    nat().mutable_grad().reset();
  }

  /** The same elements, cut off from what was recorded. A view. */
  public Tensor detach() {
    return run("detach", () -> nat().detach(), this);
  }

  /**
   * Calls {@code hook} with the gradient of this tensor whenever one is computed; its result takes
   * the gradient's place. Runs without recording. Close the result to remove the hook.
   *
   * @throws TensorException if this tensor has no gradient
   */
  public Hook hook(UnaryOperator<Tensor> hook) {
    if (!requiresGrad()) {
      throw new TensorException("hook: this tensor has no gradient: " + describe());
    }
    return new Hook(this, hook);
  }

  // ---- lifetime

  /** Frees this handle now; memory goes when nothing else needs it. Closing twice is fine. */
  @Override
  public void close() {
    handle.deallocate();
  }

  /** Whether it was closed, by itself or with its scope. */
  public boolean isClosed() {
    return handle.isNull();
  }

  /** Such as {@code [1, 3, 224, 224] float32}. */
  public String describe() {
    return Arrays.toString(shape()) + " " + dtype();
  }

  /** Shape, type and the first values, such as {@code Tensor [2, 3] float32 {0.5, 1.0, ...}}. */
  @Override
  public String toString() {
    if (isClosed()) {
      return "closed tensor from '" + madeBy + "'";
    }
    try (Scope inner = Scope.open()) {
      long shown = Math.min(count(), SHOWN);
      double[] first = reshape(-1).narrow(0, 0, shown).toDoubles();
      StringJoiner values = new StringJoiner(", ", "{", count() > shown ? ", ...}" : "}");
      for (double value : first) {
        values.add(dtype().isFloating() ? String.valueOf((float) value) : "" + (long) value);
      }
      return "Tensor " + describe() + " " + values;
    }
  }

  // ---- for this package

  org.bytedeco.pytorch.Tensor nat() {
    if (handle.isNull()) {
      throw new IllegalStateException(
          scope == null
              ? "tensor from '" + madeBy + "' was closed"
              : "tensor from '%s' was closed with its scope (opened at %s); return it through Scope.keep"
                  .formatted(madeBy, scope.openedAt()));
    }
    return handle;
  }

  /** Runs an operator; failures name it and the inputs. */
  static Tensor run(String op, Supplier<org.bytedeco.pytorch.Tensor> body, Tensor... inputs) {
    return wrap(call(op, body, inputs), op);
  }

  static List<Tensor> runAll(String op, Supplier<TensorVector> body, Tensor... inputs) {
    return Arrays.stream(call(op, body, inputs).get()).map(t -> wrapCopy(t, op)).toList();
  }

  static <T> T call(String op, Supplier<T> body, Tensor... inputs) {
    try {
      return body.get();
    } catch (TensorException | IllegalStateException e) {
      throw e;
    } catch (RuntimeException e) {
      throw TensorException.of(op, e, inputs);
    }
  }

  static Tensor wrap(org.bytedeco.pytorch.Tensor handle, String op) {
    return new Tensor(handle, op, Scope.innermost());
  }

  /** Wraps what belongs to another native object, such as a vector, in a handle of its own. */
  static Tensor wrapCopy(TensorBase handle, String op) {
    return wrap(new org.bytedeco.pytorch.Tensor(handle), op);
  }

  /** {@code a / b} in the memory of {@code b}. */
  static Tensor divInto(Tensor a, Tensor b) {
    run("div", () -> torch.div_out(b.nat(), a.nat(), b.nat()), a, b);
    return b;
  }

  /** Makes a native object that no open scope owns. */
  static <P extends Pointer> P unscoped(Supplier<P> make) {
    P pointer = make.get();
    Scope scope = Scope.innermost();
    if (scope != null) {
      pointer.retainReference();
    }
    return pointer;
  }

  boolean isScoped() {
    return scope != null;
  }

  void retain() {
    nat();
    handle.retainReference();
  }

  /** Hands a retained handle to {@code owner}, or to the caller. */
  Tensor moveTo(@Nullable Scope owner) {
    if (owner != null) {
      owner.pointers().attach(handle);
      handle.releaseReference();
    }
    return new Tensor(handle, madeBy, owner);
  }

  boolean ownedBy(Scope owner) {
    return scope == owner;
  }

  /** The same tensor under another handle. */
  Tensor alias() {
    return wrapCopy(nat(), madeBy);
  }

  private static TensorOptions options(DType dtype) {
    return new TensorOptions(dtype.nat);
  }
}
