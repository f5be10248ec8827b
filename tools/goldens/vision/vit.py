"""Goldens for io.vitrail.vision.vit and .zoo: what timm and torch give.

Made with Python 3.11, PyTorch 2.15.0, timm 1.0.31, safetensors. Run from the repository root:
    python tools/goldens/vision/vit.py vision/src/test/resources/goldens

Weights are not stored where a formula gives them on both sides (../formula.py and Formula.java).
Everything is computed in float64 from float32 weights, so that the rounding of one side only is compared.

Writes
  vit.safetensors          four forms: what each step gives, gradients, and a run with half the patches
  positions.safetensors    position embeddings resized by torch (plain bicubic) and by timm (antialias)
  files/                   small checkpoints as timm, DeiT, MAE and CLIP write them, and their logits
"""

import argparse
import sys
from functools import partial
from pathlib import Path

import timm
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from timm.layers import resample_abs_pos_embed
from timm.models.vision_transformer import VisionTransformer
from torch import nn

sys.path.append(str(Path(__file__).parent.parent))
import formula

OUT = Path(sys.argv[1])
TINY = dict(img_size=16, patch_size=4, num_classes=5, embed_dim=32, depth=3, num_heads=4)
FORMS = {
    "vit": {},
    "deit3": dict(no_embed_class=True, init_values=1e-4),
    "mae": dict(global_pool="avg"),
    "clip": dict(pre_norm=True, norm_layer=partial(nn.LayerNorm, eps=1e-5), act_layer="quick_gelu"),
    "digits": dict(img_size=8, patch_size=2, in_chans=1, no_embed_class=True, init_values=1.0),
}
GRADIENTS = ["pos_embed", "patch_embed.proj.weight", "blocks.1.attn.qkv.weight", "head.weight"]


