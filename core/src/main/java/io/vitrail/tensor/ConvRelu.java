package io.vitrail.tensor;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.pytorch.CompilationUnit;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.Operation;
import org.bytedeco.pytorch.OperatorName;
import org.bytedeco.pytorch.QualifiedName;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Convolution and ReLU in one pass of oneDNN: with AMX, a ReLU of its own takes a third of the time
 * of a 3 x 3 convolution of 64 channels, since it only waits for memory.
 *
 * <p>The engine registers the operator without a C++ function for it, so it is called by name; its
 * lists are made by TorchScript, which gives them the types that it checks.
 */
final class ConvRelu {
  private static final String LISTS =
      """
      def pair(value: int) -> List[int]:
        return [value, value]
      def none() -> List[Optional[number]]:
        scalars : List[Optional[number]] = []
        return scalars
      """;

  private static final boolean HAS_ONEDNN = torch.hasMKLDNN();

  private ConvRelu() {}

  /** Made at the first call, and never freed. */
  private static final class Native {
    static final Operation OPERATION =
        Tensor.unscoped(
            () ->
                torch
                    .findOperatorFor(new OperatorName("mkldnn::_convolution_pointwise", ""))
                    .getOperation());
    private static final CompilationUnit LISTS_UNIT = Tensor.unscoped(() -> torch.compile(LISTS));
    private static final Map<Integer, IValue> PAIRS = new ConcurrentHashMap<>();
    static final IValue NO_SCALARS = call("none", new IValueVector());

    static IValue pair(int value) {
      return PAIRS.computeIfAbsent(
          value, v -> call("pair", new IValueVector(new IValue((long) v))));
    }

    private static IValue call(String function, IValueVector arguments) {
      return Tensor.unscoped(
          () -> LISTS_UNIT.find_function(new QualifiedName(function)).apply(arguments));
    }
  }

  /** Whether oneDNN has it for these: on the CPU, without gradients. Errors are left to others. */
  static boolean knows(Tensor x, Tensor weight, @Nullable Tensor bias, F.Conv conv) {
    boolean records =
        Mode.gradEnabled()
            && (x.requiresGrad() || weight.requiresGrad() || (bias != null && bias.requiresGrad()));
    boolean type = x.dtype() == DType.F32 || (x.dtype() == DType.BF16 && !Bf16.emulated(x));
    return HAS_ONEDNN
        && !records
        && type
        && x.dtype() == weight.dtype()
        && !x.nat().is_cuda()
        && !Bf16.autocasts()
        && x.dim() == 4
        && weight.dim() == 4
        && x.size(1) == weight.size(1) * conv.groups()
        && (bias == null || (bias.dim() == 1 && bias.size(0) == weight.size(0)))
        && fits(x.size(2), weight.size(2), conv)
        && fits(x.size(3), weight.size(3), conv);
  }

  private static boolean fits(long side, long kernel, F.Conv conv) {
    return side + 2L * conv.padding() > conv.dilation() * (kernel - 1);
  }

  static Tensor apply(Tensor x, Tensor weight, @Nullable Tensor bias, F.Conv conv) {
    Tensor[] inputs = bias == null ? new Tensor[] {x, weight} : new Tensor[] {x, weight, bias};
    return Tensor.run(
        "conv2dRelu",
        () -> {
          IValueVector stack =
              new IValueVector(
                  new IValue(x.nat()),
                  new IValue(weight.nat()),
                  bias == null ? new IValue() : new IValue(bias.nat()),
                  Native.pair(conv.padding()),
                  Native.pair(conv.stride()),
                  Native.pair(conv.dilation()),
                  new IValue((long) conv.groups()),
                  new IValue("relu"),
                  Native.NO_SCALARS,
                  new IValue());
          Native.OPERATION.apply(stack);
          return new org.bytedeco.pytorch.Tensor(
              stack.get(0).toTensor()); // the stack's own dies with it
        },
        inputs);
  }
}
