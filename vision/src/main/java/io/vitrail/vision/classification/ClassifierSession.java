package io.vitrail.vision.classification;

import io.vitrail.hub.CachedFile;
import io.vitrail.hub.ModelCard;
import io.vitrail.hub.Preprocessing;
import io.vitrail.imaging.Image;
import io.vitrail.imaging.ResizeFilter;
import io.vitrail.tensor.DType;
import io.vitrail.tensor.F;
import io.vitrail.tensor.Mode;
import io.vitrail.tensor.PlatformThreads;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.vision.ImageModel;
import io.vitrail.vision.zoo.Models;
import io.vitrail.vision.zoo.Overrides;
import io.vitrail.vision.zoo.WeightNotes;
import io.vitrail.weights.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A model in memory, ready to say what photos show:
 *
 * <pre>{@code
 * try (var classifier = ClassifierSession.open(file, ClassifierOptions.DEFAULT)) {
 *   for (Label label : classifier.classify(Images.read(photo), 5)) {
 *     System.out.println(label.name() + " " + label.probability());
 *   }
 * }
 * }</pre>
 *
 * <p>Safe for many threads: they take turns at the network, which uses all cores by itself, so
 * memory does not grow with them. Close it to free the weights.
 */
public final class ClassifierSession implements AutoCloseable {
  private static final String TASK = "classify";
  private static final Pattern SIZE = Pattern.compile("_(\\d{3})$");
  private static final List<Double> IMAGENET_MEAN = List.of(0.485, 0.456, 0.406);
  private static final List<Double> IMAGENET_STD = List.of(0.229, 0.224, 0.225);

  private final ImageModel net;
  private final Preparation preparation;
  private final List<String> labels;
  private final DType dtype;
  private final ReentrantLock turn = new ReentrantLock(true);
  private boolean closed;

  private ClassifierSession(
      ImageModel net, Preparation preparation, List<String> labels, DType dtype) {
    this.net = net;
    this.preparation = preparation;
    this.labels = labels;
    this.dtype = dtype;
    net.fold();
    net.to(dtype);
    net.channelsLast();
  }

  /**
   * Opens a fetched model.
   *
   * @throws IOException if the file cannot be read or does not fit, or its card is not for
   *     classification
   * @throws IllegalArgumentException if the options do not fit the network
   */
  public static ClassifierSession open(CachedFile file, ClassifierOptions options)
      throws IOException {
    ModelCard card = file.card();
    Preprocessing input = card.preprocessing();
    if (!card.task().equals(TASK) || input.fit() != Preprocessing.Fit.CENTRE_CROP) {
      throw new IOException(
          "'%s' is a model for %s (%s); classification runs models for %s"
              .formatted(card.name(), card.task(), card.architecture(), TASK));
    }
    WeightNotes notes =
        new WeightNotes(
            card.architecture(),
            List.of(),
            input.inputSize(),
            input.mean(),
            input.std(),
            input.cropRatio(),
            input.interpolation().name().toLowerCase(Locale.ROOT));
    return open(file.path(), notes, options);
  }

  /**
   * Opens weights of one's own which say what they are, as those of Vitrail's trainer do.
   *
   * @throws IOException if the file cannot be read, does not fit, or does not say what it is
   * @throws IllegalArgumentException if the options do not fit the network
   */
  public static ClassifierSession open(Path weights, ClassifierOptions options) throws IOException {
    return open(weights, notes(weights), options);
  }

  private static WeightNotes notes(Path weights) throws IOException {
    try (Weights file = Weights.open(weights)) {
      return WeightNotes.of(file.metadata())
          .orElseThrow(
              () ->
                  new IOException(
                      ("'%s' does not say which network it is of; name it (--architecture), such as"
                              + " resnet50")
                          .formatted(weights.getFileName())));
    } catch (IllegalArgumentException e) {
      throw new IOException("'" + weights.getFileName() + "': " + e.getMessage(), e);
    }
  }

  /**
   * Opens weights of a network of the zoo that do not say more: images are prepared as for
   * ImageNet, at the size at the end of the network's name, else 224 pixels.
   *
   * @param architecture a name of {@link Models}, such as {@code resnet50}
   * @throws IOException if the file cannot be read or does not fit
   * @throws IllegalArgumentException if there is no such network, or the options do not fit it
   */
  public static ClassifierSession open(Path weights, String architecture, ClassifierOptions options)
      throws IOException {
    Matcher size = SIZE.matcher(architecture);
    WeightNotes notes =
        new WeightNotes(
            architecture,
            List.of(),
            size.find() ? Integer.parseInt(size.group(1)) : 224,
            IMAGENET_MEAN,
            IMAGENET_STD,
            0.875,
            "bicubic");
    return open(weights, notes, options);
  }

