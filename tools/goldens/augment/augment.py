"""Goldens for io.vitrail.training.augment: what timm and torchvision do when the draws are given.

Made with timm 1.0.31, torchvision 0.29.2, torch 2.15.0, Pillow 13.0.0, Python 3.11, on x86-64. Run
from the repository root:
    python tools/goldens/augment/augment.py

Writes to training/src/test/resources/goldens/augment/:
    photo.png            64 x 56 of the cat of imaging's test photos
    operations.tsv       operation, magnitude, argument with a positive sign, hash of the result
    policies.tsv         policy, pair, operation, probability, magnitude
    images.tsv           case, its numbers, hash of the resulting image or of its float32 values
    mixing.safetensors   inputs and results of timm's Mixup with given lam and boxes
Hashes are the first 8 bytes of SHA-256, in hex.
"""

import hashlib
import json
import random
from pathlib import Path

import numpy as np
import timm.data.auto_augment as aa
import timm.data.mixup as tm
import torch
import torchvision.transforms as T
import torchvision.transforms.functional as F
from PIL import Image
from safetensors.torch import save_file
from timm.data.transforms import RandomResizedCropAndInterpolation
from timm.data.transforms_factory import create_transform

out = Path("training/src/test/resources/goldens/augment")
out.mkdir(parents=True, exist_ok=True)
cat = Image.open("imaging/src/test/resources/photos/animal_cat.png").convert("RGB")
photo = cat.crop((140, 70, 204, 126))
photo.save(out / "photo.png", optimize=True)
FILL = (124, 116, 104)
MODES = {"BILINEAR": T.InterpolationMode.BILINEAR, "BICUBIC": T.InterpolationMode.BICUBIC}
PIL_MODES = {"BILINEAR": Image.Resampling.BILINEAR, "BICUBIC": Image.Resampling.BICUBIC}


def digest(data):
    return hashlib.sha256(data).hexdigest()[:16]


def write(name, rows):
    (out / name).write_text("\n".join("\t".join(map(str, row)) for row in rows) + "\n")


# Operations: the sign is positive, the argument is timm's, black where Pillow keeps no bit at all.
random_random, random.random = random.random, lambda: 0.0
rows = []
for op in sorted(set(aa._RAND_TRANSFORMS + aa._RAND_INCREASING_TRANSFORMS) | {"PosterizeOriginal"}):
    for m in (0, 0.7, 2.3, 5, 7, 8.99, 10):
        level = aa.LEVEL_TO_ARG[op]
        arg = level(m, {}) if level else ()
        for filter, mode in PIL_MODES.items():
            if op.startswith("Posterize") and arg[0] == 0:
                image = Image.new("RGB", photo.size)
            else:
                image = aa.NAME_TO_OP[op](photo, *arg, resample=mode, fillcolor=FILL)
            rows.append((op, m, float(arg[0]) if arg else 0.0, filter, digest(image.tobytes())))
write("operations.tsv", rows)
random.random = random_random

rows = []
for name in ("original", "originalr", "v0", "v0r"):
    for i, pair in enumerate(aa.auto_augment_policy(name)):
        rows += [(name, i, op.name, op.prob, op.magnitude) for op in pair]
for text in ("rand-m9-mstd0.5-inc1", "rand-m7-mstd0.5", "rand-n3-p0.7-mmax12-m11"):
    for i, op in enumerate(aa.rand_augment_transform(text, {}).ops):
        rows.append((text, i, op.name, op.prob, op.magnitude))
write("policies.tsv", rows)


def noise(width, height, channels=3):
    x, data = width * 1000 + height, bytearray()
    for _ in range(width * height * channels):
        x = (x * 1664525 + 1013904223) & 0xFFFFFFFF
        data.append(x >> 24)
    return Image.frombytes("L" if channels == 1 else "RGB", (width, height), bytes(data))


rows = []
for size in (16, 33):
    for filter, mode in MODES.items():
        for left, top, w, h in ((0, 0, 64, 56), (10, 3, 20, 31), (63, 55, 1, 1), (5, 5, 33, 33)):
            image = F.resized_crop(photo, top, left, h, w, (size, size), mode)
            rows.append(("resizedCrop", f"{size},{left},{top},{w},{h},{filter}", digest(image.tobytes())))
