"""Goldens for io.vitrail.masksub: one step of MaskSub as PyTorch computes it, in float64.

Made with torch 2.15.0+cu132 (on the CPU), timm 1.0.31, safetensors 0.8.0, Python 3.11. Run from the root:
    python tools/goldens/masksub/masksub.py training/src/test/resources/goldens/masksub.safetensors

Networks are timm's with few and narrow layers; the step is written here from the paper's equations.
Weights, images and noise are waves (io.vitrail.testkit.Waves) that the Java test makes again, so
only results are stored, for each case: `main_loss`, `sub_loss`, `main_logits`, `sub_logits`,
`grad/<key>` of every parameter, and `buffer/<key>` of what batch norms keep. Results of more than
250 elements are thinned out: every `count // 100`-th element of the flattened tensor is stored.
"""

import sys
import zlib

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from timm.models.resnet import Bottleneck, ResNet
from timm.models.swin_transformer import SwinTransformer
from timm.models.vision_transformer import VisionTransformer
from torch import nn

torch.set_num_threads(1)
CLASSES, BATCH, RATIO = 10, 4, 0.5
tensors = {}


def wave(seed, *shape):
    i = np.arange(int(np.prod(shape)), dtype=np.float64)
    return torch.from_numpy(np.sin(0.37 * (i + seed) * (i + 1)).astype(np.float32).reshape(shape))


def thin(t):
    t = t.detach().float().contiguous()
    return t.flatten()[:: t.numel() // 100].clone() if t.numel() > 250 else t.clone()


def filled(model):
    """Numbers from the key alone, of about the size that trained networks have."""
    with torch.no_grad():
        for key, p in model.named_parameters():
            w = wave(zlib.crc32(key.encode()) % 1000, *p.shape)
            if key.endswith(("_token", "pos_embed", "relative_position_bias_table")):
                w = w * 0.5
            elif p.ndim >= 2:
                w = w * (p[0].numel() ** -0.5)
            elif key.endswith((".weight", ".gamma")):
                w = w * 0.2 + 1
            else:
                w = w * 0.1
            p.copy_(w)
    return model.double().train()


# ---- masked forward passes, given noise [B, L]


def kept(noise):
    """The first trunc(L (1 - r)) units in the order of their noise: [B, keep]."""
    return noise.argsort(1)[:, : int(noise.shape[1] * (1 - RATIO))]


def one_where(ids, units):
    return torch.zeros(ids.shape[0], units, dtype=torch.float64).scatter(1, ids, 1.0)


def vit_masked(model, images, noise):
    x = model.norm_pre(model._pos_embed(model.patch_embed(images)))
    cls, patches = x[:, :1], x[:, 1:]
    rows = kept(noise).unsqueeze(-1).expand(-1, -1, x.shape[-1])
    x = torch.cat([cls, patches.gather(1, rows)], 1)
    return model.forward_head(model.norm(model.blocks(x)))


def resnet_masked(model, images, noise, official):
    mask = one_where(kept(noise), noise.shape[1])
    mask = 1 - mask if official else mask
    side = images.shape[-1] // 32
    return model(images * F.interpolate(mask.reshape(-1, 1, side, side), scale_factor=32.0))


def swin_masked(model, images, noise):
    x = model.patch_embed(images)  # [B, H, W, C]
    side = x.shape[1] // 8
    hidden = 1 - one_where(kept(noise), noise.shape[1])
    hidden = F.interpolate(hidden.reshape(-1, 1, side, side), scale_factor=8.0).permute(0, 2, 3, 1)
    x = x * (1 - hidden) + model.mask_token * hidden
    return model.forward_head(model.norm(model.layers(x)))


# ---- losses


def soft_ce(logits, shares):
    return -(shares * logits.log_softmax(-1)).sum(-1).mean()


def ce(smoothing):
    def main(logits, targets):
        hard = targets.ndim == 1
        return F.cross_entropy(logits, targets, label_smoothing=smoothing) if hard else soft_ce(logits, targets)

    return main, lambda x: x.softmax(-1), soft_ce


def bce(present):
    def main(logits, shares):
        return F.binary_cross_entropy_with_logits(logits, (shares > 0).double() if present else shares)

    return main, torch.sigmoid, F.binary_cross_entropy_with_logits


labels = torch.arange(BATCH) * 3 % CLASSES
mixed = 0.7 * F.one_hot(labels, CLASSES).double() + 0.3 * F.one_hot(labels.flip(0), CLASSES).double()


def case(name, model, size, units, masked, loss, targets):
    main_loss, targets_from, sub_loss = loss
    filled(model)
    images = wave(1, BATCH, 3, size, size).double()
    noise = (wave(2, BATCH, units) * 0.5 + 0.5).double()

    main = model(images)
    l_main = main_loss(main, targets)
    (l_main / 2).backward()
    sub = masked(model, images, noise)
    l_sub = sub_loss(sub, targets_from(main.detach()))
    (l_sub / 2).backward()

    results = dict(main_loss=l_main, sub_loss=l_sub, main_logits=main, sub_logits=sub)
    results |= {f"grad/{k}": p.grad for k, p in model.named_parameters()}
    results |= {f"buffer/{k}": b for k, b in model.named_buffers() if "running" in k or "tracked" in k}
    for key, value in results.items():
        tensors[f"{name}/{key}"] = thin(value)
    print(f"{name}: L_main {l_main:.4f}, L_sub {l_sub:.4f}")


def vit(**more):
    return VisionTransformer(
        img_size=32, patch_size=8, num_classes=CLASSES, embed_dim=32, depth=2, num_heads=4, **more
    )


def deit3():
    return vit(init_values=1e-4, no_embed_class=True)


def mae():
    return vit(global_pool="avg")


def resnet():
    return ResNet(Bottleneck, (1, 1, 1, 1), num_classes=CLASSES)


def swin():
    model = SwinTransformer(
        img_size=96, num_classes=CLASSES, embed_dim=16, depths=(2, 2), num_heads=(2, 4), window_size=4, drop_path_rate=0
    )
    model.mask_token = nn.Parameter(torch.zeros(1, 1, 16))
    return model


case("deit3-ce", deit3(), 32, 16, vit_masked, ce(0), mixed)
case("deit3-bce", deit3(), 32, 16, vit_masked, bce(present=True), mixed)
case("mae-ce", mae(), 32, 16, vit_masked, ce(0.1), labels)
case("resnet-official", resnet(), 96, 9, lambda m, x, u: resnet_masked(m, x, u, True), bce(present=False), mixed)
case("resnet-intended", resnet(), 96, 9, lambda m, x, u: resnet_masked(m, x, u, False), ce(0), mixed)
case("swin-ce", swin(), 96, 9, swin_masked, ce(0), mixed)
save_file(tensors, sys.argv[1])
