"""Model cards of classifiers whose weights timm publishes on the Hugging Face hub, and of OpenAI's CLIP.

Facts come from timm's own pretrained configurations (1.0.31), licences too; papers and CLIP's checksums
(OpenAI keeps them in the addresses of its files) are stated here. timm states no checksums: those cards
rely on the hub's.
Run from the repository root; `index.json` is extended by what is new:
    python tools/cards/timm_cards.py
"""

import json
import re
from pathlib import Path

import timm

CARDS = Path("weights/src/main/resources/io/vitrail/hub/cards")
AUGREG = "How to train your ViT? Data, Augmentation, and Regularization in Vision Transformers, TMLR 2022, arXiv 2106.10270"
DEIT3 = "DeiT III: Revenge of the ViT, ECCV 2022, arXiv 2204.07118"
RSB = "ResNet strikes back: An improved training procedure in timm, 2021, arXiv 2110.00476"
SWIN = "Swin Transformer: Hierarchical Vision Transformer using Shifted Windows, ICCV 2021, arXiv 2103.14030"
MAE = "Masked Autoencoders Are Scalable Vision Learners, CVPR 2022, arXiv 2111.06377"
CLIP = "Learning Transferable Visual Models From Natural Language Supervision, ICML 2021, arXiv 2103.00020"

# timm name: title, paper, licence
TIMM = {
    "vit_tiny_patch16_224.augreg_in21k_ft_in1k": ("ViT-Ti/16, ImageNet-21k then 1k", AUGREG, "Apache-2.0"),
    "vit_small_patch16_224.augreg_in21k_ft_in1k": ("ViT-S/16, ImageNet-21k then 1k", AUGREG, "Apache-2.0"),
    "vit_base_patch16_224.augreg_in21k_ft_in1k": ("ViT-B/16, ImageNet-21k then 1k", AUGREG, "Apache-2.0"),
    "vit_base_patch16_384.augreg_in21k_ft_in1k": ("ViT-B/16 at 384, ImageNet-21k then 1k", AUGREG, "Apache-2.0"),
    "vit_large_patch16_224.augreg_in21k_ft_in1k": ("ViT-L/16, ImageNet-21k then 1k", AUGREG, "Apache-2.0"),
    "deit3_small_patch16_224.fb_in1k": ("DeiT-III ViT-S/16, ImageNet-1k", DEIT3, "Apache-2.0"),
    "deit3_base_patch16_224.fb_in1k": ("DeiT-III ViT-B/16, ImageNet-1k", DEIT3, "Apache-2.0"),
    "deit3_large_patch16_224.fb_in1k": ("DeiT-III ViT-L/16, ImageNet-1k", DEIT3, "Apache-2.0"),
    "deit3_huge_patch14_224.fb_in1k": ("DeiT-III ViT-H/14, ImageNet-1k", DEIT3, "Apache-2.0"),
    "resnet50.a1_in1k": ("ResNet-50, recipe A1", RSB, "Apache-2.0"),
    "resnet101.a1_in1k": ("ResNet-101, recipe A1", RSB, "Apache-2.0"),
    "resnet152.a1_in1k": ("ResNet-152, recipe A1", RSB, "Apache-2.0"),
    "swin_tiny_patch4_window7_224.ms_in1k": ("Swin-T, ImageNet-1k", SWIN, "MIT"),
    "swin_small_patch4_window7_224.ms_in1k": ("Swin-S, ImageNet-1k", SWIN, "MIT"),
    "swin_base_patch4_window7_224.ms_in1k": ("Swin-B, ImageNet-1k", SWIN, "MIT"),
    "vit_base_patch16_224.mae": ("ViT-B/16 pre-trained by MAE, to be fine-tuned", MAE, "CC-BY-NC-4.0"),
    "vit_large_patch16_224.mae": ("ViT-L/16 pre-trained by MAE, to be fine-tuned", MAE, "CC-BY-NC-4.0"),
    "vit_huge_patch14_224.mae": ("ViT-H/14 pre-trained by MAE, to be fine-tuned", MAE, "CC-BY-NC-4.0"),
}
MAE_NETWORKS = {n: "mae_" + n.removesuffix("_224.mae") for n in TIMM if n.endswith(".mae")}

