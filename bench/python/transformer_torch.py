"""A plain transformer of ViT-B/16's sizes in PyTorch: the other side of io.vitrail.bench.TransformerSide.

    python transformer_torch.py f32|bf16 forward|train DEPTH BATCH REPEATS THREADS

Prints `name<TAB>value` lines, in seconds and MiB.
"""

import resource
import statistics
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

TOKENS, WIDTH, HEADS, CLASSES = 197, 768, 12, 1000


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.proj = nn.Linear(WIDTH, WIDTH)

    def forward(self, x):
        b, n, _ = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4).unbind(0)
        y = F.scaled_dot_product_attention(q, k, v)
        return self.proj(y.transpose(1, 2).reshape(b, n, WIDTH))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1 = nn.LayerNorm(WIDTH, eps=1e-6)
        self.attn = Attention()
        self.norm2 = nn.LayerNorm(WIDTH, eps=1e-6)
        self.mlp = nn.Sequential(nn.Linear(WIDTH, 4 * WIDTH), nn.GELU(), nn.Linear(4 * WIDTH, WIDTH))

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class Transformer(nn.Module):
    def __init__(self, depth):
        super().__init__()
        self.blocks = nn.Sequential(*[Block() for _ in range(depth)])
        self.norm = nn.LayerNorm(WIDTH, eps=1e-6)
        self.head = nn.Linear(WIDTH, CLASSES)

    def forward(self, x):
        return self.head(self.norm(self.blocks(x)).mean(1))


def main(precision, what, depth, batch, repeats, threads):
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    net = Transformer(depth)
    x = torch.randn(batch, TOKENS, WIDTH)
    y = torch.randint(CLASSES, (batch,))
    bf16 = precision == "bf16"

    if what == "forward":
        net.eval()
        if bf16:
            net, x = net.bfloat16(), x.bfloat16()

        def step():
            with torch.inference_mode():
                net(x)

    else:
        optimizer = torch.optim.AdamW(net.parameters(), lr=1e-4)

        def step():
            with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
                loss = F.cross_entropy(net(x).float(), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    step()
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        step()
        times.append(time.perf_counter() - begin)
    print(f"step\t{statistics.median(times):.4f}")
    print(f"peak memory\t{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.1f}")


if __name__ == "__main__":
    precision, what, *numbers = sys.argv[1:]
    main(precision, what, *map(int, numbers))
