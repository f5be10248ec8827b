package io.vitrail.vision.vit;

import io.vitrail.vision.vit.VisionTransformer.Config;
import java.util.LinkedHashMap;
import java.util.Map;

/** Small networks of every form; tools/goldens/vision/vit.py has the same ones. */
final class Forms {
  private Forms() {}

  /** 16 pixels, patches of 4, width 32, three blocks. */
  static final Config VIT = Config.of(new Size(32, 3, 4, 4), 4, 16).withClasses(5);

  static final Config DEIT3 = VIT.withStyle(Style.DEIT3).withLayerScale(1e-4);
  static final Config MAE = VIT.withStyle(Style.MAE);
  static final Config CLIP = VIT.withStyle(Style.CLIP);

  /** One channel, 8 pixels, patches of 2. */
  static final Config DIGITS =
      Config.of(new Size(32, 3, 4, 4), 2, 8)
          .withChannels(1)
          .withClasses(5)
          .withStyle(Style.DEIT3)
          .withLayerScale(1);

  static final Map<String, Config> ALL = new LinkedHashMap<>();

  static {
    ALL.put("vit", VIT);
    ALL.put("deit3", DEIT3);
    ALL.put("mae", MAE);
    ALL.put("clip", CLIP);
    ALL.put("digits", DIGITS);
  }
}
