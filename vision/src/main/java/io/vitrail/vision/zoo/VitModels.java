package io.vitrail.vision.zoo;

import io.vitrail.vision.vit.DropRates;
import io.vitrail.vision.vit.Size;
import io.vitrail.vision.vit.Style;
import io.vitrail.vision.vit.VisionTransformer;
import io.vitrail.vision.vit.VisionTransformer.Config;
import io.vitrail.vision.vit.VitWeights;
import java.util.ArrayList;
import java.util.List;

/** Vision transformers: timm's, DeiT and DeiT-III, MAE's for fine-tuning, CLIP's for images. */
final class VitModels {
  private static final double DEIT3_LAYER_SCALE = 1e-4; // timm starts at 1e-6, Touvron et al. here

  private VitModels() {}

  static List<Architecture<VisionTransformer>> all() {
    List<Architecture<VisionTransformer>> all = new ArrayList<>();
    vit(all, "tiny_patch16_224", Size.TINY, 16, 224);
    vit(all, "tiny_patch16_384", Size.TINY, 16, 384);
    vit(all, "small_patch32_224", Size.SMALL, 32, 224);
    vit(all, "small_patch32_384", Size.SMALL, 32, 384);
    vit(all, "small_patch16_224", Size.SMALL, 16, 224);
    vit(all, "small_patch16_384", Size.SMALL, 16, 384);
    vit(all, "small_patch8_224", Size.SMALL, 8, 224);
    vit(all, "base_patch32_224", Size.BASE, 32, 224);
    vit(all, "base_patch32_384", Size.BASE, 32, 384);
    vit(all, "base_patch16_224", Size.BASE, 16, 224);
    vit(all, "base_patch16_384", Size.BASE, 16, 384);
    vit(all, "base_patch8_224", Size.BASE, 8, 224);
    vit(all, "large_patch32_224", Size.LARGE, 32, 224);
    vit(all, "large_patch32_384", Size.LARGE, 32, 384);
    vit(all, "large_patch16_224", Size.LARGE, 16, 224);
    vit(all, "large_patch16_384", Size.LARGE, 16, 384);
    vit(all, "large_patch14_224", Size.LARGE, 14, 224);
    vit(all, "huge_patch14_224", Size.HUGE, 14, 224);

    add(all, "deit_tiny_patch16_224", Config.of(Size.TINY, 16, 224));
    add(all, "deit_small_patch16_224", Config.of(Size.SMALL, 16, 224));
    add(all, "deit_base_patch16_224", Config.of(Size.BASE, 16, 224));
    add(all, "deit_base_patch16_384", Config.of(Size.BASE, 16, 384));

    deit3(all, "small_patch16_224", Size.SMALL, 16, 224);
    deit3(all, "small_patch16_384", Size.SMALL, 16, 384);
    deit3(all, "medium_patch16_224", Size.MEDIUM, 16, 224);
    deit3(all, "base_patch16_224", Size.BASE, 16, 224);
    deit3(all, "base_patch16_384", Size.BASE, 16, 384);
    deit3(all, "large_patch16_224", Size.LARGE, 16, 224);
    deit3(all, "large_patch16_384", Size.LARGE, 16, 384);
    deit3(all, "huge_patch14_224", Size.HUGE, 14, 224);

    mae(all, "base_patch16", Size.BASE, 16);
    mae(all, "large_patch16", Size.LARGE, 16);
    mae(all, "huge_patch14", Size.HUGE, 14);

    clip(all, "base_patch32_clip_quickgelu_224", Size.BASE, 32, 224, 512);
    clip(all, "base_patch16_clip_quickgelu_224", Size.BASE, 16, 224, 512);
    clip(all, "large_patch14_clip_quickgelu_224", Size.LARGE, 14, 224, 768);
    clip(all, "large_patch14_clip_quickgelu_336", Size.LARGE, 14, 336, 768);
    return all;
  }

  private static void vit(
      List<Architecture<VisionTransformer>> all, String name, Size size, int patch, int pixels) {
    add(all, "vit_" + name, Config.of(size, patch, pixels));
  }

  private static void deit3(
      List<Architecture<VisionTransformer>> all, String name, Size size, int patch, int pixels) {
    add(
        all,
        "deit3_" + name,
        Config.of(size, patch, pixels)
            .withStyle(Style.DEIT3)
            .withLayerScale(DEIT3_LAYER_SCALE)
            .withDrop(new DropRates(0, 0, DropRates.Rule.CONSTANT)));
  }

  /** timm has no names for these: its vit_*_224 with {@code global_pool='avg'}. */
  private static void mae(
      List<Architecture<VisionTransformer>> all, String name, Size size, int patch) {
    add(all, "mae_vit_" + name, Config.of(size, patch, 224).withStyle(Style.MAE));
  }

  private static void clip(
      List<Architecture<VisionTransformer>> all,
      String name,
      Size size,
      int patch,
      int pixels,
      int projection) {
    add(
        all,
        "vit_" + name,
        Config.of(size, patch, pixels).withStyle(Style.CLIP).withClasses(projection));
  }

  private static void add(
      List<Architecture<VisionTransformer>> all, String name, Config published) {
    all.add(architecture(name, published));
  }

  static Architecture<VisionTransformer> architecture(String name, Config published) {
    return new Architecture<>(
        name,
        overrides -> new VisionTransformer(changed(published, overrides)),
        "head",
        VitWeights::fit);
  }

  private static Config changed(Config config, Overrides overrides) {
    DropRates drop = config.drop();
    return config
        .withClasses(overrides.classes().orElse(config.classes()))
        .withImageSize(overrides.imageSize().orElse(config.imageSize()))
        .withChannels(overrides.channels().orElse(config.channels()))
        .withDrop(drop.withDropPath(overrides.dropPath().orElse(drop.dropPath())));
  }
}