def thin(t):
    flat = t.detach().reshape(-1)
    return (t.detach() if flat.numel() <= 250 else flat[:: flat.numel() // 100]).float().contiguous()


def build(form, **other):
    return VisionTransformer(**{**TINY, **FORMS[form], **other})


def steps(model, images, keep=None):
    """Embedded tokens, the tokens after each block, logits; `keep` has indices of patches, [B, n]."""
    x = model.norm_pre(model._pos_embed(model.patch_embed(images)))
    if keep is not None:
        patches = x[:, 1:].gather(1, keep[..., None].expand(-1, -1, x.size(2)))
        x = torch.cat([x[:, :1], patches], 1)
    out = {"embed": x}
    for i, block in enumerate(model.blocks):
        x = block(x)
        out[f"blocks.{i}"] = x
    out["encode"] = model.norm(x)
    out["logits"] = model.forward_head(out["encode"])
    return out


def forms():
    goldens = {}
    for form in FORMS:
        model = formula.fill(build(form)).double().eval()
        channels, size = model.patch_embed.proj.in_channels, model.patch_embed.img_size[0]
        images = formula.given("images", 2, channels, size, size).double()
        out = steps(model, images)
        assert torch.equal(out["logits"], model(images))
        (out["logits"] * formula.given("weights", 2, 5)).sum().backward()
        keep = torch.stack([torch.arange(0, 16, 2), torch.arange(15, -1, -2)])
        kept = steps(model, images, keep)
        goldens |= {f"{form}/{name}": thin(t) for name, t in out.items()}
        goldens |= {f"{form}/grad/{key}": thin(model.get_parameter(key).grad) for key in GRADIENTS}
        goldens |= {f"{form}/half/logits": thin(kept["logits"])}
    save_file(goldens, OUT / "vit.safetensors")


def positions():
    """Grids g -> g', with and without a class token's slot."""
    goldens = {}
    for old, new, prefix in [(3, 5, 1), (7, 4, 0), (12, 14, 0), (4, 9, 1)]:
        name = f"{old}-{new}-{prefix}"
        pos = formula.given("positions", 1, prefix + old * old, 8)
        grid = pos[:, prefix:].reshape(1, old, old, 8).permute(0, 3, 1, 2)
        plain = F.interpolate(grid.double(), size=(new, new), mode="bicubic", align_corners=False)
        plain = plain.permute(0, 2, 3, 1).reshape(1, new * new, 8).float()
        goldens[f"{name}/plain"] = thin(torch.cat([pos[:, :prefix], plain], 1))
        goldens[f"{name}/antialias"] = thin(
            resample_abs_pos_embed(pos, [new, new], [old, old], num_prefix_tokens=prefix)
        )
    save_file(goldens, OUT / "positions.safetensors")


class ClipVisual(nn.Module):
    """CLIP's image encoder under OpenAI's names, from the table of its tensors."""

    def __init__(self, size, patch, width, depth, heads, out):
        super().__init__()
        tokens = 1 + (size // patch) ** 2
        self.heads = heads
        self.class_embedding = nn.Parameter(torch.randn(width) * width**-0.5)
        self.positional_embedding = nn.Parameter(torch.randn(tokens, width) * width**-0.5)
        self.proj = nn.Parameter(torch.randn(width, out) * width**-0.5)
        self.conv1 = nn.Conv2d(3, width, patch, patch, bias=False)
        self.ln_pre = nn.LayerNorm(width)
        self.transformer = nn.Module()
        self.transformer.resblocks = nn.ModuleList(self.block(width, heads) for _ in range(depth))
        self.ln_post = nn.LayerNorm(width)

    @staticmethod
    def block(width, heads):
        block = nn.Module()
        block.attn = nn.MultiheadAttention(width, heads, batch_first=True)
        block.ln_1 = nn.LayerNorm(width)
        block.mlp = nn.Module()
        block.mlp.c_fc = nn.Linear(width, 4 * width)
        block.mlp.c_proj = nn.Linear(4 * width, width)
        block.ln_2 = nn.LayerNorm(width)
        return block

    def forward(self, x):
        x = self.conv1(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.class_embedding.expand(len(x), 1, -1), x], 1) + self.positional_embedding
        x = self.ln_pre(x)
        for block in self.transformer.resblocks:
            y = block.ln_1(x)
            x = x + block.attn(y, y, y, need_weights=False)[0]
            y = block.mlp.c_fc(block.ln_2(x))
            x = x + block.mlp.c_proj(y * torch.sigmoid(1.702 * y))
        return self.ln_post(x[:, 0]) @ self.proj


class WithText(nn.Module):
    """As OpenAI's files: the image encoder beside a text encoder, here a mere layer norm."""

    def __init__(self, visual):
        super().__init__()
        self.visual = visual
        self.ln_final = nn.LayerNorm(6)

    def forward(self, images):
        return self.ln_final(self.visual(images))


def files():
    """Checkpoints of networks of width 16 and one or two blocks, with random numbers."""
    torch.manual_seed(0)
    folder = OUT / "files"
    folder.mkdir(exist_ok=True)
    small = dict(embed_dim=16, depth=1, num_heads=2)
    images = formula.given("images", 2, 3, 16, 16).double()
    logits = {}

    def keep(name, model, state):
        logits[name] = model.double().eval()(images).float()
        return {k: v.float() if v.is_floating_point() else v for k, v in state.items()}

    def randomised(model):
        for p in model.parameters():
            nn.init.normal_(p, std=0.3)
        return model

    vit = randomised(build("vit", **small))
    save_file(keep("vit.safetensors", vit, vit.state_dict()), folder / "vit.safetensors")

    deit3 = randomised(build("deit3", **small))
    state = keep("deit3.pth", deit3, deit3.state_dict())
    official = {k.replace("ls1.gamma", "gamma_1").replace("ls2.gamma", "gamma_2"): v for k, v in state.items()}
    noise = {k: torch.zeros_like(v) for k, v in official.items()}
    args = argparse.Namespace(model="deit_small_patch16_LS", lr=4e-3)
    torch.save(dict(model=official, model_ema=noise, optimizer={}, epoch=3, args=args), folder / "deit3.pth")

    ddp = {f"module.{k}": v for k, v in keep("ddp.pth.tar", vit, vit.state_dict()).items()}
    ema = {k: v * 0.5 for k, v in ddp.items()}
    vit.load_state_dict({k.removeprefix("module."): v for k, v in ema.items()})
    logits["ddp.pth.tar/ema"] = vit(images).float()
    torch.save(dict(epoch=3, arch="vit", state_dict=ddp, state_dict_ema=ema, version=2), folder / "ddp.pth.tar")

    mae = randomised(build("mae", **small))
    state = keep("mae-finetuned.pth", mae, mae.state_dict())
    torch.save(dict(model=state, epoch=3), folder / "mae-finetuned.pth", _use_new_zipfile_serialization=False)
    pretrained = {k: v for k, v in state.items() if not k.startswith(("head", "fc_norm"))}
    pretrained |= {"norm.weight": torch.ones(16), "norm.bias": torch.zeros(16)}
    torch.save(dict(model=pretrained), folder / "mae-pretrained.pth")

    clip = randomised(ClipVisual(16, 4, 16, 2, 2, 6)).half().float()
    keep("clip.pt", clip, {})
    whole = WithText(clip.float())
    torch.jit.save(torch.jit.trace(whole, images.float(), check_trace=False).half(), folder / "clip.pt")

    save_file(logits, folder / "logits.safetensors")


assert timm.__version__ == "1.0.31", timm.__version__
forms()
positions()
files()
