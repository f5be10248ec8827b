package io.vitrail.vision.zoo;

import io.vitrail.vision.resnet.ResNet;
import io.vitrail.vision.resnet.ResNet.Config;
import java.util.List;

/** Residual networks; torchvision's files have timm's names. */
final class ResNetModels {
  private ResNetModels() {}

  static List<Architecture<ResNet>> all() {
    return List.of(
        resnet("resnet18", Config.RESNET18),
        resnet("resnet34", Config.RESNET34),
        resnet("resnet50", Config.RESNET50),
        resnet("resnet101", Config.RESNET101),
        resnet("resnet152", Config.RESNET152));
  }

  private static Architecture<ResNet> resnet(String name, Config published) {
    return new Architecture<>(
        name,
        overrides -> new ResNet(changed(published, overrides)),
        "fc",
        (file, model, notes) -> file);
  }

  private static Config changed(Config config, Overrides overrides) {
    return config
        .withClasses(overrides.classes().orElse(config.classes()))
        .withInChannels(overrides.channels().orElse(config.inChannels()))
        .withDropPath(overrides.dropPath().orElse(config.dropPath()));
  }
}
