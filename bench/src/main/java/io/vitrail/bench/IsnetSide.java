package io.vitrail.bench;

import io.vitrail.cutout.Cutout;
import io.vitrail.cutout.CutoutOptions;
import io.vitrail.cutout.CutoutOptions.Foreground;
import io.vitrail.cutout.CutoutSession;
import io.vitrail.cutout.isnet.IsNet;
import io.vitrail.cutout.isnet.IsNetWeights;
import io.vitrail.imaging.Images;
import io.vitrail.tensor.Mode;
import io.vitrail.tensor.Precision;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;

/** IS-Net on one photo; the other side is {@code python/isnet_onnxruntime.py}. */
final class IsnetSide {
  private IsnetSide() {}

  /** Arguments: precision, foreground, weights, photo, repeats, output. */
  public static void main(String[] args) throws IOException {
    Precision precision = Precision.valueOf(args[0]);
    Path weights = Path.of(args[2]);
    Path photo = Path.of(args[3]);
    int repeats = Integer.parseInt(args[4]);
    Path out = Path.of(args[5]);
    CutoutOptions options =
        CutoutOptions.DEFAULT.withPrecision(precision).withForeground(Foreground.valueOf(args[1]));
    try (CutoutSession session = CutoutSession.open(weights, options)) {
      Measure.Work cutout =
          () -> {
            Cutout result = session.remove(Images.read(photo));
            Images.write(result.image(), out);
          };
      cutout.run();
      Measure.report("cold start to first cutout", Measure.sinceStart());
      Measure.report("end to end", Measure.median(repeats, cutout));
      Measure.report("peak memory", Measure.peakMemory());
      network(weights, session, repeats);
    }
  }

  private static void network(Path weights, CutoutSession session, int repeats) throws IOException {
    try (IsNet net = IsNetWeights.open(weights);
        Rng rng = Rng.seeded(1);
        Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      net.to(session.dtype()).channelsLast();
      int size = CutoutOptions.TRAINED_SIZE;
      Tensor x = rng.uniform(-0.5, 0.5, 1, 3, size, size).to(session.dtype()).channelsLast();
      Measure.report(
          "network",
          Measure.median(
              repeats,
              () -> {
                try (Scope inner = Scope.open()) {
                  net.predict(x);
                }
              }));
    }
  }
}
