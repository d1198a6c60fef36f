"""The values of synthetic checkpoints: from a tensor's name and shape alone, the same here and in @kindred/core/testing."""

import math

import numpy as np


def fill(name, shape):
    """Float32 values: norms around 1, biases around 0, embeddings of 0.05, the rest of a variance that keeps signals level."""
    count = math.prod(shape)
    return (centre(name, shape) + scale(name, shape) * uniform(name, count)).astype(np.float32).reshape(shape)


def centre(name, shape):
    return 1.0 if is_norm(name, shape) else 0.0


def scale(name, shape):
    if len(shape) <= 1:
        return 0.1 if is_norm(name, shape) else 0.02
    if len(shape) == 2 and ("embed" in name or "shared" in name):
        return 0.05
    return math.sqrt(3 / math.prod(shape[1:]))


def is_norm(name, shape):
    return len(shape) == 1 and name.endswith((".weight", "gamma"))


def uniform(name, count):
    """In [-1, 1): murmur3's finaliser over the name's FNV-1a hash and the index."""
    x = (np.uint64(fnv1a(name)) + np.arange(count, dtype=np.uint64) * np.uint64(0x9E3779B9)) & np.uint64(0xFFFFFFFF)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        x ^= x >> np.uint64(shift)
        x = (x * np.uint64(factor)) & np.uint64(0xFFFFFFFF)
    x ^= x >> np.uint64(16)
    return x.astype(np.float64) / 2.0**31 - 1


def fnv1a(name):
    value = 0x811C9DC5
    for byte in name.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value
