"""Goldens for io.vitrail.vision.classification: what timm's evaluation makes of images.

Made with Python 3.11, torch 2.15.0, torchvision, timm 1.0.31, Pillow 13.0.0. Run from the repository root:
    PYTHONPATH=tools/goldens python tools/goldens/vision/classify.py vision/src/test/resources/goldens

Pixels are formula.py's uniform numbers times 256, truncated; results are thinned out as in conv.py.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image
from safetensors.torch import save_file
from timm.data import create_transform

from formula import uniform

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
tensors = {}


def picture(width, height):
    pixels = np.trunc(uniform("photo", width * height * 3) * 256).astype(np.uint8)
    return Image.fromarray(pixels.reshape(height, width, 3))


def thin(t):
    return t.flatten()[:: t.numel() // 100].clone()


for width, height, size, ratio, interpolation in [
    (61, 40, 24, 0.875, "bicubic"),
    (33, 90, 24, 0.95, "bilinear"),
    (20, 21, 32, 1.0, "bicubic"),
]:
    transform = create_transform(
        size, is_training=False, crop_pct=ratio, interpolation=interpolation, mean=MEAN, std=STD
    )
    tensors[f"{width}x{height}"] = thin(transform(picture(width, height)))
save_file(tensors, Path(sys.argv[1]) / "classify.safetensors")
