"""Goldens for io.vitrail.cutout.isnet and io.vitrail.cutout: what IS-Net gives in PyTorch.

Made with Python 3.11, PyTorch 2.15.0, NumPy 2.4.6, Pillow 13.0.0, safetensors, onnx 1.23.2. Run from
the repository root:
    python tools/goldens/isnet/isnet.py cutout/src/test/resources/goldens

IS-Net and its ground-truth encoder are written here from the papers (Qin et al., 2022, arXiv 2203.03041;
Qin et al., 2020, arXiv 2005.09007) and the table of layers, as data rather than as classes.

Weights are not stored: both sides compute them from a small hash of key and index (`numbers`, and
Formula.java in the tests). Everything but the session's masks is computed in float64 from float32
weights, so that the rounding of one side only is compared.

Writes
  blocks.safetensors        every kind of block, in inference mode
  net.safetensors           the whole net, 3 and 5 channels, odd sizes: maps and features
  gt-encoder.safetensors    the encoder in inference and in training mode, and its new statistics
  gradients.safetensors     loss and some gradients of a training step
  masks.safetensors         photos and the masks of the authors' and rembg's processing
  isnet-w4.onnx.gz, isnet-w4-fp16.onnx.gz, isnet-w4.pth.gz    sparse weights, so that they pack well
"""

import gzip
import io
import sys
import zlib
from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper
from PIL import Image
from safetensors.numpy import save_file
from torch import nn

OUT = Path(sys.argv[1])
torch.set_grad_enabled(False)


# ---- numbers from keys


def uniform(key, count):
    """`count` doubles in [0, 1): the finaliser of MurmurHash3 over CRC-32 of the key plus a Weyl sequence."""
    mask = np.uint64(0xFFFFFFFF)
    h = (np.uint64(zlib.crc32(key.encode())) + np.arange(count, dtype=np.uint64) * np.uint64(0x9E3779B9)) & mask
    h ^= h >> np.uint64(16)
    h = h * np.uint64(0x85EBCA6B) & mask
    h ^= h >> np.uint64(13)
    h = h * np.uint64(0xC2B2AE35) & mask
    h ^= h >> np.uint64(16)
    return h / 4294967296.0


def numbers(key, shape, density=1.0):
    """The float32 tensor at a state-dict key; `density` is the share of convolution weights that are not 0."""
    count = int(np.prod(shape))
    u = uniform(key, count)
    name = key.rsplit(".", 1)[-1]
    if name == "num_batches_tracked":
        return torch.tensor(7)
    if name == "running_var" or (name == "weight" and len(shape) == 1):
        values = 0.5 + u
    elif name == "weight":
        bound = np.sqrt(4.0 / (np.prod(shape[1:]) * density))
        kept = uniform(key + "?", count) < density
        values = np.where(kept, (2 * u - 1) * bound, 0)
    else:
        values = (2 * u - 1) * 0.3
    return torch.from_numpy(values.astype(np.float32).reshape(shape))


def given(key, *shape):
    """An input in [-0.5, 0.5)."""
    values = uniform(key, int(np.prod(shape))) - 0.5
    return torch.from_numpy(values.astype(np.float32).reshape(shape)).double()


def fill(module, density=1.0):
    module.load_state_dict({k: numbers(k, tuple(v.shape), density) for k, v in module.state_dict().items()})
    return module.double().eval()


# ---- the networks


class Unit(nn.Module):
    def __init__(self, cin, cout, dilation=1):
        super().__init__()
        self.conv_s1 = nn.Conv2d(cin, cout, 3, padding=dilation, dilation=dilation)
        self.bn_s1 = nn.BatchNorm2d(cout)

    def forward(self, x):
        return self.bn_s1(self.conv_s1(x)).relu()


def grown(x, partner):
    return F.interpolate(x, size=partner.shape[-2:], mode="bilinear", align_corners=False)


