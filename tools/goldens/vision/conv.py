"""Goldens for io.vitrail.vision.resnet and io.vitrail.vision.swin: what timm gives.

Made with Python 3.11, torch 2.15.0, timm 1.0.31, safetensors 0.8.0. Run from the repository root:
    PYTHONPATH=tools/goldens python tools/goldens/vision/conv.py vision/src/test/resources/goldens

Weights and inputs are formula.py's, so only results are stored. They are computed in float64 from float32
weights, so that the rounding of one side only is compared. Results of more than 250 elements are thinned
out: every `count // 100`-th element of the flattened tensor is stored.

Of each network NAME:
  NAME/PATH           what the layer at PATH gives in inference
  NAME/logits         class scores
  NAME/train/logits   class scores in training mode
  NAME/train/KEY      a running statistic after it
  NAME/grad/KEY       a gradient, of the loss sum(scores * given("loss"))
"""

import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from timm.models import create_model
from timm.models.resnet import BasicBlock, Bottleneck, ResNet, downsample_conv
from timm.models.swin_transformer import SwinTransformer
from torch import nn

from formula import fill, given

OUT = Path(sys.argv[1])


def thin(t):
    t = t.detach().contiguous()
    t = t.flatten()[:: t.numel() // 100] if t.numel() > 250 else t
    return t.to(torch.float32 if t.is_floating_point() else t.dtype).clone()


def record(tensors, name, net, image, paths, gradients, statistics=()):
    fill(net.double())
    net.eval()
    hooks = [
        net.get_submodule(path).register_forward_hook(
            lambda _m, _i, out, key=f"{name}/{path}": tensors.__setitem__(key, thin(out))
        )
        for path in paths
    ]
    with torch.no_grad():
        tensors[f"{name}/logits"] = thin(net(image))
    for hook in hooks:
        hook.remove()
    if gradients:
        net.train()
        out = net(image)
        tensors[f"{name}/train/logits"] = thin(out)
        (out * given("loss", *out.shape)).sum().backward()
        for key in gradients:
            tensors[f"{name}/grad/{key}"] = thin(net.get_parameter(key).grad)
        for key in statistics:
            tensors[f"{name}/train/{key}"] = thin(net.state_dict()[key])


def resnet(block, depths, width, channels, classes):
    """timm's ResNet with a stem of `width` channels; timm fixes it at 64."""
    widths = [width * 2**i for i in range(4)]
    net = ResNet(block, depths, num_classes=classes, in_chans=channels, channels=widths)
    net.conv1 = nn.Conv2d(channels, width, 7, 2, 3, bias=False)
    net.bn1 = nn.BatchNorm2d(width)
    out = width * block.expansion
    shortcut = None if out == width else downsample_conv(width, out, 1)
    net.layer1[0] = block(width, width, downsample=shortcut)
    return net


def resnets():
    tensors = {}
    stages = ["maxpool", "layer1", "layer2", "layer3", "layer4"]
    statistics = ["bn1.running_mean", "bn1.num_batches_tracked", "layer2.0.downsample.1.running_var"]
    image = given("image", 4, 1, 96, 64).double()
    record(
        tensors, "bottleneck", resnet(Bottleneck, [1, 2, 1, 1], 8, 1, 5), image,
        [*stages, "layer2.0", "layer2.1"],
        ["conv1.weight", "layer2.1.conv2.weight", "layer3.0.downsample.1.bias", "fc.weight"],
        [*statistics, "layer4.0.bn3.running_mean", "layer4.0.bn3.running_var"],
    )  # fmt: skip
    record(
        tensors, "basic", resnet(BasicBlock, [2, 1, 1, 1], 8, 1, 5), image,
        [*stages, "layer1.0", "layer1.1"],
        ["conv1.weight", "layer1.1.conv2.weight", "layer3.0.downsample.0.weight"],
        [*statistics, "layer4.0.bn2.running_var"],
    )  # fmt: skip
    record(tensors, "resnet50", create_model("resnet50"), given("image", 1, 3, 64, 96).double(), stages, [])
    save_file(tensors, OUT / "resnet.safetensors")


def swins():
    tensors = {}

    def swin(size, patch, depths, heads, window):
        return SwinTransformer(
            img_size=size, patch_size=patch, in_chans=3, num_classes=5, embed_dim=16, depths=depths,
            num_heads=heads, window_size=window, drop_path_rate=0,
        )  # fmt: skip

    record(
        tensors, "shifted", swin(32, 2, (2, 2), (2, 4), 4), given("image", 2, 3, 32, 32).double(),
        ["patch_embed", "layers.0.blocks.0", "layers.0.blocks.1", "layers.1.downsample",
         "layers.1.blocks.0", "layers.1.blocks.1", "norm"],
        ["patch_embed.proj.weight", "layers.0.blocks.0.attn.relative_position_bias_table",
         "layers.0.blocks.1.attn.relative_position_bias_table", "layers.0.blocks.1.attn.qkv.weight",
         "layers.1.downsample.reduction.weight", "head.fc.weight"],
    )  # fmt: skip
    # The second and third stages are no larger than a window; odd windows in the first.
    record(
        tensors, "clipped", swin(48, 4, (2, 2, 1), (2, 4, 8), 6), given("image", 2, 3, 48, 48).double(),
        ["layers.0.blocks.1", "layers.1.blocks.1", "layers.2.blocks.0", "norm"],
        ["layers.0.blocks.1.attn.relative_position_bias_table",
         "layers.2.blocks.0.attn.relative_position_bias_table", "layers.1.blocks.1.mlp.fc1.bias"],
    )  # fmt: skip
    record(
        tensors, "swin_tiny", create_model("swin_tiny_patch4_window7_224"),
        given("image", 1, 3, 224, 224).double(),
        ["patch_embed", "layers.0", "layers.1", "layers.2", "layers.3"], [],
    )  # fmt: skip
    table = given("table", 7 * 7, 3)  # windows of 4
    for window in (2, 6):
        grid = table.double().T.reshape(1, 3, 7, 7)
        resized = nn.functional.interpolate(grid, size=2 * window - 1, mode="bicubic")
        tensors[f"table/{window}"] = thin(resized.reshape(3, -1).T)
    save_file(tensors, OUT / "swin.safetensors")


torch.set_num_threads(1)
resnets()
swins()
