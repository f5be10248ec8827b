package io.vitrail.vision.zoo;

import io.vitrail.vision.swin.Swin;
import io.vitrail.vision.swin.Swin.Config;
import io.vitrail.vision.swin.SwinWeights;
import java.util.List;

/** Swin Transformers, for files of timm and of the authors. */
final class SwinModels {
  private SwinModels() {}

  static List<Architecture<Swin>> all() {
    return List.of(
        swin("swin_tiny_patch4_window7_224", Config.TINY),
        swin("swin_small_patch4_window7_224", Config.SMALL),
        swin("swin_base_patch4_window7_224", Config.BASE),
        swin("swin_base_patch4_window12_384", Config.BASE.withWindow(12, 384)));
  }

  private static Architecture<Swin> swin(String name, Config published) {
    return new Architecture<>(
        name, overrides -> new Swin(changed(published, overrides)), "head.fc", SwinWeights::fit);
  }

  private static Config changed(Config config, Overrides overrides) {
    return config
        .withClasses(overrides.classes().orElse(config.classes()))
        .withImageSize(overrides.imageSize().orElse(config.imageSize()))
        .withInChannels(overrides.channels().orElse(config.inChannels()))
        .withDropPath(overrides.dropPath().orElse(config.dropPath()))
        .withMaskToken(overrides.maskToken());
  }
}
