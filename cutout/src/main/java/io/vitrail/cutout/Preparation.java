package io.vitrail.cutout;

import io.vitrail.imaging.Image;
import io.vitrail.imaging.Resize;
import io.vitrail.imaging.ResizeFilter;
import io.vitrail.tensor.DType;
import io.vitrail.tensor.F;
import io.vitrail.tensor.Tensor;

/** What happens to a photo before the network and to the map after it. */
enum Preparation {
  /**
   * As the IS-Net authors' inference script: bilinear without anti-aliasing, on the tensor side.
   */
  AUTHORS {
    @Override
    Tensor input(Image rgb, int size) {
      Tensor pixels =
          Tensor.of(rgb.pixels(), 1, rgb.height(), rgb.width(), 3).permute(0, 3, 1, 2); // [1,3,H,W]
      Tensor square =
          F.interpolate(pixels.to(DType.F32), size, size, F.Interpolation.BILINEAR)
              .floor(); // the script stores uint8
      return square.div(255).sub(0.5);
    }

    @Override
    Image alpha(Tensor map, int width, int height) {
      return toImage(
          stretched(F.interpolate(map, height, width, F.Interpolation.BILINEAR)), width, height);
    }
  },

  /** As rembg: Pillow's Lanczos both ways, brightness relative to the image's maximum. */
  REMBG {
    @Override
    Tensor input(Image rgb, int size) {
      Image square = Resize.to(rgb, size, size, ResizeFilter.LANCZOS);
      Tensor pixels =
          Tensor.of(square.pixels(), 1, size, size, 3).permute(0, 3, 1, 2).to(DType.F32);
      double max = Math.max(pixels.max().item(), 1e-6);
      return pixels.div(max).sub(0.5);
    }

    @Override
    Image alpha(Tensor map, int width, int height) {
      int size = (int) map.size(2);
      return Resize.to(toImage(stretched(map), size, size), width, height, ResizeFilter.LANCZOS);
    }
  };

  static Preparation of(CutoutOptions.Style style) {
    return style == CutoutOptions.Style.AUTHORS ? AUTHORS : REMBG;
  }

  /** The network's input [1, 3, size, size] in [-0.5, 0.5]. */
  abstract Tensor input(Image rgb, int size);

  /** Opacity of the photo's size from the network's map [1, 1, size, size]. */
  abstract Image alpha(Tensor map, int width, int height);

  /**
   * Stretches a map to [0, 1]. A constant one stays what it is; the reference divides by zero
   * there.
   */
  private static Tensor stretched(Tensor map) {
    double min = map.min().item();
    double max = map.max().item();
    return max > min ? map.sub(min).div(max - min) : map;
  }

  /** Truncates to bytes, as the reference does. */
  private static Image toImage(Tensor map, int width, int height) {
    return Image.of(width, height, 1, map.mul(255).to(DType.U8).contiguous().toBytes());
  }
}
