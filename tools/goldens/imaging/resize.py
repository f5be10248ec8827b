"""Goldens for io.vitrail.imaging.Resize: what Pillow gives, as one hash per case.

Made with Pillow 13.0.0, NumPy 2.4.6, Python 3.11. Run from the repository root:
    python tools/goldens/imaging/resize.py imaging/src/test/resources/goldens

The source pixels come from a small generator that the Java test repeats (see `noise`), so only the
table is stored. Columns: mode, source width and height, target width and height, filter, source box
(left top right bottom), first eight bytes of the result in hex, SHA-256 of all its bytes.
Mode F values are little-endian float32; 100.5 is taken off so that none is zero, where the last bits
would be the noise of the platform's sine.
"""

import hashlib
import sys
from pathlib import Path

import numpy as np
import PIL
from PIL import Image

FILTERS = ["NEAREST", "BOX", "BILINEAR", "HAMMING", "BICUBIC", "LANCZOS"]
CHANNELS = {"L": 1, "RGB": 3, "RGBA": 4, "F": 1}
SIZES = [  # source -> target
    ((1, 1), (1, 1)),
    ((1, 1), (7, 5)),
    ((13, 9), (1, 1)),
    ((1, 40), (3, 17)),
    ((40, 1), (17, 3)),
    ((31, 17), (1, 17)),
    ((31, 17), (31, 5)),
    ((31, 17), (8, 17)),
    ((64, 48), (32, 24)),
    ((64, 48), (128, 96)),
    ((61, 47), (37, 101)),
    ((61, 47), (101, 13)),
    ((300, 3), (2, 200)),
    ((257, 129), (64, 64)),
    ((96, 96), (95, 97)),
]
BOXES = [  # source, box, target
    ((61, 47), (0, 0, 61, 30), (20, 20)),
    ((61, 47), (10, 5, 41, 36), (31, 31)),
    ((61, 47), (3.25, 7.5, 50.75, 40.125), (33, 64)),
    ((61, 47), (20.2, 20.2, 20.9, 21.4), (9, 5)),
    ((64, 48), (0, 11.5, 64, 37.5), (64, 26)),
]


def noise(count, seed):
    """Bytes of the linear congruential generator x = 1664525 x + 1013904223 (mod 2^32), top byte."""
    out = np.empty(count, np.uint8)
    x = seed
    for i in range(count):
        x = (x * 1664525 + 1013904223) & 0xFFFFFFFF
        out[i] = x >> 24
    return out


def source(mode, size):
    w, h = size
    c = CHANNELS[mode]
    data = noise(w * h * c, seed=w * 1000 + h)
    if mode == "F":
        return Image.fromarray(((data.astype(np.float32) - 100.5) / 7).reshape(h, w))
    shape = (h, w) if c == 1 else (h, w, c)
    return Image.fromarray(data.reshape(shape), mode)


def main(out):
    assert PIL.__version__ == "13.0.0", PIL.__version__
    cases = [(s, (0, 0) + s, t) for s, t in SIZES] + BOXES
    lines = []
    for mode in CHANNELS:
        for size, box, target in cases:
            image = source(mode, size)
            for name in FILTERS:
                result = image.resize(target, Image.Resampling[name], box=box)
                data = np.asarray(result).tobytes()
                fields = [mode, *size, *target, name, *box, data[:8].hex()]
                fields.append(hashlib.sha256(data).hexdigest())
                lines.append("\t".join(map(str, fields)))
    (Path(out) / "resize.tsv").write_text("\n".join(lines) + "\n")


main(sys.argv[1])
