package io.vitrail.training.augment;

import static org.assertj.core.api.Assertions.assertThat;

import io.vitrail.imaging.Box;
import io.vitrail.imaging.Colour;
import io.vitrail.imaging.Image;
import io.vitrail.imaging.Resize;
import io.vitrail.imaging.ResizeFilter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What timm and torchvision do when the draws are given: equal to the last bit. */
class TimmParityTest {
  private static final Colour FILL = new Colour(124, 116, 104);

  @Test
  void every_operation_at_every_magnitude_is_timms() {
    Image photo = Pictures.photo();
    int seen = 0;
    for (String[] f : Pictures.table("operations.tsv")) {
      Operation operation = Operation.named(f[0]);
      double argument = operation.argument(Double.parseDouble(f[1]), Script.integers());
      assertThat(argument).as("%s %s", f[0], f[1]).isEqualTo(Double.parseDouble(f[2]));
      Interpolation interpolation = Interpolation.valueOf(f[3]);
      Image result =
          operation.apply(
              photo, argument, new Operation.Warping(interpolation, FILL, Script.integers()));
      assertThat(Pictures.hash(result.pixels())).as(String.join(" ", f)).isEqualTo(f[4]);
      seen++;
    }
    assertThat(seen).isEqualTo(Operation.values().length * 7 * 2);
  }

  @ParameterizedTest
  @CsvSource({
    "original",
    "originalr",
    "v0",
    "v0r",
    "rand-m9-mstd0.5-inc1",
    "rand-m7-mstd0.5",
    "rand-n3-p0.7-mmax12-m11"
  })
  void policies_have_timms_operations_probabilities_and_magnitudes(String text) {
    Stream<List<PolicyStep>> rows =
        text.startsWith("rand")
            ? RandAugment.parse(text, Interpolation.BICUBIC, FILL).steps().stream().map(List::of)
            : AutoAugment.parse(text, Interpolation.BICUBIC, FILL).pairs().stream();
    List<String> ours =
        rows.flatMap(List::stream)
            .map(s -> "%s %s %s".formatted(s.operation(), s.probability(), s.magnitude()))
            .toList();
    List<String> timms =
        Pictures.table("policies.tsv").stream()
            .filter(f -> f[0].equals(text))
            .map(
                f ->
                    "%s %s %s"
                        .formatted(
                            Operation.named(f[2]),
                            Double.parseDouble(f[3]),
                            Double.parseDouble(f[4])))
            .toList();
    assertThat(ours).isEqualTo(timms).hasSizeGreaterThanOrEqualTo(15);
  }

  @ParameterizedTest
  @CsvSource({
    "resizedCrop, 16",
    "centralBox, 9",
    "simple, 6",
    "padded, 3",
    "evaluation, 42",
    "jitter, 3"
  })
  void images_are_those_of_torchvision(String kind, int cases) {
    List<String[]> rows =
        Pictures.table("images.tsv").stream().filter(f -> f[0].equals(kind)).toList();
    for (String[] row : rows) {
      assertThat(result(kind, row[1].split(","))).as(String.join(" ", row)).isEqualTo(row[2]);
    }
    assertThat(rows).hasSize(cases);
  }

  private static String result(String kind, String[] f) {
    return switch (kind) {
      case "resizedCrop" -> {
        int[] n = integers(Arrays.copyOf(f, 5));
        Image part = Pictures.photo().crop(Box.ofSize(n[1], n[2], n[3], n[4]));
        ResizeFilter filter = Interpolation.valueOf(f[5]).filter(Script.integers());
        yield Pictures.hash(Resize.to(part, n[0], n[0], filter).pixels());
      }
      case "centralBox" -> {
        int[] n = integers(f);
        RandomResizedCrop crop =
            new RandomResizedCrop(
                8, RandomResizedCrop.SCALE, RandomResizedCrop.RATIO, Interpolation.BICUBIC);
        Box box = crop.centralBox(n[0], n[1]);
        yield "%d,%d,%d,%d".formatted(box.left(), box.top(), box.width(), box.height());
      }
      case "simple" -> {
        int[] n = integers(f);
        Transform transform =
            new ResizeShortSide(n[0], Interpolation.BICUBIC)
                .then(new RandomCrop(n[0], 4, RandomCrop.Border.REFLECTED));
        yield Pictures.hash(
            transform.apply(Pictures.photo(), Script.integers(n[1], n[2])).pixels());
      }
      case "padded" -> {
        int[] n = integers(f);
        Transform transform = new RandomCrop(12, 4, RandomCrop.Border.BLACK);
        Image image = Pictures.noise(12, 12, 3);
        yield Pictures.hash(transform.apply(image, Script.integers(n[0], n[1])).pixels());
      }
      case "evaluation" -> {
        int[] n = integers(Arrays.copyOfRange(f, 1, 4));
        AugmentConfig config = AugmentConfig.imagenet(n[0]).withCropRatio(Double.parseDouble(f[0]));
        yield floatHash(Preparation.evaluation(config), Pictures.noise(n[1], n[2], 3));
      }
      default -> {
        int[] order = integers(Arrays.copyOf(f, 3));
        double[] factors = Arrays.stream(f).skip(3).mapToDouble(Double::parseDouble).toArray();
        yield Pictures.hash(ColourJitter.apply(Pictures.photo(), order, factors).pixels());
      }
    };
  }

  private static int[] integers(String[] f) {
    return Arrays.stream(f).mapToInt(Integer::parseInt).toArray();
  }

  private static String floatHash(Preparation preparation, Image image) {
    float[] values = new float[preparation.length()];
    preparation.prepare(image, new SplittableRandom(1), values, 0);
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return Pictures.hash(bytes.array());
  }
}