for w, h in ((64, 56), (100, 10), (10, 100), (7, 3), (3, 7), (1, 50), (50, 1), (4, 3), (1, 1)):
    image = Image.new("L", (w, h))  # a scale of 50 images never fits
    i, j, th, tw = RandomResizedCropAndInterpolation.get_params(image, (50, 50), (3 / 4, 4 / 3))
    rows.append(("centralBox", f"{w},{h}", f"{j},{i},{tw},{th}"))
for size in (16, 40):
    for top, left in ((0, 0), (8, 8), (3, 5)):
        image = T.Resize(size, T.InterpolationMode.BICUBIC)(photo)
        image = F.crop(F.pad(image, 4, padding_mode="reflect"), top, left, size, size)
        rows.append(("simple", f"{size},{top},{left}", digest(image.tobytes())))
for top, left in ((0, 0), (8, 8), (3, 5)):
    image = F.crop(F.pad(noise(12, 12), 4), top, left, 12, 12)
    rows.append(("padded", f"{top},{left}", digest(image.tobytes())))
for ratio in (0.875, 0.95, 1.0):
    for size in (24, 31):
        for w, h in ((64, 56), (57, 91), (20, 200), (5, 3), (1, 1), (1, 40), (31, 31)):
            transform = create_transform(size, crop_pct=ratio, interpolation="bicubic")
            values = transform(noise(w, h)).numpy()
            rows.append(("evaluation", f"{ratio},{size},{w},{h}", digest(values.tobytes())))
for order in ((0, 1, 2), (2, 0, 1), (1, 2, 0)):
    factors = (0.7123, 1.2345, 1.0678)
    image = photo
    for i in order:
        image = (F.adjust_brightness, F.adjust_contrast, F.adjust_saturation)[i](image, factors[i])
    rows.append(("jitter", ",".join(map(str, order + factors)), digest(image.tobytes())))
write("images.tsv", rows)


# Mixing: timm's Mixup with its draws replaced.
B, C, H, W, K = 4, 3, 7, 6, 5
rng = np.random.default_rng(3)
levels = rng.integers(0, 256, (B, C, H, W)).astype(np.uint8)
mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])


def normalised(x):
    return (torch.as_tensor(x).float().div(255) - mean[:, None, None]) / std[:, None, None]


labels = torch.tensor([0, 4, 2, 2])
tensors = {"images": normalised(levels), "labels": labels}
LAMS = [0.3, 0.85, 1.0, 0.61]
CUTS = [False, True, False, True]
BOXES = {0.85: (1, 5, 0, 3), 0.61: (0, 7, 2, 4)}  # top, bottom, left, right


def box_and_lam(shape, lam, ratio_minmax=None, correct_lam=True, count=None):
    box = BOXES[round(float(lam), 2)]
    return box, 1 - (box[1] - box[0]) * (box[3] - box[2]) / (H * W)


tm.cutmix_bbox_and_lam = box_and_lam


def given(kind, mode, lam, cut, smoothing):
    mixup = kind(num_classes=K, mode=mode, label_smoothing=smoothing, cutmix_alpha=1.0)
    mixup._params_per_batch = lambda: (lam, cut)
    n = B if mode == "elem" else B // 2
    mixup._params_per_elem = lambda size: (np.array(LAMS[:n], np.float32), np.array(CUTS[:n]))
    return mixup


for name, mode, lam, cut, smoothing in (
    ("batch-mixup", "batch", 0.3, False, 0.1),
    ("batch-cutmix", "batch", 0.85, True, 0.0),
    ("pair", "pair", None, None, 0.1),
    ("element", "elem", None, None, 0.0),
):
    x, y = given(tm.Mixup, mode, lam, cut, smoothing)(tensors["images"].clone(), labels)
    tensors[name + ".images"], tensors[name + ".targets"] = x.contiguous(), y.contiguous()
for name, mode, lam, cut in (
    ("levels-batch", "batch", 0.3, False),
    ("levels-element", "elem", None, None),
    ("levels-half", "half", None, None),
):
    batch = [(levels[i].copy(), int(labels[i])) for i in range(B)]
    x, y = given(tm.FastCollateMixup, mode, lam, cut, 0.1)(batch)
    tensors[name + ".images"], tensors[name + ".targets"] = normalised(x), y.contiguous()
save_file(tensors, out / "mixing.safetensors")
