"""Whole networks with timm's random weights: Vitrail's class scores against timm's, and files both ways.

Made with Python 3.11, PyTorch 2.15.0, timm 1.0.31, safetensors, NumPy. Not part of the build. From the
repository root, with WORK an empty folder as an absolute path:

    python tools/goldens/vision/compare_timm.py prepare WORK
    java -cp "$(cat WORK/classpath.txt)" tools/goldens/vision/VisionScores.java WORK
    python tools/goldens/vision/compare_timm.py report WORK docs/results/vision-parity.md

The class path comes from
    mvn -q -pl vision -am test-compile dependency:build-classpath -Dmdep.includeScope=test \\
        -Dmdep.outputFile=WORK/classpath.txt
VisionScores loads the files that timm wrote, and writes each network's weights again; `report` loads those
into timm, strictly. Wants 2 GB in WORK.
"""

import sys
from pathlib import Path

import numpy as np
import timm
import torch
from safetensors.torch import load_file, save_file
from torch import nn

# Vitrail's name: timm's, and what is special
NETWORKS = {
    "vit_small_patch16_224": ("vit_small_patch16_224", {}),
    "deit3_small_patch16_224": ("deit3_small_patch16_224", {}),
    "mae_vit_base_patch16": ("vit_base_patch16_224", dict(global_pool="avg")),
    "vit_base_patch16_clip_quickgelu_224": ("vit_base_patch16_clip_quickgelu_224", dict(num_classes=512)),
    "resnet50": ("resnet50", {}),
    "swin_tiny_patch4_window7_224": ("swin_tiny_patch4_window7_224", {}),
}
IMAGES = 4


def randomise(model):
    """Numbers under which every tensor matters: as they start, layer scales and last norms are near 0."""
    for name, tensor in model.state_dict().items():
        if name.endswith("running_mean"):
            nn.init.normal_(tensor, std=0.1)
        elif name.endswith("running_var") or (name.endswith("weight") and tensor.dim() == 1):
            nn.init.uniform_(tensor, 0.5, 1.5)
        elif tensor.dim() == 1 or name in ("cls_token", "pos_embed"):
            nn.init.normal_(tensor, std=0.1)
        elif tensor.dim() > 1:
            nn.init.normal_(tensor, std=tensor[0].numel() ** -0.5)
    return model.eval()


def build(network):
    name, special = NETWORKS[network]
    return timm.create_model(name, **special)


@torch.no_grad()
def prepare(work):
    torch.manual_seed(0)
    images = torch.randn(IMAGES, 3, 224, 224)
    np.save(work / "images.npy", images.numpy())
    for network in NETWORKS:
        model = randomise(build(network))
        save_file(model.state_dict(), work / f"{network}.safetensors")
        np.save(work / f"{network}.timm.npy", model(images).numpy())
        np.save(work / f"{network}.timm64.npy", model.double()(images.double()).numpy())
    (work / "networks.txt").write_text("\n".join(NETWORKS) + "\n")


@torch.no_grad()
def report(work, target):
    images = torch.from_numpy(np.load(work / "images.npy"))
    lines = [
        "# Image networks: parity with timm",
        "",
        f"Whole networks with random weights that timm {timm.__version__} wrote, {IMAGES} images of noise, 224 x 224,",
        f"float32 on both sides (PyTorch {torch.__version__.split('+')[0]}); the exact scores are timm's in float64. The last",
        "column: the file that Vitrail wrote, loaded into timm strictly, gives timm's scores again. Made by",
        "`tools/goldens/vision/compare_timm.py`, which says how.",
        "",
        "| network | parameters | largest score | Vitrail to timm: largest difference | mean | Vitrail to exact | timm to exact | same order of all classes | our file in timm |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for network in NETWORKS:
        ours, theirs, exact = (np.load(work / f"{network}.{side}.npy") for side in ("vitrail", "timm", "timm64"))
        model = build(network).eval()
        model.load_state_dict(load_file(work / f"{network}.vitrail.safetensors"), strict=True)
        again = np.abs(model(images).numpy() - theirs).max()
        order = np.mean(np.argsort(ours, 1) == np.argsort(exact, 1))
        parameters = sum(p.numel() for p in model.parameters())
        difference = np.abs(ours - theirs)
        lines.append(
            f"| {network} | {parameters:,} | {np.abs(theirs).max():.2f} | {difference.max():.1e} | {difference.mean():.1e} "
            f"| {np.abs(ours - exact).max():.1e} | {np.abs(theirs - exact).max():.1e} | {order:.2%} "
            f"| {'the same' if again == 0 else f'{again:.1e} apart'} |"
        )
    Path(target).write_text("\n".join(lines) + "\n")


if sys.argv[1] == "prepare":
    prepare(Path(sys.argv[2]))
else:
    report(Path(sys.argv[2]), sys.argv[3])