  /**
   * Opens weights of which {@code notes} say what they are. Classes without names are ImageNet's if
   * there are 1000, else they are called by their number.
   *
   * @throws IOException if the file cannot be read or does not fit
   * @throws IllegalArgumentException if the options do not fit the network
   */
  public static ClassifierSession open(Path weights, WeightNotes notes, ClassifierOptions options)
      throws IOException {
    int size = options.imageSize().orElse(notes.imageSize());
    Preparation preparation =
        new Preparation(
            size, notes.cropRatio(), filter(notes.interpolation()), notes.mean(), notes.std());
    Overrides overrides = Overrides.NONE.withImageSize(size).withChannels(notes.channels());
    return PlatformThreads.<ClassifierSession, IOException>call(
        () -> {
          ImageModel net = Models.open(notes.architecture(), weights, overrides).model();
          try {
            List<String> labels = labels(notes, options, Math.toIntExact(net.classes()));
            return new ClassifierSession(net, preparation, labels, options.precision().onCpu());
          } catch (RuntimeException e) {
            net.close();
            throw e;
          }
        });
  }

  private static List<String> labels(WeightNotes notes, ClassifierOptions options, int classes) {
    List<String> labels = options.labels().orElse(notes.classes());
    if (labels.isEmpty()) {
      return classes == ImageNetLabels.names().size()
          ? ImageNetLabels.names()
          : IntStream.range(0, classes).mapToObj(i -> "class " + i).toList();
    }
    if (labels.size() != classes) {
      throw new IllegalArgumentException(
          "the network gives %d scores, there are %d labels; give one for each, in their order"
              .formatted(classes, labels.size()));
    }
    return labels;
  }

  private static ResizeFilter filter(String interpolation) {
    return switch (interpolation) {
      case "bilinear" -> ResizeFilter.BILINEAR;
      case "bicubic" -> ResizeFilter.BICUBIC;
      case "lanczos" -> ResizeFilter.LANCZOS;
      default ->
          throw new IllegalArgumentException(
              "interpolation is bilinear, bicubic or lanczos, got '%s'".formatted(interpolation));
    };
  }

  /** Names of the classes, in the order of the scores. */
  public List<String> labels() {
    return labels;
  }

  /** The number type the network computes in. */
  public DType dtype() {
    return dtype;
  }

  /** A photo made ready: small, and nothing but numbers. */
  public static final class Prepared {
    private final float[] values;

    private Prepared(float[] values) {
      this.values = values;
    }
  }

  /** Makes a photo of any size ready; alpha is dropped. Many threads can do this at once. */
  public Prepared prepare(Image photo) {
    return new Prepared(preparation.apply(photo));
  }

  /** The {@code top} likeliest labels of a photo, likeliest first. */
  public List<Label> classify(Image photo, int top) {
    return classify(List.of(prepare(photo)), top).get(0);
  }

  /**
   * The {@code top} likeliest labels of each photo, likeliest first; several at once take less time
   * than one after the other.
   */
  public List<List<Label>> classify(List<Prepared> photos, int top) {
    if (top < 1) {
      throw new IllegalArgumentException("ask for at least 1 label, got " + top);
    }
    if (photos.isEmpty()) {
      return List.of();
    }
    return PlatformThreads.call(() -> predict(photos, Math.min(top, labels.size())));
  }

  private List<List<Label>> predict(List<Prepared> photos, int top) {
    int size = preparation.size();
    int length = preparation.channels() * size * size;
    float[] values = new float[photos.size() * length];
    for (int i = 0; i < photos.size(); i++) {
      System.arraycopy(photos.get(i).values, 0, values, i * length, length);
    }
    try (Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      Tensor images = Tensor.of(values, photos.size(), preparation.channels(), size, size);
      Tensor scores;
      turn.lock();
      try {
        checkOpen();
        scores = net.forward(images.to(dtype)).to(DType.F32); // [B, K]
      } finally {
        turn.unlock();
      }
      F.TopK best = F.topk(F.softmax(scores, -1), top); // [B, top]
      long[] indices = best.indices().toLongs();
      float[] probabilities = best.values().toFloats();
      List<List<Label>> results = new ArrayList<>();
      for (int b = 0; b < photos.size(); b++) {
        results.add(
            IntStream.range(b * top, (b + 1) * top)
                .mapToObj(i -> label((int) indices[i], probabilities[i]))
                .toList());
      }
      return results;
    }
  }

  private Label label(int index, double probability) {
    return new Label(index, labels.get(index), probability);
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
      throw new IllegalStateException("this classifier session was closed; open another one");
    }
  }
}
