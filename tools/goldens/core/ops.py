"""Goldens for io.vitrail.tensor and io.vitrail.nn: what PyTorch gives.

Made with torch 2.15.0+cu132 (on the CPU), safetensors 0.8.0, Python 3.11. Run from the repository root:
    python tools/goldens/core/ops.py core/src/test/resources/goldens/ops.safetensors

Inputs and weights are `wave(seed, shape)`, which the Java test repeats (io.vitrail.testkit.Waves), so
only results are stored: `case/out` (or out.0, out.1), and for cases with gradients `case/grad.i` of
input i, from the loss sum(out * wave(99, out.shape)). Layers add `case/grad/<key>` of each parameter,
and a note `keys/<case>` with the keys of the state dict. Results of more than 250 elements are
thinned out: every `count // 100`-th element of the flattened tensor is stored.
"""

import sys

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

torch.set_num_threads(1)
tensors, notes = {}, {"torch": torch.__version__}


def wave(seed, *shape):
    i = np.arange(int(np.prod(shape)), dtype=np.float64)
    return torch.from_numpy(np.sin(0.37 * (i + seed) * (i + 1)).astype(np.float32).reshape(shape))


def thin(t):
    t = t.detach().contiguous()
    return t.flatten()[:: t.numel() // 100].clone() if t.numel() > 250 else t.clone()


def loss(out):
    return (out * wave(99, *out.shape).to(out.dtype)).sum()


def store(case, out):
    outs = out if isinstance(out, (tuple, list)) else [out]
    for i, o in enumerate(outs):
        tensors[f"{case}/out" if len(outs) == 1 else f"{case}/out.{i}"] = thin(o)
    return outs


def op(case, fn, *inputs, grads=True):
    inputs = [i.clone() for i in inputs]
    leaves = [i for i in inputs if i.is_floating_point()] if grads else []
    for leaf in leaves:
        leaf.requires_grad_(True)
    outs = store(case, fn(*inputs))
    if grads:
        sum(loss(o) for o in outs if o.is_floating_point()).backward()
        for i, x in enumerate(inputs):
            if x.grad is not None:
                tensors[f"{case}/grad.{i}"] = thin(x.grad)


def layer(case, module, x, train=False, grad_x=True):
    """Fills the state in order with waves 1, 2, ..."""
    state = module.state_dict()
    for i, (key, value) in enumerate(state.items()):
        if value.is_floating_point():
            w = wave(i + 1, *value.shape) * 0.5
            value.copy_(w.abs() + 0.5 if key.endswith("running_var") else w)
    notes[f"keys/{case}"] = "\n".join(state)
    module.train(train)
    x = x.clone()
    if grad_x:
        x.requires_grad_(True)
    out = module(x)
    store(case, out)
    loss(out).backward()
    if grad_x:
        tensors[f"{case}/grad.0"] = thin(x.grad)
    for key, p in module.named_parameters():
        tensors[f"{case}/grad/{key}"] = thin(p.grad)
    if train:
        for key, b in module.named_buffers():
            tensors[f"{case}/buffer/{key}"] = thin(b)


a, b, c = wave(1, 2, 3, 4), wave(2, 2, 3, 4), wave(3, 4)
pos = wave(4, 2, 3, 4).abs() + 0.5
m, n = wave(5, 4, 6), wave(6, 6, 5)
img = wave(7, 2, 4, 7, 6)
idx = torch.tensor([2, 0, 1])
gat = torch.tensor([[[0, 2, 1, 0]], [[1, 1, 0, 2]]])

# arithmetic
for name, fn in {
    "add": lambda x, y: x + y, "sub": lambda x, y: x - y, "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y, "maximum": torch.maximum, "minimum": torch.minimum,
}.items():
    op(name, fn, a, b)
op("add_broadcast", lambda x, y: x + y, a, c)
op("add_scalar", lambda x: x + 1.5, a)
op("sub_scalar", lambda x: x - 1.5, a)
op("sub_from", lambda x: 1.5 - x, a)
op("mul_scalar", lambda x: x * 1.5, a)
op("div_scalar", lambda x: x / 1.5, a)
for name in ["neg", "abs", "exp", "sin", "cos", "tanh", "erf"]:
    op(name, getattr(torch, name), a)
op("erf_inv", torch.erfinv, a * 0.9)
for name in ["log", "sqrt", "rsqrt", "reciprocal"]:
    op(name, getattr(torch, name), pos)
op("pow", lambda x: x**2.5, pos)
for name in ["floor", "ceil", "round", "sign"]:
    op(name, getattr(torch, name), a * 3, grads=False)
op("clamp_min", lambda x: x.clamp_min(0.1), a)
op("clamp_max", lambda x: x.clamp_max(0.1), a)
op("clamp", lambda x: x.clamp(-0.4, 0.6), a)
op("matmul_2d", torch.matmul, m, n)
op("matmul_3d_2d", torch.matmul, a, m)
op("matmul_batched", torch.matmul, a, wave(8, 2, 4, 3))
op("matmul_vector", torch.matmul, m, wave(9, 6))
# comparisons and choice
for name in ["eq", "ne", "gt", "ge", "lt", "le"]:
    op(name, lambda x, y: getattr(torch, name)(x, y), a.round(), b.round(), grads=False)
    op(name + "_scalar", lambda x: getattr(torch, name)(x, 0.0), a.round(), grads=False)
op("logic", lambda x, y: ((x > 0) & (y > 0)) | ~(x > y), a, b, grads=False)
op("all_dims", lambda x: (x > -0.8).all(2).all(1), a, grads=False)
op("any_dims", lambda x: (x > 0.9).any(2, keepdim=True), a, grads=False)
op("masked_fill", lambda x: x.masked_fill(x > 0, 7.0), a)
op("where", lambda x, y: torch.where(x > 0, x, y), a, b)
op("masked_select", lambda x: x.masked_select(x > 0), a)
op("nonzero", lambda x: (x > 0.5).nonzero(), a, grads=False)
# reductions
op("sum", torch.sum, a)
op("sum_dims", lambda x: x.sum((0, 2), keepdim=True), a)
op("mean", torch.mean, a)
op("mean_dims", lambda x: x.mean((1,)), a)
op("variance", lambda x: x.var((1, 2), unbiased=False), a)
op("std", lambda x: x.std((2,), unbiased=False, keepdim=True), a)
op("norm", lambda x: x.norm(dim=(1, 2)), a)
op("prod", lambda x: x.prod(1), a)
op("max", torch.max, a)
op("max_dims", lambda x: x.amax((1, 2)), a)
op("min", torch.min, a)
op("min_dims", lambda x: x.amin((0,), keepdim=True), a)
op("argmax", lambda x: x.argmax(2), a, grads=False)
op("argmin", lambda x: x.argmin(1), a, grads=False)
op("cumsum", lambda x: x.cumsum(1), a)
op("sort", lambda x: tuple(x.sort(dim=2, descending=True, stable=True)), a)
op("topk", lambda x: tuple(x.topk(2)), a)
# shape
op("reshape", lambda x: x.reshape(4, -1), a)
op("flatten", lambda x: x.flatten(1, 2), a)
op("permute", lambda x: x.permute(2, 0, 1), a)
op("transpose", lambda x: x.transpose(0, -1), a)
op("t", lambda x: x.t(), m)
op("unsqueeze_squeeze", lambda x: x.unsqueeze(1).expand(2, 5, 3, 4).sum(1).unsqueeze(0).squeeze(0), a)
op("repeat", lambda x: x.repeat(2, 1, 3), a)
op("repeat_interleave", lambda x: x.repeat_interleave(2, 1), a)
op("narrow", lambda x: x.narrow(1, 1, 2), a)
op("select", lambda x: x.select(2, 1), a)
op("index_select", lambda x: x.index_select(1, idx), a)
op("gather", lambda x: x.gather(1, gat), a)
op("scatter", lambda x, y: x.scatter(1, gat, y), a, wave(10, 2, 1, 4))
op("scatter_add", lambda x, y: x.scatter_add(1, gat, y), a, wave(10, 2, 1, 4))
op("index_put", lambda x, y: x.index_put((torch.tensor([0, 1]), torch.tensor([2, 0])), y), a, wave(11, 2, 4))
op("tril", lambda x: x.tril(1), a)
op("triu", lambda x: x.triu(-1), a)
op("chunk", lambda x: x.chunk(2, 2), a)
op("split", lambda x: x.split([1, 3], 2), a)
op("unbind", lambda x: x.unbind(1), a)
op("flip", lambda x: x.flip(0, 2), a)
op("roll", lambda x: x.roll((1, 2), (1, 2)), a)
op("cat", lambda x, y: torch.cat([x, y], 1), a, b)
op("stack", lambda x, y: torch.stack([x, y], 1), a, b)
op("lerp", lambda x, y: torch.lerp(x, y, 0.3), a, b)
# F: products
op("linear", F.linear, a, wave(12, 5, 4), wave(13, 5))
op("linear_no_bias", F.linear, a, wave(12, 5, 4))
op("linear_large", F.linear, wave(14, 2, 700, 96), wave(15, 64, 96), wave(16, 64))
op("linear_large_no_bias", F.linear, wave(14, 1400, 96), wave(15, 64, 96))
op("linear_large_transposed", lambda x, w: F.linear(x.transpose(0, 1), w.t()), wave(14, 96, 1400), wave(15, 96, 64))
op("matmul_large", torch.matmul, wave(17, 300, 200), wave(18, 200, 100))
op("matmul_large_batched", torch.matmul, wave(17, 4, 128, 96), wave(18, 4, 96, 128))
op("matmul_large_3d_2d", torch.matmul, wave(17, 3, 300, 96), wave(18, 96, 80))
op("einsum", lambda x, y: torch.einsum("bnd,bmd->bnm", x, y), a, b)
op("conv2d", lambda x, w, y: F.conv2d(x, w, y, 1, 1), img, wave(19, 6, 4, 3, 3), wave(20, 6))
op("conv2d_strided_grouped", lambda x, w: F.conv2d(x, w, None, 2, 1, 1, 2), img, wave(19, 6, 2, 3, 3))
op("conv2d_dilated", lambda x, w: F.conv2d(x, w, None, 1, 2, 2), img, wave(19, 5, 4, 3, 3))
op("conv2d_large", lambda x, w, y: F.conv2d(x, w, y, 1, 1), wave(21, 1, 16, 48, 40), wave(22, 24, 16, 3, 3), wave(23, 24))
op("conv_transpose2d", lambda x, w, y: F.conv_transpose2d(x, w, y, 2, 1, 1), img, wave(24, 4, 5, 3, 3), wave(25, 5))
op("conv_transpose2d_grouped", lambda x, w: F.conv_transpose2d(x, w, None, 2, 0, 0, 2), img, wave(24, 4, 3, 2, 2))
q, k, v = wave(26, 2, 3, 5, 8), wave(27, 2, 3, 6, 8), wave(28, 2, 3, 6, 8)
op("attention", lambda q, k, v: F.scaled_dot_product_attention(q, k, v, scale=0.3), q, k, v)
op("attention_bias", lambda q, k, v, b: F.scaled_dot_product_attention(q, k, v, b, scale=0.3), q, k, v, wave(29, 1, 3, 5, 6))
op("attention_long", lambda q, k, v: F.scaled_dot_product_attention(q, k, v), wave(26, 1, 2, 197, 16), wave(27, 1, 2, 197, 16), wave(28, 1, 2, 197, 16))
# F: activations
for name in ["relu", "gelu", "silu", "sigmoid"]:
    op(name, getattr(F, name), a)
op("gelu_tanh", lambda x: F.gelu(x, approximate="tanh"), a)
op("quick_gelu", lambda x: x * torch.sigmoid(1.702 * x), a)
op("leaky_relu", lambda x: F.leaky_relu(x, 0.2), a)
op("softmax", lambda x: x.softmax(1), a)
op("log_softmax", lambda x: x.log_softmax(-1), a)
# F: normalisation
op("layer_norm", lambda x, w, y: F.layer_norm(x, (4,), w, y, 1e-6), a, c, wave(30, 4))
op("layer_norm_plain", lambda x: F.layer_norm(x, (4,), None, None, 1e-5), a)
op("group_norm", lambda x, w, y: F.group_norm(x, 2, w, y, 1e-5), img, c, wave(30, 4))
op("normalize", lambda x: F.normalize(x, dim=1), a)
# F: pooling and sizes
op("max_pool2d", lambda x: F.max_pool2d(x, 3, 2, 1), img)
op("max_pool2d_ceil", lambda x: F.max_pool2d(x, 2, 2, 0, 1, True), img)
op("avg_pool2d", lambda x: F.avg_pool2d(x, 3, 2, 1), img)
op("adaptive_avg_pool2d", lambda x: F.adaptive_avg_pool2d(x, (3, 2)), img)
op("interpolate_nearest", lambda x: F.interpolate(x, (9, 11), mode="nearest"), img)
op("interpolate_bilinear", lambda x: F.interpolate(x, (9, 11), mode="bilinear"), img)
op("interpolate_bicubic", lambda x: F.interpolate(x, (5, 11), mode="bicubic"), img)
op("interpolate_corners", lambda x: F.interpolate(x, (9, 11), mode="bilinear", align_corners=True), img)
op("pixel_shuffle", lambda x: F.pixel_shuffle(x, 2), img)
for mode in ["constant", "reflect", "replicate", "circular"]:
    op("pad_" + mode, lambda x: F.pad(x, (1, 2, 3, 0), mode=mode), img)
grid = wave(31, 2, 5, 4, 2) * 1.1
op("grid_sample", lambda x, g: F.grid_sample(x, g, align_corners=False), img, grid)
op("grid_sample_corners", lambda x, g: F.grid_sample(x, g, align_corners=True), img, grid)
op("unfold", lambda x: F.unfold(x, 3, 1, 1, 2), img)
op("fold", lambda x: F.fold(x, (6, 5), 2, 1, 0, 1), wave(32, 1, 8, 20))
op("embedding", lambda t: F.embedding(idx, t), m)
op("one_hot", lambda i: F.one_hot(i, 4), idx, grads=False)
# F: losses
logits, probs = wave(33, 3, 5), wave(34, 3, 5).abs() / 2
op("cross_entropy", lambda x: F.cross_entropy(x, idx), logits)
op("cross_entropy_smooth", lambda x: F.cross_entropy(x, idx, label_smoothing=0.1), logits)
op("cross_entropy_soft", lambda x, y: F.cross_entropy(x, y), logits, probs)
op("bce", F.binary_cross_entropy, wave(35, 3, 5).abs() * 0.9 + 0.05, probs)
op("bce_with_logits", F.binary_cross_entropy_with_logits, logits, probs)
op("mse", F.mse_loss, logits, probs)
op("l1", F.l1_loss, logits, probs)
op("smooth_l1", lambda x, y: F.smooth_l1_loss(x, y, beta=0.5), logits, probs)
op("kl_div", lambda x, y: F.kl_div(x.log_softmax(1), y, reduction="batchmean"), logits, probs + 0.1)
# bfloat16 storage; products may accumulate in float32, so Java compares loosely
op("bf16_linear", lambda x, w: F.linear(x.bfloat16(), w.bfloat16()).float(), wave(36, 6, 32), wave(37, 5, 32))
op("bf16_conv2d", lambda x, w: F.conv2d(x.bfloat16(), w.bfloat16(), None, 1, 1).float(), img, wave(19, 6, 4, 3, 3))
op("bf16_attention", lambda q, k, v: F.scaled_dot_product_attention(q.bfloat16(), k.bfloat16(), v.bfloat16(), scale=0.3).float(), q, k, v)


def autocast(fn):
    def run(*args):
        with torch.autocast("cpu", torch.bfloat16):
            out = fn(*args)
            assert out.dtype == torch.bfloat16, out.dtype
        return out.float()
    return run


op("autocast_linear", autocast(F.linear), wave(36, 6, 32), wave(37, 5, 32), wave(38, 5))
op("autocast_matmul", autocast(torch.matmul), m, n)
op("autocast_conv2d", autocast(lambda x, w: F.conv2d(x, w, None, 1, 1)), img, wave(19, 6, 4, 3, 3))


# layers
class LayerNorm2d(nn.LayerNorm):
    def forward(self, x):
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class Attention(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads, self.qkv, self.proj = heads, nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)

    def forward(self, x):
        B, N, D = x.shape
        q, k, v = self.qkv(x).reshape(B, N, 3, self.heads, -1).permute(2, 0, 3, 1, 4).unbind(0)
        return self.proj(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(B, N, D))


class Mlp(nn.Module):
    def __init__(self, dim, hidden):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(dim, hidden), nn.Linear(hidden, dim)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x)))