class Block(nn.Module):
    """Residual U-block. `dilations` go down to the bottom; a pooling one has 1, ..., 1, 2."""

    def __init__(self, cin, mid, cout, dilations, pools):
        super().__init__()
        self.depth, self.pools = len(dilations), pools
        self.rebnconvin = Unit(cin, cout)
        for i, d in enumerate(dilations, 1):
            self.add_module(f"rebnconv{i}", Unit(cout if i == 1 else mid, mid, d))
        for i in range(self.depth - 1, 0, -1):
            self.add_module(f"rebnconv{i}d", Unit(2 * mid, cout if i == 1 else mid, dilations[i - 1]))

    def forward(self, x):
        unit = self._modules
        base = unit["rebnconvin"](x)
        levels = [unit["rebnconv1"](base)]
        for i in range(2, self.depth + 1):
            down = self.pools and i < self.depth
            levels.append(unit[f"rebnconv{i}"](F.max_pool2d(levels[-1], 2, 2, ceil_mode=True) if down else levels[-1]))
        y = levels.pop()
        for i in range(self.depth - 1, 0, -1):
            skip = levels.pop()
            y = unit[f"rebnconv{i}d"](torch.cat([grown(y, skip), skip], 1))
        return y + base


def pooling(depth, cin, mid, cout):
    return Block(cin, mid, cout, [1] * (depth - 1) + [2], True)


def dilated(cin, mid, cout):
    return Block(cin, mid, cout, [1, 2, 4, 8], False)


def sides(module, channels):
    for i, c in enumerate(channels, 1):
        module.add_module(f"side{i}", nn.Conv2d(c, 1, 3, padding=1))


def six_maps(module, features, x):
    return [grown(module._modules[f"side{i}"](f), x).sigmoid() for i, f in enumerate(features, 1)]


def halved(x):
    return F.max_pool2d(x, 2, 2, ceil_mode=True)


