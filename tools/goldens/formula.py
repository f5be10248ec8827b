"""Weights and inputs as numbers of their key and index: what io.vitrail.testkit.Formula gives in Java."""

import zlib

import numpy as np
import torch


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


def given(key, *shape):
    """A float32 input in [-0.5, 0.5)."""
    u = uniform(key, int(np.prod(shape))) - 0.5
    return torch.from_numpy(u.astype(np.float32).reshape(shape))


def numbers(key, shape):
    """The float32 tensor at a state-dict key."""
    name = key.rsplit(".", 1)[-1]
    if name == "num_batches_tracked":
        return torch.tensor(7)
    count = int(np.prod(shape))
    u = uniform(key, count)
    if name == "running_var" or (name == "weight" and len(shape) == 1):
        values = 0.5 + u
    else:
        values = (2 * u - 1) * (0.3 if len(shape) < 2 else 2 / np.sqrt(count / shape[0]))
    return torch.from_numpy(values.astype(np.float32).reshape(shape))


def fill(module):
    """Gives every parameter and buffer of the state dict its numbers."""
    module.load_state_dict({k: numbers(k, tuple(v.shape)) for k, v in module.state_dict().items()})
    return module