class Block(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.norm1, self.attn = nn.LayerNorm(dim, 1e-6), Attention(dim, heads)
        self.norm2, self.mlp = nn.LayerNorm(dim, 1e-6), Mlp(dim, 2 * dim)

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class TinyVit(nn.Module):
    def __init__(self):
        super().__init__()
        self.cls_token, self.pos_embed = nn.Parameter(torch.zeros(1, 1, 8)), nn.Parameter(torch.zeros(1, 5, 8))
        self.patch_embed = nn.Conv2d(3, 8, 4, 4)
        self.blocks = nn.ModuleList([Block(8, 2), Block(8, 2)])
        self.norm, self.head = nn.LayerNorm(8, 1e-6), nn.Linear(8, 3)

    def forward(self, x):
        x = self.patch_embed(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls_token.expand(len(x), -1, -1), x], 1) + self.pos_embed
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x)[:, 0])


def tiny_conv():
    return nn.Sequential(
        nn.Conv2d(3, 6, 3, padding=1, bias=False), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2, 2),
        nn.Conv2d(6, 8, 3, padding=1, groups=2), nn.GroupNorm(4, 8), nn.SiLU(),
        nn.ConvTranspose2d(8, 4, 2, 2), LayerNorm2d(4), nn.AdaptiveAvgPool2d(1))