# our name: title, timm's name for the network, file, SHA-256
OPENAI = {
    "clip-vit-base-patch32": (
        "CLIP ViT-B/32, image encoder", "vit_base_patch32_clip_quickgelu_224", "ViT-B-32.pt",
        "40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af"),
    "clip-vit-base-patch16": (
        "CLIP ViT-B/16, image encoder", "vit_base_patch16_clip_quickgelu_224", "ViT-B-16.pt",
        "5806e77cd80f8b59890b7e101eabd078d9fb84e6937f9e85e4ecb61988df416f"),
    "clip-vit-large-patch14": (
        "CLIP ViT-L/14, image encoder", "vit_large_patch14_clip_quickgelu_224", "ViT-L-14.pt",
        "b8cca3fd41ae0c99ba7e8951adf17d267cdb84cd88be6f7c2e0eca1737a03836"),
    "clip-vit-large-patch14-336": (
        "CLIP ViT-L/14 at 336, image encoder", "vit_large_patch14_clip_quickgelu_336", "ViT-L-14-336px.pt",
        "3035c92b350959924f9f00213499208652fc7ea050643e8b385c2dac08641f02"),
}


def preprocessing(cfg):
    assert cfg.crop_mode == "center" and cfg.input_size[1] == cfg.input_size[2], cfg
    return {
        "inputSize": cfg.input_size[1],
        "fit": "centre-crop",
        "cropRatio": cfg.crop_pct,
        "interpolation": cfg.interpolation,
        "scale": "by-255",
        "mean": list(cfg.mean),
        "std": list(cfg.std),
    }


def card(name, title, task, architecture, licence, note, paper, cfg, source):
    return {
        "name": name, "title": title, "task": task, "architecture": architecture, "support": "ready",
        "licence": licence, "licenceNote": note, "paper": paper, "preprocessing": preprocessing(cfg),
        "sources": [source],
    }  # fmt: skip


def timm_card(name, title, paper, licence):
    cfg = timm.get_pretrained_cfg(name)
    assert cfg.license.lower() == licence.lower(), (name, cfg.license, licence)
    source = {
        "kind": "hub", "repository": "timm/" + name, "revision": "main", "path": "model.safetensors",
        "file": {"name": "model.safetensors", "format": "safetensors", "checksums": [], "note": "timm's state dict"},
    }  # fmt: skip
    note = "The licence that timm states for these weights."
    if "NC" in licence:
        note += " Not for commercial use."
    network = MAE_NETWORKS.get(name, name.split(".")[0])
    task = "features" if name in MAE_NETWORKS else "classify"
    return card(name, title, task, network, licence, note, paper, cfg, source)


def openai_card(name, title, network, file, sha256):
    cfg = timm.get_pretrained_cfg(network + ".openai")
    source = {
        "kind": "https",
        "address": f"https://openaipublic.azureedge.net/clip/models/{sha256}/{file}",
        "file": {"name": file, "format": "pth", "checksums": ["sha256:" + sha256], "note": "OpenAI's own script archive, float16"},
    }  # fmt: skip
    result = card(name, title, "features", network, "MIT", "", CLIP, cfg, source)
    result["preprocessing"]["cropRatio"] = 1.0  # OpenAI's own: short side to the input size
    return result


assert timm.__version__ == "1.0.31", timm.__version__
cards = [timm_card(n, *facts) for n, facts in TIMM.items()] + [openai_card(n, *facts) for n, facts in OPENAI.items()]
for c in cards:
    text = json.dumps(c, indent=2, ensure_ascii=False)
    text = re.sub(r"\[\s+([\d., \s]+?)\s+\]", lambda m: f"[{' '.join(m[1].split())}]", text)  # numbers in a line
    (CARDS / f"{c['name']}.json").write_text(text + "\n")
index = json.loads((CARDS / "index.json").read_text())
index += [f"{c['name']}.json" for c in cards if f"{c['name']}.json" not in index]
(CARDS / "index.json").write_text(json.dumps(index, indent=2) + "\n")
