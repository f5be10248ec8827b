package io.vitrail.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** The files that tools/goldens/weights/make_goldens.py wrote, and the values it put into them. */
final class Goldens {
  static final List<ElementType> TYPES = List.of(ElementType.values());

  private Goldens() {}

  static Path path(String name) {
    URL url = Objects.requireNonNull(Goldens.class.getResource(name), name);
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static String key(ElementType type) {
    return type.name().toLowerCase(java.util.Locale.ROOT);
  }

  /** Checks the [2, 3] tensors of these types, where k counts the types from 0. */
  static void assertTypes(Weights weights, List<ElementType> types) {
    for (int k = 0; k < types.size(); k++) {
      ElementType type = types.get(k);
      StoredTensor tensor = weights.get(key(type));
      assertThat(tensor.type()).isEqualTo(type);
      assertThat(tensor.shape()).containsExactly(2, 3);
      assertThat(tensor.byteLength()).isEqualTo(6L * type.bytes());
      assertThat(tensor.data().remaining()).isEqualTo(6 * type.bytes());
      assertThat(tensor.data().isReadOnly()).isTrue();
      assertThat(tensor.data().order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < 6; i++) {
        if (type.isFloat()) {
          assertThat(tensor.toFloats()[i]).as("%s %d", type, i).isEqualTo(i * 0.5f - 3 + k);
        } else {
          long expected =
              type == ElementType.BOOL
                  ? i % 3 == 0 ? 1 : 0
                  : type == ElementType.U8 ? i + k : i - 2 + k;
          assertThat(tensor.toLongs()[i]).as("%s %d", type, i).isEqualTo(expected);
        }
      }
    }
  }

  /** Checks that both hold the same names, types, shapes and bytes, in the same order. */
  static void assertSame(Weights actual, Weights expected) {
    assertThat(actual.names()).isEqualTo(expected.names());
    for (String name : expected.names()) {
      assertThat(actual.get(name).toString()).isEqualTo(expected.get(name).toString());
      assertThat(bytes(actual.get(name))).as(name).isEqualTo(bytes(expected.get(name)));
    }
  }

  static byte[] bytes(StoredTensor tensor) {
    ByteBuffer data = tensor.data();
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    return bytes;
  }
}
