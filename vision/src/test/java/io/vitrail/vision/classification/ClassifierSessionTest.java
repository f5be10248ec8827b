package io.vitrail.vision.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.vitrail.hub.CachedFile;
import io.vitrail.hub.ModelCard;
import io.vitrail.hub.ModelCards;
import io.vitrail.imaging.Image;
import io.vitrail.imaging.ResizeFilter;
import io.vitrail.nn.StateDict;
import io.vitrail.tensor.DType;
import io.vitrail.tensor.F;
import io.vitrail.tensor.Mode;
import io.vitrail.tensor.Precision;
import io.vitrail.tensor.Rng;
import io.vitrail.tensor.Scope;
import io.vitrail.tensor.Tensor;
import io.vitrail.testkit.Leaks;
import io.vitrail.vision.ImageModel;
import io.vitrail.vision.zoo.Models;
import io.vitrail.vision.zoo.Overrides;
import io.vitrail.vision.zoo.WeightNotes;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassifierSessionTest {
  private static final ClassifierOptions F32 =
      ClassifierOptions.DEFAULT.withPrecision(Precision.F32);
  private static final WeightNotes NOTES =
      new WeightNotes(
          "vit_tiny_patch16_224",
          List.of("ant", "bee", "cat", "dog"),
          32,
          List.of(0.4, 0.5, 0.6),
          List.of(0.2, 0.25, 0.3),
          0.9,
          "bicubic");

  @TempDir static Path folder;
  private static Path weights;
  private static Path bare;

  @BeforeAll
  static void write_weights() throws IOException {
    weights = folder.resolve("own.safetensors");
    bare = folder.resolve("bare.safetensors");
    write(NOTES.architecture(), NOTES.overrides(), weights, NOTES.toMetadata());
    write("resnet18", Overrides.NONE.withClasses(3), bare, Map.of());
  }

  private static void write(
      String name, Overrides overrides, Path file, Map<String, String> metadata)
      throws IOException {
    try (ImageModel net = Models.create(name, overrides);
        Rng rng = Rng.seeded(3)) {
      net.init(rng);
      StateDict.of(net).save(file, metadata);
    }
  }

  private static Image photo(int seed) {
    byte[] pixels = new byte[60 * 45 * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i * (seed + 3) / (1 + i % 3) + 40 * seed);
    }
    return Image.of(60, 45, 3, pixels);
  }

  @Test
  void labels_are_the_networks_likeliest_classes() throws IOException {
    try (ClassifierSession session = ClassifierSession.open(weights, F32);
        ImageModel net = Models.open(NOTES.architecture(), weights, NOTES.overrides()).model();
        Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      List<Label> labels = session.classify(photo(1), 10);
      Preparation preparation =
          new Preparation(32, 0.9, ResizeFilter.BICUBIC, NOTES.mean(), NOTES.std());
      Tensor image = Tensor.of(preparation.apply(photo(1)), 1, 3, 32, 32);
      float[] expected = F.softmax(net.forward(image), -1).toFloats();
      assertThat(labels).hasSize(4); // no more than there are
      for (Label label : labels) {
        assertThat(label.name()).isEqualTo(NOTES.classes().get(label.index()));
        assertThat(label.probability()).isCloseTo(expected[label.index()], within(1e-5));
      }
      assertThat(labels)
          .isSortedAccordingTo((a, b) -> Double.compare(b.probability(), a.probability()));
      assertThat(session.classify(photo(1), 2)).isEqualTo(labels.subList(0, 2));
      assertThat(labels.stream().mapToDouble(Label::probability).sum()).isCloseTo(1, within(1e-5));
    }
  }

  @Test
  void several_photos_at_once_get_what_each_gets_alone() throws IOException {
    try (ClassifierSession session = ClassifierSession.open(weights, F32)) {
      List<ClassifierSession.Prepared> prepared = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        prepared.add(session.prepare(photo(i)));
      }
      List<List<Label>> together = session.classify(prepared, 4);
      for (int i = 0; i < 5; i++) {
        assertAlike(together.get(i), session.classify(photo(i), 4));
      }
      assertThat(session.classify(List.of(), 4)).isEmpty();
    }
  }

  private static void assertAlike(List<Label> actual, List<Label> expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.size(); i++) {
      assertThat(actual.get(i).index()).isEqualTo(expected.get(i).index());
      assertThat(actual.get(i).probability())
          .isCloseTo(expected.get(i).probability(), within(1e-5));
    }
  }

  @Test
  void a_bare_file_opens_by_the_name_of_its_network() throws IOException {
    try (ClassifierSession session =
            ClassifierSession.open(bare, "resnet18", F32.withImageSize(64));
        ImageModel net = Models.open("resnet18", bare).model();
        Scope scope = Scope.open();
        Mode mode = Mode.noGrad()) {
      assertThat(session.labels()).containsExactly("class 0", "class 1", "class 2");
      Preparation preparation =
          new Preparation(
              64,
              0.875,
              ResizeFilter.BICUBIC,
              List.of(0.485, 0.456, 0.406),
              List.of(0.229, 0.224, 0.225));
      Tensor image = Tensor.of(preparation.apply(photo(2)), 1, 3, 64, 64);
      float[] expected = F.softmax(net.forward(image), -1).toFloats(); // batch norms unfolded
      for (Label label : session.classify(photo(2), 3)) {
        assertThat(label.probability()).isCloseTo(expected[label.index()], within(1e-5));
      }
    }
  }

  @Test
  void a_fetched_model_has_the_labels_of_imagenet() throws IOException {
    ModelCard card =
        ModelCards.bundled().stream()
            .filter(c -> c.architecture().equals("vit_tiny_patch16_224"))
            .findFirst()
            .orElseThrow();
    Path file = folder.resolve("imagenet.safetensors");
    write(card.architecture(), Overrides.NONE, file, Map.of());
    CachedFile cached = new CachedFile(card, card.sources().get(0).file(), file);
    try (ClassifierSession session = ClassifierSession.open(cached, F32)) {
      assertThat(session.labels()).isEqualTo(ImageNetLabels.names());
      assertThat(session.classify(photo(0), 5)).hasSize(5);
    }
  }

  @Test
  void labels_of_ones_own_replace_those_of_the_file() throws IOException {
    List<String> own = List.of("a", "b", "c", "d");
    try (ClassifierSession session = ClassifierSession.open(weights, F32.withLabels(own))) {
      assertThat(session.labels()).isEqualTo(own);
    }
    assertThatThrownBy(
            () -> ClassifierSession.open(weights, F32.withLabels(List.of("a", "b"))).close())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the network gives 4 scores, there are 2 labels; give one for each, in their order");
  }

  @Test
  void bfloat16_gives_nearly_the_same() throws IOException {
    try (ClassifierSession exact = ClassifierSession.open(weights, F32);
        ClassifierSession half =
            ClassifierSession.open(weights, F32.withPrecision(Precision.BF16))) {
      assertThat(half.dtype()).isEqualTo(DType.BF16);
      double[] probabilities = new double[4];
      exact.classify(photo(1), 4).forEach(l -> probabilities[l.index()] = l.probability());
      half.classify(photo(1), 4)
          .forEach(
              l -> assertThat(l.probability()).isCloseTo(probabilities[l.index()], within(0.02)));
    }
  }

  // ---- many calls, many threads

  @Test
  void eight_threads_get_what_one_gets() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (ClassifierSession session = ClassifierSession.open(weights, F32)) {
      List<List<Label>> alone = new ArrayList<>();
      List<Future<List<Label>>> together = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        int seed = i;
        alone.add(session.classify(photo(seed), 4));
        together.add(threads.submit(() -> session.classify(photo(seed), 4)));
      }
      for (int i = 0; i < 24; i++) {
        assertAlike(together.get(i).get(), alone.get(i));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void a_virtual_thread_gets_the_same() throws Exception {
    Optional<Method> start =
        Arrays.stream(Thread.class.getMethods())
            .filter(method -> method.getName().equals("startVirtualThread"))
            .findFirst();
    assumeThat(start).as("virtual threads came with Java 21").isPresent();
    try (ClassifierSession session = ClassifierSession.open(weights, F32)) {
      List<Label> expected = session.classify(photo(1), 4);
      FutureTask<List<Label>> task =
          new FutureTask<>(
              () -> {
                try (ClassifierSession own = ClassifierSession.open(weights, F32)) {
                  assertAlike(own.classify(photo(1), 4), expected);
                }
                return session.classify(photo(1), 4);
              });
      start.get().invoke(null, task);
      assertAlike(task.get(), expected);
    }
  }

  @Test
  void closing_while_others_classify_breaks_nobody() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    ClassifierSession session = ClassifierSession.open(weights, F32);
    try {
      List<Label> expected = session.classify(photo(1), 4);
      List<Future<List<Label>>> results = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        results.add(threads.submit(() -> session.classify(photo(1), 4)));
      }
      results.get(0).get();
      session.close();
      for (Future<List<Label>> result : results) {
        try {
          assertAlike(result.get(), expected);
        } catch (ExecutionException e) {
          assertThat(e.getCause())
              .isInstanceOf(IllegalStateException.class)
              .hasMessage("this classifier session was closed; open another one");
        }
      }
    } finally {
      threads.shutdownNow();
      session.close();
    }
  }

  @Test
  void fifty_photos_leave_no_memory_behind() throws IOException {
    try (ClassifierSession session = ClassifierSession.open(weights, F32)) {
      Leaks.flat(() -> session.classify(photo(1), 2), 50);
    }
  }

  @Test
  void opening_and_closing_leaves_no_memory_behind() {
    Leaks.flat(
        () -> {
          try (ClassifierSession session = ClassifierSession.open(weights, F32)) {
            session.classify(photo(1), 1);
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        },
        5);
  }

  // ---- messages

  @Test
  void a_file_that_does_not_say_what_it_is_needs_a_name() {
    assertThatThrownBy(() -> ClassifierSession.open(bare, F32).close())
        .isInstanceOf(IOException.class)
        .hasMessage(
            "'bare.safetensors' does not say which network it is of; name it (--architecture), such"
                + " as resnet50");
    assertThatThrownBy(() -> ClassifierSession.open(bare, "resnet19", F32).close())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("unknown network 'resnet19'; near: resnet18");
    assertThatThrownBy(() -> ClassifierSession.open(bare, "resnet50", F32).close())
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("'bare.safetensors' does not fit ResNet: ");
  }

  @Test
  void a_model_for_another_task_is_refused() {
    ModelCard card =
        ModelCards.bundled().stream()
            .filter(c -> c.name().equals("isnet-general-use"))
            .findFirst()
            .orElseThrow();
    CachedFile file = new CachedFile(card, card.sources().get(0).file(), weights);
    assertThatThrownBy(() -> ClassifierSession.open(file, F32).close())
        .isInstanceOf(IOException.class)
        .hasMessage(
            "'isnet-general-use' is a model for cutout (isnet); classification runs models for"
                + " classify");
  }

  @Test
  void senseless_wishes_are_refused() throws IOException {
    try (ClassifierSession session = ClassifierSession.open(weights, F32)) {
      assertThatThrownBy(() -> session.classify(photo(1), 0))
          .hasMessage("ask for at least 1 label, got 0");
    }
    assertThatThrownBy(() -> F32.withImageSize(0))
        .hasMessage("image size is at least 1 pixel, got 0");
  }
}
