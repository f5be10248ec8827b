"""Goldens for io.vitrail.imaging.Images: small files of every kind, and what Pillow reads from them.

Made with Pillow 13.0.0 (libjpeg-turbo 6.2 API, libwebp 1.6.0), NumPy 2.4.6, Python 3.11. Run from
the repository root:
    python tools/goldens/imaging/files.py imaging/src/test/resources/goldens/files

Writes the files and `expected.tsv`: file, kind (L, RGB, RGBA), width, height, SHA-256 of the pixels as
Pillow gives them in that kind. JPEG decoders may differ in the last bit, so JPEG files have their pixels
beside them as `NAME.expected.png`. PNG files that Pillow cannot write (interlaced, 2 bits, 16-bit
colour) are put together here. Grey files with 16 bits are expected as their high byte.
"""

import hashlib
import io
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import PIL
from PIL import Image, ImageCms

W, H = 37, 23
PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
out = Path(sys.argv[1])
table = []


def picture(channels, top=255):
    """A smooth picture with some noise."""
    y, x = np.mgrid[0:H, 0:W]
    rng = np.random.default_rng(channels * 1000 + top)
    planes = [x * (3 + c) + y * (7 - c) + rng.integers(0, 12, (H, W)) for c in range(channels)]
    a = np.stack(planes, -1).astype(np.float64)
    return (a / a.max() * top + 0.5).astype(np.uint16)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(samples, depth, colour_type, extra=b"", interlaced=False):
    """A PNG of the given samples [H, W, C]; row filters change from row to row."""

    def rows(part):
        h, w, c = part.shape
        lines = []
        step = max(1, c * depth // 8)
        if depth == 16:
            packed = part.astype(">u2").reshape(h, -1).view(np.uint8)
        elif depth == 8:
            packed = part.astype(np.uint8).reshape(h, -1)
        else:
            bits = np.unpackbits(part.astype(np.uint8).reshape(h, -1, 1), axis=2)[:, :, 8 - depth :]
            packed = np.packbits(bits.reshape(h, -1), axis=1)
        above = np.zeros(packed.shape[1], np.int32)
        for y in range(h):
            cur = packed[y].astype(np.int32)
            left = np.concatenate([np.zeros(step, np.int32), cur[:-step]])[: len(cur)]
            corner = np.concatenate([np.zeros(step, np.int32), above[:-step]])[: len(cur)]
            kind = y % 5
            p = left + above - corner
            pa, pb, pc = abs(p - left), abs(p - above), abs(p - corner)
            paeth = np.where((pa <= pb) & (pa <= pc), left, np.where(pb <= pc, above, corner))
            guess = [0, left, above, (left + above) // 2, paeth][kind]
            lines.append(bytes([kind]) + ((cur - guess) & 255).astype(np.uint8).tobytes())
            above = cur
        return b"".join(lines)

    h, w = samples.shape[:2]
    if interlaced:
        raw = b"".join(
            rows(samples[y::dy, x::dx]) for x, y, dx, dy in PASSES if samples[y::dy, x::dx].size
        )
    else:
        raw = rows(samples)
    data = zlib.compress(raw)
    head = struct.pack(">IIBBBBB", w, h, depth, colour_type, 0, 0, int(interlaced))
    body = chunk(b"IDAT", data[:100]) + chunk(b"IDAT", data[100:])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + body + chunk(b"IEND", b"")


def expect(name, data, kind, pixels=None):
    (out / name).write_bytes(data)
    if pixels is None:
        image = Image.open(io.BytesIO(data))
        image.load()
        pixels = np.asarray(image.convert(kind))
    assert pixels.dtype == np.uint8
    digest = hashlib.sha256(pixels.tobytes()).hexdigest()
    table.append(f"{name}\t{kind}\t{pixels.shape[1]}\t{pixels.shape[0]}\t{digest}")
    if name.endswith(".jpg"):
        Image.fromarray(pixels).save(out / (name + ".expected.png"), optimize=True)


def pngs():
    for depth in (1, 2, 4, 8):
        expect(f"grey{depth}.png", png(picture(1, 2**depth - 1), depth, 0), "L")
    deep = picture(1, 65535)
    expect("grey16.png", png(deep, 16, 0), "L", (deep[:, :, 0] >> 8).astype(np.uint8))
    expect("rgb8.png", png(picture(3), 8, 2), "RGB")
    expect("rgb16.png", png(picture(3, 65535), 16, 2), "RGB")
    expect("rgba8.png", png(picture(4), 8, 6), "RGBA")
    expect("rgba16.png", png(picture(4, 65535), 16, 6), "RGBA")
    expect("greyalpha8.png", png(picture(2), 8, 4), "RGBA")
    expect("greyalpha16.png", png(picture(2, 65535), 16, 4), "RGBA")
    rng = np.random.default_rng(1)
    colours = rng.integers(0, 256, 768, np.uint8).tobytes()
    for depth in (1, 2, 4, 8):
        size = 2**depth
        index = picture(1, size - 1)
        plte = chunk(b"PLTE", colours[: 3 * size])
        expect(f"palette{depth}.png", png(index, depth, 3, plte), "RGB")
        trns = chunk(b"tRNS", bytes([0, 128, 30][: max(1, size // 2)]))
        expect(f"palette{depth}-trns.png", png(index, depth, 3, plte + trns), "RGBA")
    expect("grey8-trns.png", png(picture(1), 8, 0, chunk(b"tRNS", struct.pack(">H", 100))), "RGBA")
    rgb = picture(3)
    key = chunk(b"tRNS", struct.pack(">HHH", *(int(v) for v in rgb[5, 5])))
    expect("rgb8-trns.png", png(rgb, 8, 2, key), "RGBA")
    expect("rgb8-interlaced.png", png(picture(3), 8, 2, interlaced=True), "RGB")
    expect("grey1-interlaced.png", png(picture(1, 1), 1, 0, interlaced=True), "L")
    expect("rgba16-interlaced.png", png(picture(4, 65535), 16, 6, interlaced=True), "RGBA")
    tiny = picture(3)[:1, :1]
    expect("tiny-interlaced.png", png(tiny, 8, 2, interlaced=True), "RGB")


def saved(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def jpegs():
    rgb = Image.fromarray(picture(3).astype(np.uint8))
    grey = Image.fromarray(picture(1)[:, :, 0].astype(np.uint8))
    cmyk = Image.fromarray(picture(4).astype(np.uint8), "CMYK")
    expect("444.jpg", saved(rgb, "JPEG", quality=92, subsampling=0), "RGB")
    expect("422.jpg", saved(rgb, "JPEG", quality=92, subsampling=1), "RGB")
    expect("420.jpg", saved(rgb, "JPEG", quality=92, subsampling=2), "RGB")
    expect("progressive.jpg", saved(rgb, "JPEG", quality=92, progressive=True), "RGB")
    expect("restart.jpg", saved(rgb, "JPEG", quality=92, restart_marker_blocks=1), "RGB")
    expect("rgb.jpg", saved(rgb, "JPEG", quality=92, keep_rgb=True), "RGB")
    expect("grey.jpg", saved(grey, "JPEG", quality=92), "L")
    data = saved(cmyk, "JPEG", quality=92)
    expect("cmyk.jpg", data, "RGB")
    at = data.index(b"Adobe") + 11
    expect("ycck.jpg", data[:at] + b"\x02" + data[at + 1 :], "RGB")
    exif = Image.Exif()
    for turn in range(1, 9):
        exif[0x0112] = turn
        small = Image.fromarray(picture(3)[:16, :24].astype(np.uint8))
        (out / f"turn{turn}.jpg").write_bytes(saved(small, "JPEG", quality=95, exif=exif))
        (out / f"turn{turn}.png").write_bytes(saved(small, "PNG", exif=exif))
    exif[0x0112] = 6
    (out / "turn6.webp").write_bytes(saved(small, "WEBP", lossless=True, exif=exif))


def others():
    rgb = Image.fromarray(picture(3).astype(np.uint8))
    rgba = Image.fromarray(picture(4).astype(np.uint8))
    grey = Image.fromarray(picture(1)[:, :, 0].astype(np.uint8))
    two = grey.point(lambda v: 255 * (v > 100)).convert("1")
    expect("lossless.webp", saved(rgb, "WEBP", lossless=True), "RGB")
    expect("lossless-alpha.webp", saved(rgba, "WEBP", lossless=True, exact=True), "RGBA")
    expect("lossy.webp", saved(rgb, "WEBP", quality=80), "RGB")
    expect("lossy-alpha.webp", saved(rgba, "WEBP", quality=80), "RGBA")
    frames = [rgb, rgb.rotate(180)]
    animated = saved(frames[0], "WEBP", save_all=True, append_images=frames[1:])
    (out / "animated.webp").write_bytes(animated)
    expect("rgb.bmp", saved(rgb, "BMP"), "RGB")
    expect("grey.bmp", saved(grey, "BMP"), "RGB")
    expect("two.bmp", saved(two, "BMP"), "RGB")
    expect("palette.bmp", saved(rgb.quantize(16), "BMP"), "RGB")
    expect("palette.gif", saved(rgb.quantize(32), "GIF"), "RGB")
    expect("interlaced.gif", saved(rgb.quantize(32), "GIF", interlace=1), "RGB")
    clear = rgb.quantize(32)
    expect("transparent.gif", saved(clear, "GIF", transparency=3), "RGBA")
    gif = saved(frames[0].quantize(16), "GIF", save_all=True, append_images=[frames[1].quantize(16)])
    expect("animated.gif", gif, "RGB")
    for compression in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"):
        expect(f"{compression}.tif", saved(rgb, "TIFF", compression=compression), "RGB")
    expect("grey.tif", saved(grey, "TIFF"), "L")
    expect("alpha.tif", saved(rgba, "TIFF", compression="tiff_lzw"), "RGBA")
    expect("two.tif", saved(two, "TIFF", compression="group4"), "RGB")
    deep = picture(1, 65535)[:, :, 0]
    expect("grey16.tif", saved(Image.fromarray(deep), "TIFF"), "L", (deep >> 8).astype(np.uint8))
    expect("cmyk.tif", saved(rgb.convert("CMYK"), "TIFF", compression="tiff_lzw"), "RGB")


def profiles():
    """A picture in a space whose red and blue are exchanged: easy to tell, whatever the CMM."""
    rgb = Image.fromarray(picture(3).astype(np.uint8))
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = icc.replace(b"rXYZ", b"tmpX").replace(b"bXYZ", b"rXYZ").replace(b"tmpX", b"bXYZ")
    small = rgb.crop((0, 0, 16, 16))
    for name, profile in (("srgb", icc), ("swapped", swapped), ("broken", icc[:60])):
        (out / f"profile-{name}.png").write_bytes(saved(small, "PNG", icc_profile=profile))
        (out / f"profile-{name}.jpg").write_bytes(
            saved(small, "JPEG", quality=95, subsampling=0, icc_profile=profile)
        )
    (out / "profile-swapped.webp").write_bytes(
        saved(small, "WEBP", lossless=True, icc_profile=swapped)
    )
    (out / "profile-swapped.tif").write_bytes(saved(small, "TIFF", icc_profile=swapped))


assert PIL.__version__ == "13.0.0", PIL.__version__
out.mkdir(parents=True, exist_ok=True)
pngs()
jpegs()
others()
profiles()
(out / "expected.tsv").write_text("\n".join(table) + "\n")