class IsNet(nn.Module):
    def __init__(self, cin, w):
        super().__init__()
        self.conv_in = nn.Conv2d(cin, w, 3, stride=2, padding=1)
        self.stage1 = pooling(7, w, w // 2, w)
        self.stage2 = pooling(6, w, w // 2, 2 * w)
        self.stage3 = pooling(5, 2 * w, w, 4 * w)
        self.stage4 = pooling(4, 4 * w, 2 * w, 8 * w)
        self.stage5 = dilated(8 * w, 4 * w, 8 * w)
        self.stage6 = dilated(8 * w, 4 * w, 8 * w)
        self.stage5d = dilated(16 * w, 4 * w, 8 * w)
        self.stage4d = pooling(4, 16 * w, 2 * w, 4 * w)
        self.stage3d = pooling(5, 8 * w, w, 2 * w)
        self.stage2d = pooling(6, 4 * w, w // 2, w)
        self.stage1d = pooling(7, 2 * w, w // 4, w)
        sides(self, [w, w, 2 * w, 4 * w, 8 * w, 8 * w])

    def forward(self, x):
        s = [self.stage1(self.conv_in(x))]
        for stage in (self.stage2, self.stage3, self.stage4, self.stage5, self.stage6):
            s.append(stage(halved(s[-1])))
        features = [s.pop()]
        for stage in (self.stage5d, self.stage4d, self.stage3d, self.stage2d, self.stage1d):
            skip = s.pop()
            features.insert(0, stage(torch.cat([grown(features[0], skip), skip], 1)))
        return six_maps(self, features, x), features


class GtEncoder(nn.Module):
    def __init__(self, w):
        super().__init__()
        self.conv_in = nn.Sequential()
        self.conv_in.add_module("conv", nn.Conv2d(1, w, 3, stride=2, padding=1))
        self.conv_in.add_module("bn", nn.BatchNorm2d(w))
        self.stage1 = pooling(7, w, w, 4 * w)
        self.stage2 = pooling(6, 4 * w, w, 4 * w)
        self.stage3 = pooling(5, 4 * w, 2 * w, 8 * w)
        self.stage4 = pooling(4, 8 * w, 2 * w, 16 * w)
        self.stage5 = dilated(16 * w, 4 * w, 32 * w)
        self.stage6 = dilated(32 * w, 4 * w, 32 * w)
        sides(self, [4 * w, 4 * w, 8 * w, 16 * w, 32 * w, 32 * w])

    def forward(self, x):
        features = [self.stage1(self.conv_in(x).relu())]
        for stage in (self.stage2, self.stage3, self.stage4, self.stage5, self.stage6):
            features.append(stage(halved(features[-1])))
        return six_maps(self, features, x), features


# ---- goldens


def write(name, tensors):
    out = {}
    for key, value in tensors.items():
        array = value.detach().numpy() if isinstance(value, torch.Tensor) else np.asarray(value)
        array = array.astype(np.float32) if array.dtype == np.float64 else array
        out[key] = np.ascontiguousarray(array)
    save_file(out, OUT / name)
    (OUT / name).chmod(0o644)
    print(name, (OUT / name).stat().st_size)


def record(tensors, prefix, output, kept=range(6)):
    maps, features = output
    for i in range(6):
        if i in kept:
            tensors[f"{prefix}.map{i + 1}"] = maps[i]
        tensors[f"{prefix}.feature{i + 1}"] = features[i]
    spread = maps[0].max() - maps[0].min()
    print(prefix, "map 1 spread %.3f" % spread, "features", ["%.2f" % f.abs().max() for f in features])
    assert spread > 0.3, prefix


def blocks():
    kinds = {
        "unit": Unit(3, 4, 2),
        "rsu7": pooling(7, 3, 2, 4),
        "rsu6": pooling(6, 3, 2, 4),
        "rsu5": pooling(5, 3, 2, 4),
        "rsu4": pooling(4, 3, 2, 4),
        "dilated": dilated(3, 2, 4),
    }
    tensors = {}
    for name, block in kinds.items():
        for h, w in ((37, 50), (1, 3)):
            tensors[f"{name}.{h}x{w}"] = fill(block)(given("input", 1, 3, h, w))
    write("blocks.safetensors", tensors)


def nets():
    tensors = {}
    for channels, h, w in ((3, 71, 45), (5, 64, 32), (3, 1, 1)):
        name = f"{channels}.{h}x{w}"
        out = fill(IsNet(channels, 4))(given("input", 1, channels, h, w))
        if h > 1:
            record(tensors, name, out)
        else:
            tensors[name + ".map1"] = out[0][0]
    write("net.safetensors", tensors)


def gt_encoder():
    tensors = {}
    label = (given("label", 2, 1, 96, 80) > 0).double()
    net = fill(GtEncoder(1))
    record(tensors, "eval", net(label[:1, :, :67, :50]))
    record(tensors, "train", net.train()(label), (0, 5))
    for key in ("conv_in.bn", "stage4.rebnconv2d.bn_s1", "stage6.rebnconvin.bn_s1"):
        for name in ("running_mean", "running_var", "num_batches_tracked"):
            tensors[f"after.{key}.{name}"] = net.state_dict()[f"{key}.{name}"]
    write("gt-encoder.safetensors", tensors)


SAMPLED = [
    "conv_in.weight", "conv_in.bias", "stage1.rebnconv7.conv_s1.weight", "stage2.rebnconvin.bn_s1.weight",
    "stage3.rebnconv4d.conv_s1.weight", "stage5.rebnconv4.conv_s1.weight", "stage6.rebnconv1d.bn_s1.bias",
    "stage4d.rebnconv4.conv_s1.weight", "stage1d.rebnconv1d.conv_s1.weight", "stage1d.rebnconv3.bn_s1.weight",
    "side1.weight", "side6.bias",
]  # fmt: skip


def gradients():
    """One training step's loss (section 4.2 of the paper) and its gradients, batch norm in training mode."""
    net, encoder = fill(IsNet(3, 4)).train(), fill(GtEncoder(1)).requires_grad_(False)
    x, label = given("input", 2, 3, 128, 128), (given("label", 2, 1, 128, 128) > 0).double()
    with torch.enable_grad():
        maps, features = net(x)
        bce = sum(F.binary_cross_entropy(m, label) for m in maps)
        mse = sum(F.mse_loss(f, t) for f, t in zip(features, encoder(label)[1]))
        (bce + mse).backward()
    tensors = {"bce": bce.reshape(1), "mse": mse.reshape(1)}
    params = dict(net.named_parameters())
    for key in SAMPLED:
        tensors[key] = params[key].grad
    write("gradients.safetensors", tensors)


def photo(key, h, w):
    """Smooth colours with two shapes and some noise."""
    y, x = np.mgrid[0:h, 0:w] / np.array([[[h]], [[w]]])
    planes = [0.3 + 0.4 * x * (c == 0) + 0.4 * y * (c == 1) + 0.2 * (c == 2) for c in range(3)]
    disc = (x - 0.4) ** 2 + (y - 0.5) ** 2 < 0.08
    bar = (abs(x - 0.8) < 0.06) & (y > 0.2)
    image = np.stack([np.where(disc, 0.85 - 0.2 * c, np.where(bar, 0.1 + 0.3 * c, p)) for c, p in enumerate(planes)], -1)
    noise = uniform(key, h * w * 3).reshape(h, w, 3) * 0.1
    return ((image + noise).clip(0, 0.92) * 255).astype(np.uint8)


def authors(net, image, size):
    x = torch.from_numpy(image).float().permute(2, 0, 1)[None]
    x = F.interpolate(x, size=(size, size), mode="bilinear", align_corners=False).to(torch.uint8)
    mask = net(x / 255.0 - 0.5)[0][0]
    mask = F.interpolate(mask, size=image.shape[:2], mode="bilinear", align_corners=False)[0, 0]
    return ((mask - mask.min()) / (mask.max() - mask.min()) * 255).to(torch.uint8).numpy()


def rembg(net, image, size):
    x = np.array(Image.fromarray(image).resize((size, size), Image.Resampling.LANCZOS))
    x = (x / max(x.max(), 1e-6) - 0.5).transpose(2, 0, 1)[None].astype(np.float32)
    mask = net(torch.from_numpy(x))[0][0][0, 0].numpy()
    mask = ((mask - mask.min()) / (mask.max() - mask.min()) * 255).astype(np.uint8)
    return np.array(Image.fromarray(mask).resize(image.shape[1::-1], Image.Resampling.LANCZOS))


def masks():
    net = fill(IsNet(3, 4)).float()
    tensors = {}
    for name, h, w in (("wide", 47, 61), ("large", 130, 110), ("strip", 3, 200)):
        image = photo(name, h, w)
        tensors[name] = image
        for size in (64, 96):
            tensors[f"{name}.authors.{size}"] = authors(net, image, size)
            tensors[f"{name}.rembg.{size}"] = rembg(net, image, size)
    write("masks.safetensors", tensors)


# ---- files as they are published


def packed(name, data):
    (OUT / (name + ".gz")).write_bytes(gzip.compress(data, 9, mtime=0))
    print(name, len(data), (OUT / (name + ".gz")).stat().st_size)


def in_half(model):
    """Initializers in float16, each behind a cast to float32."""
    graph, casts = model.graph, []
    for tensor in graph.initializer:
        if tensor.data_type == TensorProto.FLOAT:
            name = tensor.name
            half = numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), name + "_half")
            tensor.CopyFrom(half)
            casts.append(helper.make_node("Cast", [half.name], [name], name + "_cast", to=TensorProto.FLOAT))
    nodes = casts + list(graph.node)
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    return model


def files():
    net = fill(IsNet(3, 4), density=0.1).float()
    x = given("input", 1, 3, 64, 64).float()
    buffer = io.BytesIO()
    torch.onnx.export(net, x, buffer, dynamo=False, opset_version=15, input_names=["input"])
    model = onnx.load_from_string(buffer.getvalue())
    del model.metadata_props[:]
    names = [n.name for n in model.graph.node if n.op_type == "Conv"]
    assert "/stage1/rebnconvin/conv_s1/Conv" in names and not any("BatchNorm" in n.op_type for n in model.graph.node)
    packed("isnet-w4.onnx", model.SerializeToString())
    packed("isnet-w4-fp16.onnx", in_half(model).SerializeToString())
    buffer = io.BytesIO()
    torch.save(net.state_dict(), buffer)
    packed("isnet-w4.pth", buffer.getvalue())
    write("files.safetensors", {"map": net.double()(x.double())[0][0]})


OUT.mkdir(parents=True, exist_ok=True)
print("torch", torch.__version__, "numpy", np.__version__, "onnx", onnx.__version__)
blocks()
nets()
gt_encoder()
gradients()
masks()
files()
