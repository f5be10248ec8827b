package io.vitrail.vision.classification;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ImageNetLabelsTest {
  @Test
  void labels_are_in_the_order_of_the_scores() {
    assertThat(ImageNetLabels.names()).hasSize(1000).noneMatch(String::isBlank);
    assertThat(ImageNetLabels.names().get(0)).isEqualTo("tench, Tinca tinca");
    assertThat(ImageNetLabels.names().get(207)).isEqualTo("golden retriever");
    assertThat(ImageNetLabels.names().get(281)).isEqualTo("tabby, tabby cat");
    assertThat(ImageNetLabels.names().get(999)).startsWith("toilet tissue");
  }
}
