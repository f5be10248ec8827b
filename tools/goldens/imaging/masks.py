"""Goldens for io.vitrail.imaging.Masks, Blur, Components and ForegroundEstimation.

Made with scikit-image 0.26.0, SciPy 1.17.1, NumPy 2.4.6, Pillow 13.0.0, Python 3.11. Run from the
repository root:
    python tools/goldens/imaging/masks.py imaging/src/test/resources/goldens/masks

Writes `soft.png` (a soft mask), one PNG for each operation on it, `blur.bin` (little-endian float32:
box blurs of size 7, 6 and 90, then the Gaussian of 5 taps and sigma 2), `numbers.tsv`, and for the
foreground `photo.png`, `alpha.png` and `foreground.png`, the last by the two formulas of blur fusion in
float64. `cleanup.png` follows rembg 2.0.86: grey opening by a disk of radius 1, SciPy's gaussian_filter
with sigma 2, 255 where not below 127.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image
from scipy import ndimage
from skimage import filters, measure, morphology

out = Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
rng = np.random.default_rng(7)
W, H = 97, 61


def save(name, a):
    Image.fromarray(a.astype(np.uint8)).save(out / f"{name}.png", optimize=True)


soft = ndimage.gaussian_filter(rng.random((H, W)), 2.0)
soft = (soft - soft.min()) / (soft.max() - soft.min())
soft = (np.clip((soft - 0.5) * 2.5 + 0.5, 0, 1) * 255).astype(np.uint8)
soft[rng.random((H, W)) < 0.02] = 255
save("soft", soft)

for r in (1, 2, 5):
    for shape, element in (("disk", morphology.disk(r)), ("square", np.ones((2 * r + 1,) * 2))):
        save(f"erode-{shape}{r}", ndimage.grey_erosion(soft, footprint=element, mode="reflect"))
        save(f"dilate-{shape}{r}", ndimage.grey_dilation(soft, footprint=element, mode="reflect"))
save("open-disk2", morphology.opening(soft, morphology.disk(2)))
save("close-disk2", morphology.closing(soft, morphology.disk(2)))
smooth = ndimage.gaussian_filter(morphology.opening(soft, morphology.disk(1)).astype(np.float64), 2)
save("cleanup", np.where(smooth < 127, 0, 255))

binary = soft > 127
save("holes", ndimage.binary_fill_holes(binary) * 255)
save("islands", morphology.remove_small_objects(binary, max_size=19, connectivity=2) * 255)

plane = soft.astype(np.float64) / 255
blurs = [ndimage.uniform_filter(plane, size, mode="mirror") for size in (7, 6, 90)]
blurs.append(ndimage.gaussian_filter(plane, 2, truncate=1, mode="mirror"))
(out / "blur.bin").write_bytes(np.stack(blurs).astype("<f4").tobytes())

sides = measure.label(binary, connectivity=1)
corners = measure.label(binary, connectivity=2)
largest = np.bincount(corners.ravel())[1:].max()


def fuse(image, f, b, alpha, size):
    blur = lambda a: ndimage.uniform_filter(a, size, mode="mirror")
    weight = blur(alpha)
    f = blur(f * alpha) / (weight + 1e-5)
    b = blur(b * (1 - alpha)) / ((1 - weight) + 1e-5)
    return np.clip(f + alpha * (image - alpha * f - (1 - alpha) * b), 0, 1), b


photo = np.stack([ndimage.gaussian_filter(rng.random((H, W)), 3) for _ in range(3)], -1)
photo = ((photo - photo.min()) / (photo.max() - photo.min()) * 255).astype(np.uint8)
y, x = np.mgrid[0:H, 0:W]
alpha = np.clip((28 - np.hypot(x - 48, y - 30)) / 12, 0, 1)
alpha = (alpha * 255 + 0.5).astype(np.uint8)
save("photo", photo)
save("alpha", alpha)
a = alpha / 255.0
planes = []
for c in range(3):
    i = photo[..., c] / 255.0
    f, b = fuse(i, i, i, a, 90)
    f, b = fuse(i, f, b, a, 6)
    planes.append(f)
save("foreground", np.stack(planes, -1) * 255 + 0.5)

ys, xs = np.nonzero(alpha > 100)
numbers = {
    "otsu": filters.threshold_otsu(soft),
    "components_by_sides": sides.max(),
    "components_by_sides_and_corners": corners.max(),
    "largest": largest,
    "left": xs.min(),
    "top": ys.min(),
    "right": xs.max() + 1,
    "bottom": ys.max() + 1,
}
(out / "numbers.tsv").write_text("".join(f"{k}\t{v}\n" for k, v in numbers.items()))