layer("nn_linear", nn.Linear(4, 5), a)
layer("nn_linear_no_bias", nn.Linear(4, 5, bias=False), a)
layer("nn_conv2d", nn.Conv2d(4, 6, 3, padding=1), img)
layer("nn_conv2d_grouped", nn.Conv2d(4, 6, 3, 2, 2, 2, 2, bias=False), img)
layer("nn_conv_transpose2d", nn.ConvTranspose2d(4, 6, 3, 2, 1, 1, 2), img)
layer("nn_batch_norm_train", nn.BatchNorm2d(4), img, train=True)
layer("nn_batch_norm_eval", nn.BatchNorm2d(4), img)
layer("nn_layer_norm", nn.LayerNorm(4, 1e-6), a)
layer("nn_layer_norm2d", LayerNorm2d(4, 1e-6), img)
layer("nn_group_norm", nn.GroupNorm(2, 4), img)
layer("nn_embedding", nn.Embedding(5, 6), idx, grad_x=False)
layer("nn_attention", Attention(8, 2), wave(39, 2, 5, 8))
layer("nn_mlp", Mlp(4, 6), a)
layer("nn_upsample", nn.Upsample(scale_factor=2, mode="bilinear"), img)
layer("nn_max_pool", nn.MaxPool2d(3, 2, 1), img)
layer("nn_max_pool_ceil", nn.MaxPool2d(2, 2, ceil_mode=True), img)
layer("nn_avg_pool", nn.AvgPool2d(2, 2), img)
layer("nn_global_pool", nn.AdaptiveAvgPool2d(1), img)
layer("nn_vit", TinyVit(), wave(40, 2, 3, 8, 8))
layer("nn_conv_net", tiny_conv(), wave(40, 2, 3, 8, 8), train=True)

