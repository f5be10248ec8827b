import io.vitrail.nn.StateDict;
import io.vitrail.tensor.Mode;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.vision.zoo.LoadedModel;
import io.vitrail.vision.zoo.Models;
import io.vitrail.weights.Npy;
import io.vitrail.weights.StoredTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Loads the networks that compare_timm.py prepared, writes their class scores and their weights
 * beside them. How to run it stands there.
 */
final class VisionScores {
  private VisionScores() {}

  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    for (String network : Files.readAllLines(folder.resolve("networks.txt"))) {
      try (Npy file = Npy.open(folder.resolve("images.npy"));
          LoadedModel loaded = Models.open(network, folder.resolve(network + ".safetensors"));
          Scope scope = Scope.open();
          Mode mode = Mode.noGrad()) {
        StoredTensor images = file.get(file.names().get(0));
        Tensor scores = loaded.model().forward(Tensor.of(images.toFloats(), images.shape()));
        Npy.write(
            folder.resolve(network + ".vitrail.npy"),
            StoredTensor.of("scores", scores.toFloats(), scores.shape()));
        StateDict.of(loaded.model()).save(folder.resolve(network + ".vitrail.safetensors"));
        System.out.println(network + " " + loaded.notes());
      }
    }
  }
}
