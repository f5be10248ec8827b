import io.vitrail.cutout.isnet.IsNet;
import io.vitrail.cutout.isnet.IsNetWeights;
import io.vitrail.tensor.DType;
import io.vitrail.tensor.Mode;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.weights.Npy;
import io.vitrail.weights.StoredTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Runs IS-Net on the inputs that compare_onnxruntime.py prepared, in float32 and bfloat16, and
 * writes its raw maps beside them. How to run it stands there.
 */
final class IsNetMaps {
  private IsNetMaps() {}

  public static void main(String[] args) throws IOException {
    Path weights = Path.of(args[0]);
    Path folder = Path.of(args[1]);
    List<Path> inputs;
    try (var files = Files.list(folder)) {
      inputs = files.filter(file -> file.toString().endsWith(".input.npy")).sorted().toList();
    }
    for (DType dtype : List.of(DType.F32, DType.BF16)) {
      try (IsNet net = IsNetWeights.open(weights)) {
        net.to(dtype).channelsLast();
        for (Path input : inputs) {
          String name = input.getFileName().toString().replace(".input.npy", "");
          Path output = folder.resolve(name + (dtype == DType.F32 ? ".f32.npy" : ".bf16.npy"));
          Npy.write(output, map(net, dtype, input));
          System.out.println(output.getFileName());
        }
      }
    }
  }

  private static StoredTensor map(IsNet net, DType dtype, Path input) throws IOException {
    try (Npy file = Npy.open(input);
        Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      StoredTensor pixels = file.get(file.names().get(0));
      Tensor x = Tensor.of(pixels.toFloats(), pixels.shape());
      Tensor map = net.predict(x.to(dtype).channelsLast()).to(DType.F32);
      return StoredTensor.of("map", map.toFloats(), map.shape());
    }
  }
}
