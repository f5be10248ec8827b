"""Inference and training of timm's networks in PyTorch: the other side of io.vitrail.bench.VisionSide.

    python vision_timm.py NETWORK f32|bf16 BATCH REPEATS THREADS

Prints `name<TAB>value` lines, in seconds and MiB.
"""

import resource
import statistics
import sys
import time

import timm
import torch
from torch.nn import functional as F

SIZE = 224


def peak_memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def steady(repeats, work):
    work()
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def main(network, precision, batch, repeats, threads):
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    dropless = {} if network.startswith("resnet") else {"drop_path_rate": 0.0}
    net = timm.create_model(network, **dropless)
    images = torch.randn(batch, 3, SIZE, SIZE)
    if network.startswith("resnet"):
        net = net.to(memory_format=torch.channels_last)
        images = images.contiguous(memory_format=torch.channels_last)
    labels = torch.randint(net.num_classes, (batch,))

    def autocast():
        return torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16")

    def infer():
        with torch.inference_mode(), autocast():
            net(images).float()

    net.eval()
    print(f"inference step\t{steady(repeats, infer):.4f}")
    print(f"inference memory\t{peak_memory():.1f}")

    net.train()
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-4)

    def train():
        optimizer.zero_grad()
        with autocast():
            logits = net(images).float()
        F.cross_entropy(logits, labels).backward()
        optimizer.step()

    print(f"training step\t{steady(repeats, train):.4f}")
    print(f"training memory\t{peak_memory():.1f}")


if __name__ == "__main__":
    network, precision, *numbers = sys.argv[1:]
    main(network, precision, *map(int, numbers))
