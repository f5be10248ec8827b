package io.vitrail.cutout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vitrail.cutout.CutoutOptions.CleanUp;
import io.vitrail.cutout.CutoutOptions.Foreground;
import io.vitrail.cutout.CutoutOptions.Style;
import io.vitrail.cutout.isnet.Goldens;
import io.vitrail.hub.CachedFile;
import io.vitrail.hub.ModelCard;
import io.vitrail.hub.ModelCards;
import io.vitrail.imaging.ForegroundEstimation;
import io.vitrail.imaging.Image;
import io.vitrail.imaging.Masks;
import io.vitrail.tensor.DType;
import io.vitrail.tensor.Engine;
import io.vitrail.tensor.Precision;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CutoutSessionTest {
  @TempDir static Path folder;
  private static Path weights;
  private static final Image PHOTO = TinyNet.golden("large");

  @BeforeAll
  static void writeWeights() throws IOException {
    weights = TinyNet.write(folder);
  }

  private static CutoutSession open(CutoutOptions options) throws IOException {
    return CutoutSession.open(weights, options);
  }

  // ---- parity

  @ParameterizedTest
  @CsvSource({
    "wide,AUTHORS,64", "wide,AUTHORS,96", "wide,REMBG,64", "wide,REMBG,96",
    "large,AUTHORS,64", "large,AUTHORS,96", "large,REMBG,64", "large,REMBG,96",
    "strip,AUTHORS,64", "strip,AUTHORS,96", "strip,REMBG,64", "strip,REMBG,96"
  })
  void masks_are_those_of_the_python_tools_to_one_level(String photo, Style style, int size)
      throws IOException {
    Image expected =
        TinyNet.golden(photo + "." + style.name().toLowerCase(java.util.Locale.ROOT) + "." + size);
    try (CutoutSession session = open(TinyNet.OPTIONS.withStyle(style).withInputSize(size))) {
      Image alpha = session.alpha(TinyNet.golden(photo));
      assertThat(alpha.sameSize(expected)).isTrue();
      assertThat(largestDifference(alpha, expected)).isLessThanOrEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource({"isnet-w4.onnx", "isnet-w4-fp16.onnx", "isnet-w4.pth"})
  void every_published_form_of_weights_opens(String name) throws IOException {
    Path file = Goldens.unpack(name, folder);
    try (CutoutSession session = CutoutSession.open(file, TinyNet.OPTIONS)) {
      Image alpha = session.alpha(PHOTO);
      assertThat(alpha.sameSize(PHOTO)).isTrue();
      assertThat(minimum(alpha)).isZero();
      assertThat(maximum(alpha)).isEqualTo(255);
    }
  }

  @Test
  void bfloat16_gives_nearly_the_same_mask() throws IOException {
    try (CutoutSession exact = open(TinyNet.OPTIONS);
        CutoutSession half = open(TinyNet.OPTIONS.withPrecision(Precision.BF16))) {
      assertThat(exact.dtype()).isEqualTo(DType.F32);
      assertThat(half.dtype()).isEqualTo(DType.BF16);
      // A mean, since a net of random weights has no clear foreground to count pixels of.
      assertThat(meanDifference(half.alpha(PHOTO), exact.alpha(PHOTO))).isLessThan(4);
    }
  }

  @Test
  void auto_precision_is_bfloat16_only_where_the_processor_multiplies_it() throws IOException {
    try (CutoutSession session = open(TinyNet.OPTIONS.withPrecision(Precision.AUTO))) {
      assertThat(session.dtype()).isEqualTo(Engine.info().cpuBf16() ? DType.BF16 : DType.F32);
    }
  }

  // ---- photos of all kinds

  @ParameterizedTest
  @CsvSource({
    "1,1,AUTHORS", "3,2000,AUTHORS", "2000,3,AUTHORS", "64,64,AUTHORS",
    "1,1,REMBG", "3,2000,REMBG", "2000,3,REMBG", "64,64,REMBG"
  })
  void photos_of_any_size_give_masks_of_their_size(int width, int height, Style style)
      throws IOException {
    Image photo = gradient(width, height);
    try (CutoutSession session = open(TinyNet.OPTIONS.withStyle(style))) {
      Cutout cutout = session.remove(photo);
      assertThat(cutout.alpha().sameSize(photo)).isTrue();
      assertThat(cutout.alpha().channels()).isEqualTo(1);
      assertThat(cutout.image().sameSize(photo)).isTrue();
      assertThat(cutout.image().channels()).isEqualTo(4);
      assertThat(cutout.image().alpha()).isEqualTo(cutout.alpha());
    }
  }

  @Test
  void alpha_of_the_photo_is_ignored() throws IOException {
    Image seeThrough = PHOTO.withAlpha(gradient(PHOTO.width(), PHOTO.height()).toGrey());
    try (CutoutSession session = open(TinyNet.OPTIONS)) {
      assertThat(session.remove(seeThrough)).isEqualTo(session.remove(PHOTO));
    }
  }

  @Test
  void grey_photos_are_taken_as_grey_colours() throws IOException {
    Image grey = PHOTO.toGrey();
    try (CutoutSession session = open(TinyNet.OPTIONS)) {
      assertThat(session.remove(grey)).isEqualTo(session.remove(grey.toRgb()));
    }
  }

  @ParameterizedTest
  @EnumSource(Style.class)
  void a_black_photo_is_no_error(Style style) throws IOException {
    Image black = Image.blank(40, 30, 3);
    try (CutoutSession session = open(TinyNet.OPTIONS.withStyle(style))) {
      assertThat(session.remove(black).score()).isBetween(0.0, 1.0);
    }
  }

  /** The authors' script and rembg divide by zero there. */
  @ParameterizedTest
  @EnumSource(Style.class)
  void a_constant_map_stays_what_it_is(Style style) throws IOException {
    try (CutoutSession session =
        CutoutSession.open(TinyNet.writeConstant(folder), TinyNet.OPTIONS.withStyle(style))) {
      Cutout cutout = session.remove(PHOTO);
      assertThat(cutout.alpha()).isEqualTo(Image.grey(PHOTO.width(), PHOTO.height(), 127));
      assertThat(cutout.score()).isZero();
    }
  }

  // ---- options

  @Test
  void the_photos_own_colours_are_kept_on_wish() throws IOException {
    try (CutoutSession session = open(TinyNet.OPTIONS.withForeground(Foreground.PHOTO))) {
      Cutout cutout = session.remove(PHOTO);
      assertThat(cutout.image()).isEqualTo(PHOTO.withAlpha(cutout.alpha()));
      assertThat(cutout.alpha()).isEqualTo(session.alpha(PHOTO));
    }
  }

  @Test
  void colours_of_soft_edges_are_estimated_by_default() throws IOException {
    try (CutoutSession session = open(TinyNet.OPTIONS)) {
      Cutout cutout = session.remove(PHOTO);
      assertThat(cutout.image()).isEqualTo(ForegroundEstimation.cutOut(PHOTO, cutout.alpha()));
      assertThat(cutout.image()).isNotEqualTo(PHOTO.withAlpha(cutout.alpha()));
    }
  }

  @Test
  void clean_up_makes_a_hard_mask() throws IOException {
    try (CutoutSession soft = open(TinyNet.OPTIONS);
        CutoutSession clean = open(TinyNet.OPTIONS.withCleanUp(CleanUp.YES))) {
      Image alpha = clean.alpha(PHOTO);
      assertThat(alpha).isEqualTo(Masks.cleanUp(soft.alpha(PHOTO)));
      assertThat(alpha).isEqualTo(Masks.threshold(alpha, 127)).isNotEqualTo(soft.alpha(PHOTO));
      assertThat(clean.remove(PHOTO).alpha()).isEqualTo(alpha);
    }
  }

  @Test
  void the_input_size_matters() throws IOException {
    try (CutoutSession small = open(TinyNet.OPTIONS.withInputSize(32));
        CutoutSession large = open(TinyNet.OPTIONS.withInputSize(256))) {
      assertThat(small.alpha(PHOTO)).isNotEqualTo(large.alpha(PHOTO));
      assertThat(large.options().inputSize()).isEqualTo(256);
    }
  }

  @Test
  void the_score_is_the_mean_opacity_of_the_foreground() throws IOException {
    try (CutoutSession session = open(TinyNet.OPTIONS)) {
      Cutout cutout = session.remove(PHOTO);
      double sum = 0;
      int count = 0;
      for (int y = 0; y < PHOTO.height(); y++) {
        for (int x = 0; x < PHOTO.width(); x++) {
          double opacity = cutout.alpha().get(x, y, 0) / 255.0;
          if (opacity > 0.5) {
            sum += opacity;
            count++;
          }
        }
      }
      assertThat(count).isPositive();
      assertThat(cutout.score()).isCloseTo(sum / count, within(1e-9)).isBetween(0.5, 1.0);
    }
  }

  @Test
  void one_session_gives_the_same_twice() throws IOException {
    try (CutoutSession session = open(TinyNet.OPTIONS)) {
      assertThat(session.remove(PHOTO)).isEqualTo(session.remove(PHOTO));
    }
  }

  // ---- messages

  @Test
  void a_model_for_another_task_is_refused() {
    ModelCard sam =
        ModelCards.bundled().stream()
            .filter(card -> card.name().equals("sam-vit-b"))
            .findFirst()
            .orElseThrow();
    CachedFile file = new CachedFile(sam, sam.sources().get(0).file(), folder.resolve("sam.pth"));
    assertThatThrownBy(() -> CutoutSession.open(file, CutoutOptions.DEFAULT))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "'sam-vit-b' is a model for %s (%s); cutout runs models of architecture isnet"
                .formatted(sam.task(), sam.architecture()));
  }

  @Test
  void a_fetched_isnet_opens_by_its_card() throws IOException {
    ModelCard card =
        ModelCards.bundled().stream()
            .filter(c -> c.name().equals(Cutout.DEFAULT_MODEL))
            .findFirst()
            .orElseThrow();
    CachedFile file = new CachedFile(card, card.sources().get(0).file(), weights);
    try (CutoutSession session = CutoutSession.open(file, TinyNet.OPTIONS);
        CutoutSession same = open(TinyNet.OPTIONS)) {
      assertThat(session.alpha(PHOTO)).isEqualTo(same.alpha(PHOTO));
    }
  }

  @Test
  void a_closed_session_says_so() throws IOException {
    CutoutSession session = open(TinyNet.OPTIONS);
    session.close();
    session.close();
    assertThatThrownBy(() -> session.remove(PHOTO))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("this cutout session was closed; open another one");
  }

  @Test
  void weights_for_five_channels_are_refused() throws IOException {
    Path file = TinyNet.writeFiveChannels(folder);
    assertThatThrownBy(() -> CutoutSession.open(file, TinyNet.OPTIONS))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "'five.safetensors' takes 5 channels, expected 3 (red, green, blue); with 5 it is the"
                + " second stage of DIS-SAM, which needs a prompt");
  }

  // ---- helpers

  private static Image gradient(int width, int height) {
    byte[] pixels = new byte[width * height * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i * 5 / (1 + i % 3));
    }
    return Image.of(width, height, 3, pixels);
  }

  private static int largestDifference(Image a, Image b) {
    int largest = 0;
    for (int i = 0; i < a.pixels().length; i++) {
      largest = Math.max(largest, difference(a, b, i));
    }
    return largest;
  }

  private static double meanDifference(Image a, Image b) {
    double sum = 0;
    for (int i = 0; i < a.pixels().length; i++) {
      sum += difference(a, b, i);
    }
    return sum / a.pixels().length;
  }

  private static int difference(Image a, Image b, int i) {
    return Math.abs(Byte.toUnsignedInt(a.pixels()[i]) - Byte.toUnsignedInt(b.pixels()[i]));
  }

  private static int minimum(Image image) {
    int smallest = 255;
    for (byte value : image.pixels()) {
      smallest = Math.min(smallest, Byte.toUnsignedInt(value));
    }
    return smallest;
  }

  private static int maximum(Image image) {
    return 255 - minimum(image.inverted());
  }
}
