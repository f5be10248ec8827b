"""Goldens for io.vitrail.tensor.Optimizer: five steps of PyTorch's and timm's optimisers.

Made with torch 2.15.0+cu132 (on the CPU), timm 1.0.31, safetensors 0.8.0, Python 3.11. Run from the
repository root:
    python tools/goldens/optim/trajectories.py core/src/test/resources/goldens/optim.safetensors

Four tensors in two groups: `w` [4, 5], `zero` [2, 3], which starts at 0, and `late` [3], which has no
gradient in the first step, decay by 0.1; `b` [5] does not, and has a quarter of the learning rate.
The gradient of tensor i in step k is wave(10 * k + i) * (k + 1); the learning rate of step k is
lr * (5 - k) / 5. Stored: `case/name.k` after step k. The LAMB cases are checked against the rule of
timm 0.5.4, written here in float64, before they are stored.
"""

import sys

import numpy as np
import torch
from safetensors.torch import save_file
from timm.optim import Lamb

torch.set_num_threads(1)
STEPS = 5
SHAPES = {"w": (4, 5), "zero": (2, 3), "late": (3,), "b": (5,)}
tensors = {}


def wave(seed, *shape):
    i = np.arange(int(np.prod(shape)), dtype=np.float64)
    return torch.from_numpy(np.sin(0.37 * (i + seed) * (i + 1)).astype(np.float32).reshape(shape))


def gradient(i, k, name):
    return None if (name, k) == ("late", 0) else wave(10 * k + i, *SHAPES[name]) * (k + 1)


def start(i, name):
    return torch.zeros(SHAPES[name]) if name == "zero" else wave(100 + i, *SHAPES[name])


def run(case, lr, make):
    params = {n: start(i, n).requires_grad_(True) for i, n in enumerate(SHAPES)}
    groups = [
        {"params": [params["w"], params["zero"], params["late"]], "weight_decay": 0.1, "scale": 1.0},
        {"params": [params["b"]], "weight_decay": 0.0, "scale": 0.25},
    ]
    optimizer = make(groups, lr)
    for k in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = lr * (STEPS - k) / STEPS * group["scale"]
        for i, (name, p) in enumerate(params.items()):
            p.grad = gradient(i, k, name)
        optimizer.step()
        for name, p in params.items():
            tensors[f"{case}/{name}.{k}"] = p.detach().clone()


def lamb_rule(case, lr, b1=0.9, b2=0.999, eps=1e-6, max_norm=1.0, always=False, clip=False):
    """The rule in float64, and how far the stored numbers are from it."""
    p = {n: start(i, n).double().numpy() for i, n in enumerate(SHAPES)}
    m, v = {n: 0 * x for n, x in p.items()}, {n: 0 * x for n, x in p.items()}
    worst = 0.0
    for k in range(STEPS):
        g = {n: gradient(i, k, n) for i, n in enumerate(SHAPES)}
        g = {n: x.double().numpy() for n, x in g.items() if x is not None}
        c = max(np.sqrt(sum((x**2).sum() for x in g.values())) / max_norm, 1)
        for n in g:
            wd, scale = (0.0, 0.25) if n == "b" else (0.1, 1.0)
            m[n] = b1 * m[n] + (1 - b1) * g[n] / c
            v[n] = b2 * v[n] + (1 - b2) * (g[n] / c) ** 2
            u = m[n] / (1 - b1 ** (k + 1)) / (np.sqrt(v[n]) / np.sqrt(1 - b2 ** (k + 1)) + eps)
            u = u + wd * p[n]
            if wd or always:
                a, b = np.linalg.norm(p[n]), np.linalg.norm(u)
                ratio = a / b if a > 0 and b > 0 else 1.0
                u = u * (min(ratio, 1.0) if clip else ratio)
            p[n] = p[n] - lr * (STEPS - k) / STEPS * scale * u
        for n in p:
            worst = max(worst, np.abs(p[n] - tensors[f"{case}/{n}.{k}"].numpy()).max())
    assert worst < 1e-6, (case, worst)
    print(case, "differs from the rule by", worst)


run("sgd", 0.1, lambda g, lr: torch.optim.SGD(g, lr))
run("momentum", 0.1, lambda g, lr: torch.optim.SGD(g, lr, momentum=0.9))
run("nesterov", 0.1, lambda g, lr: torch.optim.SGD(g, lr, momentum=0.9, nesterov=True))
run("adam", 0.05, lambda g, lr: torch.optim.Adam(g, lr))
run("adamw", 0.05, lambda g, lr: torch.optim.AdamW(g, lr, betas=(0.8, 0.95), eps=1e-6))
run("lamb", 0.05, lambda g, lr: Lamb(g, lr))
run("lamb_unclipped", 0.05, lambda g, lr: Lamb(g, lr, eps=1e-8, max_grad_norm=None))
run("lamb_options", 0.2, lambda g, lr: Lamb(g, lr, always_adapt=True, trust_clip=True))
lamb_rule("lamb", 0.05)
lamb_rule("lamb_unclipped", 0.05, eps=1e-8, max_norm=np.inf)
lamb_rule("lamb_options", 0.2, always=True, clip=True)

save_file(tensors, sys.argv[1], metadata={"torch": torch.__version__})