# optimisers: 3 steps on sum((x - wave)^2 ...), state after each
for case, make in {
    "sgd": lambda p: torch.optim.SGD(p, 0.1),
    "sgd_momentum": lambda p: torch.optim.SGD(p, 0.1, momentum=0.9, weight_decay=0.05),
    "sgd_nesterov": lambda p: torch.optim.SGD(p, 0.1, momentum=0.9, nesterov=True),
    "adam": lambda p: torch.optim.Adam(p, 0.1, weight_decay=0.05),
    "adamw": lambda p: torch.optim.AdamW(p, 0.1, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.2),
}.items():
    x, y = wave(41, 3, 4).requires_grad_(True), wave(42, 5).requires_grad_(True)
    optimizer = make([x, y])
    for step in range(3):
        if step == 2:
            optimizer.param_groups[0]["lr"] = 0.03
        optimizer.zero_grad()
        ((x.exp() * wave(43, 3, 4)).sum() + (y**3).sum()).backward()
        optimizer.step()
        tensors[f"optim_{case}/x.{step}"], tensors[f"optim_{case}/y.{step}"] = thin(x), thin(y)

# second derivative: d/dx of sum((dy/dx)^2) for y = sum(sin(x) x^2)
x = wave(44, 5).requires_grad_(True)
(g,) = torch.autograd.grad((x.sin() * x**2).sum(), x, create_graph=True)
(g**2).sum().backward()
tensors["second_derivative/grad.0"] = x.grad

save_file(tensors, sys.argv[1], metadata=notes)
print(len(tensors), "tensors")
