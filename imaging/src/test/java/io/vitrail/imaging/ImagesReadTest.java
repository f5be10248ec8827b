package io.vitrail.imaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ImagesReadTest {
  private static final String FILES = "goldens/files/";

  static List<String> expected() {
    return TestImages.lines(FILES + "expected.tsv");
  }

  static Image read(String name) throws IOException {
    return Images.read(TestImages.resource(FILES + name));
  }

  @ParameterizedTest
  @MethodSource("expected")
  void every_kind_of_file_reads_as_in_pillow(String line) throws Exception {
    String[] f = line.split("\t");
    Image image = read(f[0]);
    assertThat(image.width()).isEqualTo(Integer.parseInt(f[2]));
    assertThat(image.height()).isEqualTo(Integer.parseInt(f[3]));
    Image same = f[1].equals("L") ? image : f[1].equals("RGB") ? image.toRgb() : image.toRgba();
    if (f[0].endsWith(".jpg")) {
      // Two builds of libjpeg may round the inverse transform and the upsampling differently.
      Image pillow = read(f[0] + ".expected.png");
      assertThat(image.channels()).isEqualTo(pillow.channels());
      assertThat(TestImages.maxDifference(image, pillow)).isLessThanOrEqualTo(2);
      assertThat(TestImages.meanDifference(image, pillow)).isLessThan(0.1);
    } else {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(same.pixels());
      assertThat(HexFormat.of().formatHex(hash)).isEqualTo(f[4]);
    }
  }
}
