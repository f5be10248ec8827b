"""Goldens for Warp, Tone, Enhance and Blur of io.vitrail.imaging: what Pillow gives, one hash per case.

Made with Pillow 13.0.0, Python 3.11, on x86-64. Run from the repository root:
    python tools/goldens/imaging/augment.py imaging/src/test/resources

Sources: the cat of the test photos, a crop of 48 x 40 of it, both in grey too, and noise from the
generator that the Java test repeats. Columns: source, operation, its numbers, first four bytes of
the result and eight of the SHA-256 of all its bytes, in hex.
"""

import hashlib
import sys
from pathlib import Path

import PIL
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

FILTERS = {
    "NEAREST": Image.Resampling.NEAREST,
    "BILINEAR": Image.Resampling.BILINEAR,
    "BICUBIC": Image.Resampling.BICUBIC,
}
FILL = (124, 116, 104)
NOISES = [(1, 1), (1, 9), (9, 1), (2, 2), (3, 3), (31, 17), (16, 300)]
FACTORS = [0, 0.1, 0.19, 0.3, 0.55, 0.7, 0.9999, 1, 1.0001, 1.3, 1.5230117, 1.81, 1.9, 3, -0.5]

resources = Path(sys.argv[1])


def noise(width, height, channels):
    x, out = width * 1000 + height, bytearray()
    for _ in range(width * height * channels):
        x = (x * 1664525 + 1013904223) & 0xFFFFFFFF
        out.append(x >> 24)
    return Image.frombytes("L" if channels == 1 else "RGB", (width, height), bytes(out))


cat = Image.open(resources / "photos/animal_cat.png").convert("RGB")
crop = cat.crop((150, 80, 198, 120))
sources = {"cat": cat, "cat-grey": cat.convert("L"), "crop": crop, "crop-grey": crop.convert("L")}
for w, h in NOISES:
    for c in (1, 3):
        sources[f"noise-{w}-{h}-{c}"] = noise(w, h, c)


def fill(image):
    # The Java side takes the luma of the colour.
    return FILL if image.mode == "RGB" else 117


def affine(image, matrix, name):
    return image.transform(
        image.size, Image.Transform.AFFINE, matrix, FILTERS[name], fillcolor=fill(image)
    )


def cases(image):
    w, h = image.size
    for name, filter in FILTERS.items():
        for angle in (0, 1e-3, 13.7, 30, 45, 90, 180, 269.2, 270, -7.25, -30, 721):
            if angle % 360 in (90, 270) and w != h:
                continue  # quarter turns of other shapes lie between pixels
            yield f"rotate-{name}", [angle], image.rotate(angle, FILTERS[name], fillcolor=fill(image))
        for s in (0, 0.3, -0.3, 0.123):
            yield f"shearX-{name}", [s], affine(image, (1, s, 0, 0, 1, 0), name)
            yield f"shearY-{name}", [s], affine(image, (1, 0, 0, s, 1, 0), name)
        for dx, dy in ((0.45 * w, 0), (0, -0.45 * h), (3, -2), (-0.5, 0.25), (1000, 0)):
            yield f"translate-{name}", [dx, dy], affine(image, (1, 0, dx, 0, 1, dy), name)
        for m in ((0.5, 0.1, 3, -0.2, 1.5, 1), (-1, 0, w, 0, 0.7, 0.3), (900, 900.5, 0, -3000, 1, 5)):
            yield f"affine-{name}", m, affine(image, m, name)
    for r in (0, 0.1, 0.3, 0.5, 0.77, 1, 1.234567, 1.5, 2, 3.3, 10, 40):
        yield "blur", [r], image.filter(ImageFilter.GaussianBlur(r))
    for f in FACTORS:
        yield "colour", [f], ImageEnhance.Color(image).enhance(f)
        yield "contrast", [f], ImageEnhance.Contrast(image).enhance(f)
        yield "brightness", [f], ImageEnhance.Brightness(image).enhance(f)
        yield "sharpness", [f], ImageEnhance.Sharpness(image).enhance(f)
    for t in (0, 1, 26, 128, 255, 256):
        yield "solarize", [t], ImageOps.solarize(image, t)
    for a in (0, 1, 55, 99, 110, 128):
        lut = [min(255, v + a) if v < 128 else v for v in range(256)]
        yield "solarizeAdd", [a], image.point(lut * len(image.getbands()))
    for bits in range(1, 9):
        yield "posterize", [bits], ImageOps.posterize(image, bits)
    yield "posterize", [0], image.point([0] * 256 * len(image.getbands()))  # timm's old lowest level
    yield "autoContrast", [], ImageOps.autocontrast(image)
    yield "equalize", [], ImageOps.equalize(image)
    yield "invert", [], ImageOps.invert(image)
    yield "grey", [], image.convert("L")


lines = []
for name, image in sources.items():
    for op, numbers, result in cases(image):
        if name in ("cat", "cat-grey") and op.startswith(("rotate", "affine")) and numbers[0] not in (30, 0.5):
            continue
        data = result.tobytes()
        numbers = ",".join(repr(float(n)) for n in numbers)
        lines.append(
            "\t".join([name, op, numbers, data[:4].hex(), hashlib.sha256(data).hexdigest()[:16]])
        )
(resources / "goldens/augment.tsv").write_text("\n".join(lines) + "\n")
print(PIL.__version__, len(lines), "cases")
