package io.vitrail.cutout;

import io.vitrail.cutout.CutoutOptions.CleanUp;
import io.vitrail.cutout.CutoutOptions.Foreground;
import io.vitrail.cutout.isnet.IsNet;
import io.vitrail.cutout.isnet.IsNetWeights;
import io.vitrail.hub.CachedFile;
import io.vitrail.hub.ModelCard;
import io.vitrail.imaging.ForegroundEstimation;
import io.vitrail.imaging.Image;
import io.vitrail.imaging.Masks;
import io.vitrail.tensor.DType;
import io.vitrail.tensor.Mode;
import io.vitrail.tensor.PlatformThreads;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A model in memory, ready to cut out. Safe for many threads: they take turns at the network, which
 * uses all cores by itself, so memory does not grow with them. Close it to free the weights.
 */
public final class CutoutSession implements AutoCloseable {
  private static final int RGB = 3;

  private final IsNet net;
  private final CutoutOptions options;
  private final DType dtype;
  private final ReentrantLock turn = new ReentrantLock(true);
  private boolean closed;

  private CutoutSession(IsNet net, CutoutOptions options) {
    this.net = net;
    this.options = options;
    this.dtype = options.precision().onCpu();
    net.to(dtype);
    net.channelsLast();
  }

  /** Opens a fetched model. */
  public static CutoutSession open(CachedFile file, CutoutOptions options) throws IOException {
    ModelCard card = file.card();
    if (!card.architecture().equals("isnet")) {
      throw new IOException(
          "'%s' is a model for %s (%s); cutout runs models of architecture isnet"
              .formatted(card.name(), card.task(), card.architecture()));
    }
    return open(file.path(), options);
  }

  /**
   * Opens IS-Net weights of one's own: {@code .pth}, safetensors or an ONNX export.
   *
   * @throws IOException if the file cannot be read or does not fit
   */
  public static CutoutSession open(Path weights, CutoutOptions options) throws IOException {
    return PlatformThreads.<CutoutSession, IOException>call(
        () -> new CutoutSession(openNet(weights), options));
  }

  private static IsNet openNet(Path weights) throws IOException {
    IsNet net = IsNetWeights.open(weights);
    int channels = net.config().inputChannels();
    if (channels != RGB) {
      net.close();
      throw new IOException(
          "'%s' takes %d channels, expected %d (red, green, blue); with 5 it is the second stage of DIS-SAM, which needs a prompt"
              .formatted(weights.getFileName(), channels, RGB));
    }
    return net;
  }

  /** The options it was opened with. */
  public CutoutOptions options() {
    return options;
  }

  /** The number type the network computes in. */
  public DType dtype() {
    return dtype;
  }

  /** Cuts the foreground out of a photo of any size; an alpha channel of its own is ignored. */
  public Cutout remove(Image photo) {
    Image rgb = photo.toRgb();
    Image alpha = alpha(rgb);
    Image image =
        options.foreground() == Foreground.ESTIMATE
            ? ForegroundEstimation.cutOut(rgb, alpha)
            : rgb.withAlpha(alpha);
    return new Cutout(image, alpha, score(alpha));
  }

  /** The opacity alone: one channel of the photo's size, 255 being foreground. */
  public Image alpha(Image photo) {
    Image rgb = photo.toRgb();
    Image alpha = PlatformThreads.call(() -> predict(rgb));
    return options.cleanUp() == CleanUp.YES ? Masks.cleanUp(alpha) : alpha;
  }

  private Image predict(Image rgb) {
    Preparation preparation = Preparation.of(options.style());
    try (Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      Tensor input = preparation.input(rgb, options.inputSize()); // [1, 3, S, S]
      Tensor map;
      turn.lock();
      try {
        checkOpen();
        map = net.predict(input.to(dtype).channelsLast()).to(DType.F32); // [1, 1, S, S]
      } finally {
        turn.unlock();
      }
      return preparation.alpha(map, rgb.width(), rgb.height());
    }
  }

  /** Frees the weights. Waits for a prediction under way; closing twice is fine. */
  @Override
  public void close() {
    turn.lock();
    try {
      closed = true;
      net.close();
    } finally {
      turn.unlock();
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("this cutout session was closed; open another one");
    }
  }

  private static double score(Image alpha) {
    long sum = 0;
    long count = 0;
    for (byte value : alpha.pixels()) {
      int opacity = Byte.toUnsignedInt(value);
      if (opacity > 127) {
        sum += opacity;
        count++;
      }
    }
    return count == 0 ? 0 : sum / 255.0 / count;
  }
}
