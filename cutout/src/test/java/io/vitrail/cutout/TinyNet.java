package io.vitrail.cutout;

import io.vitrail.cutout.isnet.Formula;
import io.vitrail.cutout.isnet.Goldens;
import io.vitrail.cutout.isnet.IsNet;
import io.vitrail.imaging.Image;
import io.vitrail.nn.StateDict;
import io.vitrail.tensor.Precision;
import io.vitrail.tensor.Tensor;
import io.vitrail.weights.StoredTensor;
import java.io.IOException;
import java.nio.file.Path;

/** Weight files of an IS-Net of width 4, and the photos of the mask goldens. */
final class TinyNet {
  static final Goldens MASKS = Goldens.open("masks");

  /** F32 at 64 pixels. */
  static final CutoutOptions OPTIONS =
      CutoutOptions.DEFAULT.withInputSize(64).withPrecision(Precision.F32);

  private TinyNet() {}

  /** The net that the mask goldens were made with. */
  static Path write(Path folder) throws IOException {
    Path file = folder.resolve("tiny.safetensors");
    try (IsNet net = Formula.fill(new IsNet(new IsNet.Config(3, 4)))) {
      StateDict.of(net).save(file);
    }
    return file;
  }

  /** A net whose answer is 0.5 everywhere. */
  static Path writeConstant(Path folder) throws IOException {
    Path file = folder.resolve("constant.safetensors");
    try (IsNet net = Formula.fill(new IsNet(new IsNet.Config(3, 4)))) {
      for (String key : new String[] {"side1.weight", "side1.bias"}) {
        var param = net.state().get(key);
        param.set(() -> Tensor.zeros(param.shape()));
      }
      StateDict.of(net).save(file);
    }
    return file;
  }

  /** A net like the second stage of DIS-SAM. */
  static Path writeFiveChannels(Path folder) throws IOException {
    Path file = folder.resolve("five.safetensors");
    try (IsNet net = Formula.fill(new IsNet(new IsNet.Config(5, 4)))) {
      StateDict.of(net).save(file);
    }
    return file;
  }

  /** A photo or mask of the goldens. */
  static Image golden(String key) {
    StoredTensor tensor = MASKS.get(key);
    long[] shape = tensor.shape();
    byte[] pixels = new byte[(int) tensor.count()];
    tensor.data().get(pixels);
    return Image.of((int) shape[1], (int) shape[0], shape.length == 3 ? 3 : 1, pixels);
  }
}
